//! The follow-up of a change: verification, escalation and revert.

use jiff::{SignedDuration, Timestamp};
use picket_shared::{clock::Clock, fleet::Outcome, report::ErrorChain};

use super::{Handled, Run, noted};
use crate::{
    audit::{Entry, Key},
    error::{Error, logged},
    follow_up::{Observed, RETRY, SCHEDULED_IN, Step, again, follow_up, later_than, reverted},
    ports::Ports,
    record::{Ending, Record, Stage},
    setting::{Reading, Write},
};

/// When a revert that AWS's quota does not allow is tried again, and one that AWS has refused twice.
const QUOTA_RETRY: SignedDuration = SignedDuration::from_hours(1);

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Follows up the change of a row.
    pub(crate) async fn follow_up(&self, key: &Key) -> Result<Handled, Error> {
        let leased = self.take_lease(&key.target, &key.entry).await?;
        leased.map_err(|source| unreachable(key, source))?;
        let result = self.follow_up_leased(key).await;
        self.release_lease(&key.target).await;
        result
    }

    async fn follow_up_leased(&self, key: &Key) -> Result<Handled, Error> {
        let rows = self.ports.entries(&key.target, self.followed_since()).await;
        let rows = rows.map_err(|source| unreachable(key, source))?;
        let row = rows.iter().find(|(other, _)| other == key);
        if let Some((_, entry)) = row
            && let (None, Some(until)) = (&entry.record, entry.again_until)
        {
            return self.plan_again(key, entry.clone(), until).await;
        }
        let Some((entry, record)) =
            row.and_then(|(_, entry)| Some((entry.clone(), entry.record.clone()?)))
        else {
            return Ok(noted(&key.entry, "there is no such change to follow up"));
        };
        let mut entry = entry;
        if !entry.announced {
            // The message of a change whose invocation and retries were cut off.
            self.announce(key, &mut entry).await?;
        }
        let later = rows
            .iter()
            .filter_map(|(other, later)| Some((other, later.recorded_at, later.record.as_ref()?)))
            .filter(|(other, at, later)| {
                *other != key && *at >= entry.recorded_at && later.takes_the_place_of(&record)
            })
            .max_by_key(|(_, at, _)| *at)
            .map(|(_, at, later)| (at, later));
        let step = self.step(&entry, &record, later).await;
        self.execute(key, entry, record, step).await
    }

    /// Reads what a follow-up goes by, and decides.
    async fn step(
        &self,
        entry: &Entry,
        record: &Record,
        later: Option<(Timestamp, &Record)>,
    ) -> Step {
        let mut alarms = Vec::new();
        for alarm in &record.alarms {
            alarms.push(self.confirmation(alarm).await);
        }
        let (setting, mode) = tokio::join!(self.ports.setting(&record.write.setting), self.mode());
        let observed = Observed {
            alarms: &alarms,
            setting: &setting.map_err(|fault| logged(&fault)),
            mode: &mode,
            later,
        };
        follow_up(record, entry.recorded_at, &observed, self.clock.now())
    }

    async fn execute(
        &self,
        key: &Key,
        entry: Entry,
        mut record: Record,
        step: Step,
    ) -> Result<Handled, Error> {
        let alarm = entry.message.alarm_name.clone();
        match step {
            Step::Nothing => Ok(noted(&alarm, "the change has ended before")),
            Step::Wait(at) => {
                let at = at.max(later_than(self.clock.now(), SCHEDULED_IN));
                self.again(key, at).await?;
                Ok(noted(&alarm, format!("nothing is due before {at:.0}")))
            }
            Step::End(ending, text) => {
                record.stage = Stage::Ended(ending);
                let said = text.map(|text| (step_of(ending), outcome_of(ending), text));
                self.conclude(key, entry, record, said, None).await
            }
            Step::Verified(text, then) => {
                record.verified = Some(true);
                record.stage = Stage::Made;
                let said = Some(("verified", Outcome::Verified, text));
                self.conclude(key, entry, record, said, then).await
            }
            Step::Escalate(text, then) => {
                record.verified = Some(false);
                record.stage = Stage::Made;
                let said = Some(("escalated", Outcome::Escalated, text));
                self.conclude(key, entry, record, said, then).await
            }
            Step::Hold(text, again) => {
                record.is_held = true;
                let said = Some(("held", Outcome::Kept, text));
                self.conclude(key, entry, record, said, Some(again)).await
            }
            Step::Revert => self.revert(key, entry, record).await,
        }
    }

    /// Publishes a step's message, writes the record, and schedules the next follow-up. Each can be done again by a
    /// retry that finds the one before it done.
    async fn conclude(
        &self,
        key: &Key,
        mut entry: Entry,
        mut record: Record,
        said: Option<(&str, Outcome, String)>,
        then: Option<Timestamp>,
    ) -> Result<Handled, Error> {
        let handled = match said {
            Some((step, outcome, text)) => {
                self.announce_step(&entry.message, step, outcome, text)
                    .await?
            }
            None => noted(&entry.message.alarm_name, "the change has ended"),
        };
        if then.is_none() && record.stage.is_open() {
            record.stage = Stage::Ended(Ending::Final);
        }
        entry.record = Some(record);
        let replaced = self.replace(key, &mut entry).await;
        replaced.map_err(|source| unreachable(key, source))?;
        if let Some(at) = then {
            self.again(key, at).await?;
        }
        Ok(handled)
    }

    /// Reverts a change. The next follow-up is scheduled first, and finds out how a revert ended that was cut off.
    async fn revert(
        &self,
        key: &Key,
        mut entry: Entry,
        mut record: Record,
    ) -> Result<Handled, Error> {
        let alarm = entry.message.alarm_name.clone();
        if let Err(refused) = self.take_revert(key, &entry, &record).await? {
            let at = again(self.clock.now(), QUOTA_RETRY);
            record.is_held = true;
            let text = format!("The revert is held back: {refused}");
            let said = Some(("held", Outcome::Kept, text));
            return self.conclude(key, entry, record, said, Some(at)).await;
        }
        let every = if record.is_reverting {
            QUOTA_RETRY
        } else {
            RETRY
        };
        self.again(key, again(self.clock.now(), every)).await?;
        record.is_reverting = true;
        record.stage = Stage::Made;
        entry.record = Some(record.clone());
        let replaced = self.replace(key, &mut entry).await;
        replaced.map_err(|source| unreachable(key, source))?;
        let reading = self.ports.setting(&record.write.setting).await;
        let reading = reading.map_err(|source| unreachable(key, source))?;
        // While AWS applies a person's change, it shows the value from before it.
        let as_set = |reading: &Reading| reading.value == record.write.to && reading.settled;
        let Some(reading) = reading.filter(as_set) else {
            return Ok(noted(&alarm, "the setting has changed meanwhile"));
        };
        let write = Write {
            setting: record.write.setting.clone(),
            from: record.write.to.clone(),
            to: record.restore.clone(),
            revision: reading.revision,
        };
        match self.ports.write(&write).await {
            Ok(()) => {
                record.stage = Stage::Ended(Ending::Reverted);
                let said = Some(("reverted", Outcome::Reverted, reverted(&record)));
                self.conclude(key, entry, record, said, None).await
            }
            Err(fault) => {
                let text = format!(
                    "Picket tried to put {} back to {}, and it failed: {}. It is tried again",
                    write.setting,
                    write.to,
                    ErrorChain(&fault)
                );
                self.announce_step(&entry.message, "revert-failed", Outcome::Failed, text)
                    .await
            }
        }
    }

    pub(super) async fn again(&self, key: &Key, at: Timestamp) -> Result<(), Error> {
        let scheduled = self.schedule(key, at).await;
        scheduled.map_err(|source| unreachable(key, source))
    }
}

pub(super) fn unreachable(key: &Key, source: picket_aws::Fault) -> Error {
    Error::FollowUp {
        target: key.target.clone(),
        source,
    }
}

/// The name of the step of an ending that is announced.
const fn step_of(ending: Ending) -> &'static str {
    match ending {
        Ending::Declined => "declined",
        Ending::Expired => "expired",
        Ending::Reverted => "reverted",
        Ending::GivenUp => "given-up",
        Ending::Refused | Ending::NotMade | Ending::Superseded | Ending::Kept | Ending::Final => {
            "kept"
        }
    }
}

const fn outcome_of(ending: Ending) -> Outcome {
    match ending {
        Ending::Declined => Outcome::Declined,
        Ending::Expired => Outcome::Expired,
        Ending::Reverted => Outcome::Reverted,
        Ending::GivenUp => Outcome::Escalated,
        Ending::Refused | Ending::NotMade | Ending::Superseded | Ending::Kept | Ending::Final => {
            Outcome::Kept
        }
    }
}
