//! What the runs of this function share: leases, reads around a plan, audit rows and messages. An alarm, a follow-up and
//! a decision on a plan are each a file.

mod again;
mod alarm;
mod approval;
mod change;
mod composite;
mod follow_up;
mod ledger;
mod rows;
mod wait;

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_rules::playbooks;
use picket_shared::{
    clock::Clock,
    fleet::{FleetMessage, Outcome, RemediationMessage},
    report::ErrorChain,
};
use serde::Serialize;

use crate::{
    audit::{ConditionalPut, Entry, Key},
    config::Config,
    confirmation::Confirmation,
    error::{Error, logged},
    invocation::Invocation,
    model::{Mode, Scope, Switch},
    ports::{HoldLease, Ports, ReadSwitch, ScheduleFollowUp},
};

/// How long a target is leased: longer than the function may run (`Timeout: 60` in the template), so that a lease never
/// ends under an invocation that still works.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// The result for an alarm, a follow-up or a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// The alarm's name; the id of the plan where it is not known.
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
    /// This was handled before: nothing was done again.
    Repeated,
    /// A message with this outcome is published.
    Announced(Outcome),
}

/// A run of the function.
pub(crate) struct Run<'a, P, C> {
    pub(crate) scope: Scope<'a>,
    /// Why the playbooks' override is not in force, where it is refused.
    pub(crate) playbooks_refused: Option<&'a str>,
    pub(crate) invocation: &'a Invocation,
    pub(crate) config: &'a Config,
    pub(crate) ports: &'a P,
    pub(crate) clock: &'a C,
}

impl<P: Ports, C: Clock> Run<'_, P, C> {
    /// Takes the lease on a target. Where another invocation has it, the event is tried again; where the lease could not
    /// be written, the fault is returned, which each caller reports in its own way.
    async fn take_lease(&self, target: &str, alarm: &str) -> Result<Result<(), Fault>, Error> {
        let now = self.clock.now();
        let until = now + LEASE;
        match self.lease(target, now, until).await {
            Ok(ConditionalPut::Written) => Ok(Ok(())),
            Ok(ConditionalPut::Rejected) => Err(Error::Busy {
                target: target.to_owned(),
                alarm: alarm.to_owned(),
                until,
            }),
            Err(fault) => Ok(Err(fault)),
        }
    }

    /// Releases it. A lease that is not released ends by itself.
    async fn release_lease(&self, target: &str) {
        let now = self.clock.now();
        if let Err(fault) = self.lease(target, now, now).await {
            tracing::warn!(fault = %ErrorChain(&fault), target, "the lease was not released, and ends by itself");
        }
    }

    async fn lease(
        &self,
        target: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<ConditionalPut, Fault> {
        let owner = &self.invocation.request_id;
        HoldLease::lease(self.ports, target, owner, now, until).await
    }

    /// Schedules a follow-up of a row.
    async fn schedule(&self, key: &Key, at: Timestamp) -> Result<(), Fault> {
        let function = &self.invocation.function_arn;
        ScheduleFollowUp::schedule(self.ports, function, key, at).await
    }

    /// The alarm with this name, as CloudWatch has it.
    async fn confirmation(&self, name: &str) -> Confirmation {
        match self.ports.alarm(name).await {
            Ok(stored) => Confirmation::Read(stored),
            Err(fault) => Confirmation::Unreachable(logged(&fault)),
        }
    }

    async fn mode(&self) -> Mode {
        if self.config.mode == playbooks::Mode::Observe {
            return Mode::Observe;
        }
        if let Some(reason) = self.playbooks_refused {
            return Mode::Withheld(reason.to_owned());
        }
        let switch = match ReadSwitch::switch(self.ports).await {
            Ok(text) if text.trim() == "on" => Switch::On,
            Ok(text) => Switch::Off(text),
            Err(fault) => Switch::Unreachable(logged(&fault)),
        };
        match self.config.mode {
            playbooks::Mode::Act => Mode::Act(switch),
            playbooks::Mode::Observe | playbooks::Mode::Approve => Mode::Approve(switch),
        }
    }

    /// Writes over a row. A failure does not keep the message back: the row still states that a change was begun.
    async fn update(&self, key: &Key, entry: &mut Entry) {
        match self.replace(key, entry).await {
            Ok(()) => {}
            Err(fault) => {
                tracing::error!(fault = %ErrorChain(&fault), target = key.target, "the audit row was not completed");
            }
        }
    }

    /// Writes over a row of a known version; an error where it has another version by now.
    async fn replace(&self, key: &Key, entry: &mut Entry) -> Result<(), Fault> {
        match self.ports.update(key, entry).await? {
            ConditionalPut::Written => {
                entry.version += 1;
                Ok(())
            }
            ConditionalPut::Rejected => Err(Fault::transient(format!(
                "the audit row {} {} was written by another invocation",
                key.target, key.entry
            ))),
        }
    }

    /// Publishes a row's message, and notes that it is published.
    async fn announce(&self, key: &Key, entry: &mut Entry) -> Result<Handled, Error> {
        let handled = self.publish(entry.message.clone()).await?;
        entry.announced = true;
        self.update(key, entry).await;
        Ok(handled)
    }

    /// Publishes the message of a later step, once: the step has an audit row of its own.
    async fn announce_step(
        &self,
        first: &RemediationMessage,
        step: &str,
        outcome: Outcome,
        text: String,
    ) -> Result<Handled, Error> {
        let message = RemediationMessage {
            outcome,
            text,
            step: Some(step.to_owned()),
            plan: None,
            requests: Vec::new(),
            ..first.clone()
        };
        let (target, entry) = message.audit_key();
        let key = Key { target, entry };
        let now = self.clock.now();
        let mut entry = Entry::of_message(message, &self.invocation.request_id, now);
        match self.ports.open(&key, &entry).await {
            Ok(ConditionalPut::Written) => self.announce(&key, &mut entry).await,
            Ok(ConditionalPut::Rejected) => match self.row(&key, first.state_changed_at).await? {
                Some(mut entry) if !entry.announced => self.announce(&key, &mut entry).await,
                _ => Ok(repeated(&first.alarm_name)),
            },
            Err(source) => Err(Error::Audit {
                alarm: first.alarm_name.clone(),
                source,
            }),
        }
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
}

fn noted(alarm: &str, reason: impl Into<String>) -> Handled {
    Handled {
        alarm: alarm.to_owned(),
        result: HandledAs::Noted,
        text: reason.into(),
    }
}

fn repeated(alarm: &str) -> Handled {
    Handled {
        alarm: alarm.to_owned(),
        result: HandledAs::Repeated,
        text: "this was handled before".to_owned(),
    }
}
