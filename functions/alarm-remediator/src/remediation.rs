//! The remediation of one alarm: triage, lease, facts, plan, audit row, change, message.

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_shared::{
    alarm::{Alarm, name_in_arn},
    clock::Clock,
    fleet::{FleetMessage, Outcome, RemediationMessage},
    report::ErrorChain,
};
use serde::Serialize;

use crate::{
    actions::read_facts,
    audit::{Entry, Key},
    config::{Config, ConfiguredMode},
    confirmation::Confirmation,
    error::{Error, logged},
    invocation::Invocation,
    message::{change_of, ended, message},
    model::{Mode, Scope, Switch},
    plan::{Plan, Refused, plan},
    ports::{ConditionalPut, HoldLease, Ports, ReadSwitch},
    refusal::Refusal,
    triage::{Triage, triage},
};

/// How long a target is leased: longer than the function may run (`Timeout: 60` in the template), so that a lease never
/// ends under an invocation that still works.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// The result for an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// The alarm's name.
    pub alarm: String,
    /// The result.
    pub result: HandledAs,
    /// The reason, in a sentence.
    pub text: String,
}

/// The kinds of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandledAs {
    /// No message is due.
    Noted,
    /// This change of state was handled before: nothing was done again.
    Repeated,
    /// A message with this outcome is published.
    Announced(Outcome),
}

/// The remediation of an event's alarms.
pub(crate) struct Remediation<'a, P, C> {
    pub(crate) scope: Scope<'a>,
    /// Why the playbooks' override is not in force, where it is refused.
    pub(crate) playbooks_refused: Option<&'a str>,
    pub(crate) invocation: &'a Invocation,
    pub(crate) config: &'a Config,
    pub(crate) ports: &'a P,
    pub(crate) clock: &'a C,
}

impl<P: Ports, C: Clock> Remediation<'_, P, C> {
    /// Handles an alarm.
    pub(crate) async fn run(&self, alarm: &Alarm) -> Result<Handled, Error> {
        let now = self.clock.now();
        let triage = match triage(alarm, &self.scope, now) {
            Ok(triage) => triage,
            Err(ignored) => return Ok(noted(alarm, &ignored)),
        };
        let (playbook, target) = match &triage {
            Triage::Candidate(candidate) => (
                candidate.playbook.name.clone(),
                Some(candidate.target.as_str()),
            ),
            Triage::Refused(refused) => (refused.playbook.clone(), None),
        };
        let key = Key::new(alarm, target);
        match self.lease(&key, now, now + LEASE).await {
            Ok(ConditionalPut::Written) => {}
            Ok(ConditionalPut::Rejected) => {
                let (target, alarm) = (key.target, alarm.name.clone());
                return Err(Error::Busy { target, alarm });
            }
            Err(fault) => {
                let refusal = Refusal::Unreachable(logged(&fault));
                let refused = Refused::new(&playbook, target, refusal);
                return self.publish_refusal(alarm, refused).await;
            }
        }
        let result = self.run_leased(alarm, &key, triage).await;
        let now = self.clock.now();
        if let Err(fault) = self.lease(&key, now, now).await {
            tracing::warn!(fault = %ErrorChain(&fault), target = key.target, "the lease was not released, and ends by itself");
        }
        result
    }

    async fn run_leased(
        &self,
        alarm: &Alarm,
        key: &Key,
        triage: Triage<'_>,
    ) -> Result<Handled, Error> {
        let now = self.clock.now();
        let plan = match triage {
            Triage::Refused(refused) => Plan::Refuse(refused),
            Triage::Candidate(candidate) => {
                let facts = read_facts(&candidate, self.scope.home, self.ports, now);
                let (confirmation, facts, mode) =
                    tokio::join!(self.confirmation(alarm), facts, self.mode());
                plan(&candidate, &confirmation, &facts, &self.scope, &mode, now)
            }
        };
        let message = message(&self.config.stack, alarm, &plan);
        let entry = self.entry(&plan, message, now);
        match self.ports.open(key, &entry).await {
            Ok(ConditionalPut::Written) => self.carry_out(&plan, key, entry).await,
            Ok(ConditionalPut::Rejected) => self.repeat(alarm, key).await,
            Err(fault) => {
                let RemediationMessage {
                    playbook, target, ..
                } = entry.message;
                let refusal = Refusal::Unreachable(logged(&fault));
                let refused =
                    Refused::new(&playbook.unwrap_or_default(), target.as_deref(), refusal);
                self.publish_refusal(alarm, refused).await
            }
        }
    }

    /// The row of a plan that has not been carried out.
    fn entry(&self, plan: &Plan, message: RemediationMessage, now: Timestamp) -> Entry {
        Entry {
            recorded_at: now,
            owner: self.invocation.request_id.clone(),
            changed: matches!(plan, Plan::Act(_)),
            write: change_of(plan).map(|change| change.write.clone()),
            announced: false,
            message,
        }
    }

    /// Makes the change, if the plan has one, and publishes the message. The audit row is written.
    async fn carry_out(&self, plan: &Plan, key: &Key, entry: Entry) -> Result<Handled, Error> {
        let entry = match plan {
            Plan::Act(change) => {
                let result = self.ports.write(&change.write).await;
                let message = ended(entry.message, change, result);
                let entry = Entry { message, ..entry };
                self.update(key, &entry).await;
                entry
            }
            Plan::Propose(_) | Plan::Diagnose(_) | Plan::Refuse(_) => entry,
        };
        self.announce(key, entry).await
    }

    /// Handles a change of state that has a row: publishes the row's message if the first try did not, and does nothing
    /// again.
    async fn repeat(&self, alarm: &Alarm, key: &Key) -> Result<Handled, Error> {
        let entries = self.ports.entries(&key.target, alarm.changed_at).await;
        let entries = entries.map_err(|source| Error::Audit {
            alarm: alarm.name.clone(),
            source,
        })?;
        match entries.into_iter().find(|(other, _)| other == key) {
            Some((_, entry)) if !entry.announced => self.announce(key, entry).await,
            _ => Ok(Handled {
                alarm: alarm.name.clone(),
                result: HandledAs::Repeated,
                text: "this change of state was dealt with before".to_owned(),
            }),
        }
    }

    async fn announce(&self, key: &Key, entry: Entry) -> Result<Handled, Error> {
        let handled = self.publish(entry.message.clone()).await?;
        let announced = true;
        self.update(key, &Entry { announced, ..entry }).await;
        Ok(handled)
    }

    /// Nothing is done without a lease and an audit row: publishes that refusal.
    async fn publish_refusal(&self, alarm: &Alarm, refused: Refused) -> Result<Handled, Error> {
        let plan = Plan::Refuse(refused);
        self.publish(message(&self.config.stack, alarm, &plan))
            .await
    }

    async fn publish(&self, message: RemediationMessage) -> Result<Handled, Error> {
        let handled = Handled {
            alarm: message.alarm_name.clone(),
            result: HandledAs::Announced(message.outcome),
            text: message.text.clone(),
        };
        let outcome = message.outcome;
        let subject = format!(
            "Remediation {outcome}: {} ({})",
            message.alarm_name, self.config.environment
        );
        let message = FleetMessage::Remediation(Box::new(message));
        match self.ports.publish(&message, &subject).await {
            Ok(()) => Ok(handled),
            Err(source) => Err(Error::Publish {
                alarm: handled.alarm,
                source,
            }),
        }
    }

    /// Completes a row. A failure does not keep the message back: the row still states that a change was begun.
    async fn update(&self, key: &Key, entry: &Entry) {
        if let Err(fault) = self.ports.update(key, entry).await {
            tracing::error!(fault = %ErrorChain(&fault), target = key.target, "the audit row was not completed");
        }
    }

    async fn lease(
        &self,
        key: &Key,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<ConditionalPut, Fault> {
        let owner = &self.invocation.request_id;
        HoldLease::lease(self.ports, &key.target, owner, now, until).await
    }

    async fn confirmation(&self, alarm: &Alarm) -> Confirmation {
        let name = name_in_arn(&alarm.arn).unwrap_or_default();
        match self.ports.alarm(name).await {
            Ok(stored) => Confirmation::Read(stored),
            Err(fault) => Confirmation::Unreachable(logged(&fault)),
        }
    }

    async fn mode(&self) -> Mode {
        if self.config.mode == ConfiguredMode::Observe {
            return Mode::Observe;
        }
        if let Some(reason) = self.playbooks_refused {
            return Mode::Withheld(reason.to_owned());
        }
        Mode::Act(match ReadSwitch::switch(self.ports).await {
            Ok(text) if text.trim() == "on" => Switch::On,
            Ok(text) => Switch::Off(text),
            Err(fault) => Switch::Unreachable(logged(&fault)),
        })
    }
}

fn noted(alarm: &Alarm, reason: &impl ToString) -> Handled {
    Handled {
        alarm: alarm.name.clone(),
        result: HandledAs::Noted,
        text: reason.to_string(),
    }
}
