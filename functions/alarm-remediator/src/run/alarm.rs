//! The remediation of an alarm: triage, lease, facts, plan, audit row, change, message.

use jiff::{SignedDuration, Timestamp};
use picket_shared::{
    alarm::{Alarm, name_in_arn},
    clock::Clock,
    report::ErrorChain,
};

use super::{Handled, Run, noted, repeated};
use crate::{
    actions::read_facts,
    audit::{ConditionalPut, Entry, Key},
    confirmation::{Confirmation, confirmed},
    error::{Error, logged},
    guards::History,
    message::{change_of, message},
    model::Candidate,
    plan::{Plan, Refused, Situation, plan},
    ports::Ports,
    record::{Record, Stage, Timing},
    refusal::Refusal,
    triage::{Triage, triage},
};

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Handles an alarm. `notified_at` is when the notification says that it changed, or that the composite alarm above it
    /// did.
    pub(crate) async fn alarm(
        &self,
        alarm: &Alarm,
        notified_at: Timestamp,
    ) -> Result<Handled, Error> {
        let triage = match triage(alarm, &self.scope, notified_at, self.clock.now()) {
            Ok(triage) => triage,
            Err(ignored) => return Ok(noted(&alarm.name, ignored.to_string())),
        };
        let (playbook, target) = match &triage {
            Triage::Candidate(candidate) => (
                candidate.playbook.name.clone(),
                Some(candidate.target.as_str()),
            ),
            Triage::Refused(refused) => (refused.playbook.clone(), None),
        };
        let key = Key::new(alarm, target);
        if let Err(fault) = self.take_lease(&key.target, &alarm.name).await? {
            let refusal = Refusal::Unreachable(logged(&fault));
            let refused = Refused::new(&playbook, target, refusal);
            return self.publish_refusal(alarm, refused).await;
        }
        let result = self.leased(alarm, &key, triage).await;
        self.release_lease(&key.target).await;
        result
    }

    async fn leased(&self, alarm: &Alarm, key: &Key, triage: Triage<'_>) -> Result<Handled, Error> {
        match triage {
            Triage::Refused(refused) => self.open(alarm, key, Plan::Refuse(refused), None).await,
            Triage::Candidate(candidate) => {
                // A repetition must not take a change of the account's limits again.
                match self.row(key, alarm.changed_at).await {
                    Ok(None) => {}
                    Ok(Some(entry)) => return self.repeat(alarm, key, entry).await,
                    Err(error) => {
                        let refusal = Refusal::Unreachable(ErrorChain(&error).to_string());
                        let refused = Refused::new(
                            &candidate.playbook.name,
                            Some(&candidate.target),
                            refusal,
                        );
                        return self.publish_refusal(alarm, refused).await;
                    }
                }
                let (plan, history) = self.planned(&candidate, None).await;
                self.carry_out(&candidate, key, plan, history).await
            }
        }
    }

    /// The plan for a candidate, and the history that it rests on.
    pub(super) async fn planned(
        &self,
        candidate: &Candidate<'_>,
        confirmation: Option<&Confirmation>,
    ) -> (Plan, Option<History>) {
        let now = self.clock.now();
        let name = name_in_arn(&candidate.alarm.arn).unwrap_or_default();
        let read = async {
            match confirmation {
                Some(confirmation) => confirmation.clone(),
                None => self.confirmation(name).await,
            }
        };
        let facts = read_facts(candidate, self.scope.home, self.ports, now);
        let (confirmation, facts, mode, mutes) =
            tokio::join!(read, facts, self.mode(), self.ports.mutes(name));
        // Only an alarm that CloudWatch has counts for the storm gate: a forged one moves nothing.
        let history = match confirmed(candidate.alarm, &confirmation, self.scope.home) {
            Ok(()) => self.history(candidate, now).await,
            Err(_) => Ok(History::default()),
        };
        let situation = Situation {
            confirmation: &confirmation,
            mutes: mutes.map_err(|fault| logged(&fault)),
            history: history.as_ref().map_err(Clone::clone),
            mode: &mode,
        };
        let plan = plan(candidate, &situation, &facts, &self.scope, now);
        (plan, history.ok())
    }

    /// Notes the alarm for the storm gate, and reads what was done before.
    async fn history(&self, candidate: &Candidate<'_>, now: Timestamp) -> Result<History, String> {
        let within = self.scope.playbooks.limits().storm.within;
        let since = SignedDuration::try_from(within)
            .ok()
            .and_then(|within| now.checked_sub(within).ok())
            .unwrap_or(Timestamp::MIN);
        let read = async {
            self.ports.note_alarm(&candidate.target, now).await?;
            let alarming = self.ports.alarming(since).await?;
            let ledger = self.ports.ledger().await?;
            Ok(History { ledger, alarming })
        };
        read.await.map_err(|fault| logged(&fault))
    }

    /// Handles a change of state that has a row: publishes the row's message if the first try did not, and does nothing
    /// again.
    async fn repeat(&self, alarm: &Alarm, key: &Key, mut entry: Entry) -> Result<Handled, Error> {
        if entry.announced {
            return Ok(repeated(&alarm.name));
        }
        self.announce(key, &mut entry).await
    }

    /// Opens the row of a plan, and publishes its message. Where there is a row, another invocation was first.
    pub(super) async fn open(
        &self,
        alarm: &Alarm,
        key: &Key,
        plan: Plan,
        stage: Option<(Stage, Timing)>,
    ) -> Result<Handled, Error> {
        let entry = self.entry(alarm, &plan, stage, self.clock.now());
        self.open_entry(alarm, key, entry).await
    }

    /// Opens a row, and publishes its message.
    pub(super) async fn open_entry(
        &self,
        alarm: &Alarm,
        key: &Key,
        mut entry: Entry,
    ) -> Result<Handled, Error> {
        match self.ports.open(key, &entry).await {
            Ok(ConditionalPut::Written) => self.announce(key, &mut entry).await,
            Ok(ConditionalPut::Rejected) => match self.row(key, alarm.changed_at).await? {
                Some(entry) => self.repeat(alarm, key, entry).await,
                None => Ok(repeated(&alarm.name)),
            },
            Err(fault) => {
                let refusal = Refusal::Unreachable(logged(&fault));
                let playbook = entry.message.playbook.unwrap_or_default();
                let refused = Refused::new(&playbook, entry.message.target.as_deref(), refusal);
                self.publish_refusal(alarm, refused).await
            }
        }
    }

    /// The row of a plan that has not been carried out.
    pub(super) fn entry(
        &self,
        alarm: &Alarm,
        plan: &Plan,
        stage: Option<(Stage, Timing)>,
        now: Timestamp,
    ) -> Entry {
        let message = message(&self.config.stack, alarm, plan);
        let mut entry = Entry::of_message(message, &self.invocation.request_id, now);
        entry.changed = matches!(plan, Plan::Act(_));
        let (stage, timing) = stage.unwrap_or((Stage::Proposed, Timing::default()));
        entry.record =
            change_of(plan).map(|change| Record::new(change, &alarm.name, timing, now, stage));
        entry
    }

    /// Nothing is done without a lease and an audit row: publishes that refusal.
    pub(super) async fn publish_refusal(
        &self,
        alarm: &Alarm,
        refused: Refused,
    ) -> Result<Handled, Error> {
        let plan = Plan::Refuse(refused);
        self.publish(message(&self.config.stack, alarm, &plan))
            .await
    }
}
