//! Carrying out a plan: the account's ledger, the follow-up, the audit row, the setting once more, the write, the message.

use picket_rules::playbooks::Playbook;
use picket_shared::clock::Clock;

use super::{Handled, Run};
use crate::{
    actions::Refusal as ActionRefusal,
    audit::{ConditionalPut, Entry, Key},
    change::Change,
    error::{Error, logged},
    guards::History,
    message::{begun, ended, message},
    model::Candidate,
    plan::{Plan, Refused},
    ports::Ports,
    record::{Ending, Record, Stage, Timing},
    refusal::Refusal,
};

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Carries out the plan for an alarm.
    pub(super) async fn carry_out(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        plan: Plan,
        history: Option<History>,
    ) -> Result<Handled, Error> {
        match (plan, history) {
            (Plan::Act(change), Some(history)) => {
                self.act(candidate, key, change, history, None).await
            }
            (Plan::Await(change), _) => self.wait_for_approval(candidate, key, change, None).await,
            (Plan::Diagnose(diagnosis), _) if diagnosis.finding.may_pass() => {
                self.open_again(candidate, key, Plan::Diagnose(diagnosis))
                    .await
            }
            (plan, _) => self.open(candidate.alarm, key, plan, None).await,
        }
    }

    /// Makes a change. `waiting` is the row of a plan that was approved.
    pub(super) async fn act(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        change: Box<Change>,
        history: History,
        waiting: Option<Entry>,
    ) -> Result<Handled, Error> {
        let prepared = async {
            let before = self.change_before(&change, &candidate.target).await?;
            let entry = self.row_of(candidate, &change, before.as_ref(), waiting.as_ref())?;
            self.take_change(candidate, &change, history).await?;
            self.first_follow_up(key, &entry).await?;
            Ok(entry)
        };
        let mut entry = match prepared.await {
            Ok(entry) => entry,
            Err(refusal) => return self.not_prepared(candidate, key, refusal, waiting).await,
        };
        if let Some(handled) = self.write_row(candidate, key, &mut entry, waiting).await? {
            return Ok(handled);
        }
        self.make(candidate, key, &change, entry).await
    }

    /// Ends a plan that a guard rail refuses before its row is written. One that is planned for again is planned later.
    pub(super) async fn not_prepared(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        refusal: Refusal,
        waiting: Option<Entry>,
    ) -> Result<Handled, Error> {
        match waiting.as_ref().and_then(|waiting| waiting.again_until) {
            Some(until) => {
                let alarm = &candidate.alarm.name;
                tracing::warn!(%refusal, alarm, "the plan was not carried out");
                self.later_again(key, alarm, until).await
            }
            None => self.refuse(candidate, key, refusal, waiting).await,
        }
    }

    /// The row of a change that is about to be made, by the approval of the row `waiting`. One that follows another reverts
    /// both.
    fn row_of(
        &self,
        candidate: &Candidate<'_>,
        change: &Change,
        before: Option<&Record>,
        waiting: Option<&Entry>,
    ) -> Result<Entry, Refusal> {
        let plan = Plan::Act(Box::new(change.clone()));
        let stage = (Stage::Begun, Timing::of(candidate.playbook));
        let mut entry = self.entry(candidate.alarm, &plan, Some(stage), self.clock.now());
        let Some(record) = entry.record.take() else {
            return Ok(entry);
        };
        let mut record = match before {
            Some(before) => record.following(before),
            None => record,
        };
        if !record.can_be_put_back() {
            return Err(Refusal::NoWayBack {
                setting: record.write.setting.to_string(),
                to: record.write.to.to_string(),
                restore: record.restore.to_string(),
            });
        }
        let approved = waiting.and_then(|waiting| waiting.record.as_ref());
        record.approved_by = approved.and_then(|record| record.approved_by.clone());
        entry.message = begun(entry.message, change, &record);
        entry.record = Some(record);
        Ok(entry)
    }

    /// Schedules the first follow-up of a change. That comes before its row, so that it finds out what became of every
    /// change whose row says that it was begun. A follow-up without a row does nothing.
    async fn first_follow_up(&self, key: &Key, entry: &Entry) -> Result<(), Refusal> {
        let begun_at = entry.recorded_at;
        let record = entry.record.as_ref();
        let at = record.map_or(begun_at, |record| record.first_follow_up(begun_at));
        let scheduled = self.schedule(key, at).await;
        scheduled.map_err(|fault| Refusal::NoFollowUp(logged(&fault)))
    }

    /// Writes the row of a change that is about to be made, over the row of the plan that was approved or planned again.
    /// Returns what was done instead, where it cannot be written.
    async fn write_row(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        entry: &mut Entry,
        waiting: Option<Entry>,
    ) -> Result<Option<Handled>, Error> {
        if let Some(waiting) = waiting {
            entry.version = waiting.version;
            entry.owner = waiting.owner;
            let replaced = self.replace(key, entry).await;
            let alarm = candidate.alarm.name.clone();
            return replaced
                .map(|()| None)
                .map_err(|source| Error::Audit { alarm, source });
        }
        match self.ports.open(key, entry).await {
            Ok(ConditionalPut::Written) => Ok(None),
            Ok(ConditionalPut::Rejected) => Ok(Some(super::repeated(&candidate.alarm.name))),
            Err(fault) => {
                let refusal = Refusal::Unreachable(logged(&fault));
                let playbook = &candidate.playbook.name;
                let refused = Refused::new(playbook, Some(&candidate.target), refusal);
                let handled = self.publish_refusal(candidate.alarm, refused).await?;
                Ok(Some(handled))
            }
        }
    }

    /// Makes a change whose row is written.
    async fn make(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        change: &Change,
        mut entry: Entry,
    ) -> Result<Handled, Error> {
        if let Err(refusal) = self.ready(change).await {
            return self.refuse(candidate, key, refusal, Some(entry)).await;
        }
        let result = self.ports.write(&change.write).await;
        if let Some(record) = &mut entry.record {
            match &result {
                Ok(()) => record.stage = Stage::Made,
                Err(_) => record.is_sent = true,
            }
            entry.message = ended(entry.message, change, record, result);
        }
        self.update(key, &mut entry).await;
        self.announce(key, &mut entry).await
    }

    /// The last thing before a write: the setting is as it was planned for.
    async fn ready(&self, change: &Change) -> Result<(), Refusal> {
        let write = &change.write;
        let reading = match self.ports.setting(&write.setting).await {
            Ok(reading) => reading,
            Err(fault) => return Err(Refusal::Unreachable(logged(&fault))),
        };
        match reading {
            Some(reading) if reading.value == write.from && reading.settled => Ok(()),
            Some(reading) if reading.value == write.from => Err(Refusal::NotSettled {
                setting: write.setting.to_string(),
                value: reading.value.to_string(),
            }),
            found => Err(Refusal::ChangedMeanwhile {
                setting: write.setting.to_string(),
                found: found.map_or_else(|| "gone".to_owned(), |reading| reading.value.to_string()),
                expected: write.from.to_string(),
            }),
        }
    }

    /// Ends a change that a guard rail refuses after it was planned: in its row, where it has one.
    pub(super) async fn refuse(
        &self,
        candidate: &Candidate<'_>,
        key: &Key,
        refusal: Refusal,
        entry: Option<Entry>,
    ) -> Result<Handled, Error> {
        let refusal = ActionRefusal::from(refusal);
        let refused = Refused::new(&candidate.playbook.name, Some(&candidate.target), refusal);
        let plan = Plan::Refuse(refused);
        let Some(mut entry) = entry else {
            return self.open(candidate.alarm, key, plan, None).await;
        };
        entry.message = message(&self.config.stack, candidate.alarm, &plan);
        entry.changed = false;
        if let Some(record) = &mut entry.record {
            record.stage = Stage::Ended(Ending::Refused);
        }
        self.update(key, &mut entry).await;
        self.announce(key, &mut entry).await
    }
}

impl Timing {
    /// The times of a playbook.
    pub(super) const fn of(playbook: &Playbook) -> Self {
        Self {
            verify_within: playbook.verify_within,
            healthy_for: playbook.healthy_for,
        }
    }
}
