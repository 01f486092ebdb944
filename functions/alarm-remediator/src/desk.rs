//! One alarm to its message: lease, look, plan, audit, carry out, announce.

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_shared::{
    alarm::Alarm,
    clock::Clock,
    fleet::{FleetMessage, RemediationMessage},
    report::ErrorChain,
};

use crate::{
    audit::{Entry, Key},
    candidate::{Triage, refused, triage},
    config::{Config, ConfiguredMode},
    error::Error,
    execute::execute,
    facts::Facts,
    handler::{Handled, HandledAs},
    invocation::Invocation,
    look::{look, said},
    message::message,
    plan::{Mode, Plan, Scope, Switch, plan},
    playbook,
    ports::{HoldLease, Ports, ReadSwitch, Taken},
    refusal::Refusal,
};

/// How long a target is leased: longer than the function may run (`Timeout: 60` in the template), so that a lease never ends
/// under an invocation that still works.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// What every alarm of an event is dealt with by.
pub(crate) struct Desk<'a, P, C> {
    pub(crate) scope: Scope<'a>,
    /// Why the playbooks are not those that an operator wants, where they are not.
    pub(crate) playbooks_refused: Option<&'a str>,
    pub(crate) invocation: &'a Invocation,
    pub(crate) config: &'a Config,
    pub(crate) ports: &'a P,
    pub(crate) clock: &'a C,
}

impl<P: Ports, C: Clock> Desk<'_, P, C> {
    /// From the alarm to what became of it.
    pub(crate) async fn remediate(&self, alarm: &Alarm) -> Result<Handled, Error> {
        let now = self.clock.now();
        let function = match triage(alarm, &self.scope, now) {
            Triage::Look(candidate) => Some(candidate.function),
            Triage::Settled(Plan::Nothing(idle)) => return Ok(noted(alarm, &idle)),
            Triage::Settled(Plan::Refuse(refused)) if refused.playbook.is_none() => {
                return Ok(noted(alarm, &refused.refusal));
            }
            Triage::Settled(_) => None,
        };
        let key = Key::new(alarm, function);
        match self.lease(&key, now, now + LEASE).await {
            Ok(Taken::Yes) => {}
            Ok(Taken::No) => {
                let (target, alarm) = (key.target, alarm.name.clone());
                return Err(Error::Busy { target, alarm });
            }
            Err(fault) => return self.say_unreachable(alarm, function, &fault).await,
        }
        let result = self.remediate_leased(alarm, &key).await;
        let now = self.clock.now();
        if let Err(fault) = self.lease(&key, now, now).await {
            tracing::warn!(fault = %ErrorChain(&fault), target = key.target, "the lease was not given back, and ends by itself");
        }
        result
    }

    async fn remediate_leased(&self, alarm: &Alarm, key: &Key) -> Result<Handled, Error> {
        let now = self.clock.now();
        let (facts, mode) = match triage(alarm, &self.scope, now) {
            Triage::Look(candidate) => tokio::join!(
                look(&candidate, self.scope.home, self.ports, now),
                self.mode()
            ),
            Triage::Settled(_) => (Facts::Unread, Mode::Observe),
        };
        let plan = plan(alarm, &facts, &self.scope, &mode, now);
        let Some(message) = message(&self.config.stack, alarm, &plan) else {
            return Ok(noted(alarm, &"nobody needs to hear of it"));
        };
        let entry = Entry::new(&plan, message, &self.invocation.request_id, now);
        match self.ports.open(key, &entry).await {
            Ok(Taken::Yes) => self.carry_out(&plan, key, entry).await,
            Ok(Taken::No) => self.repeat(alarm, key).await,
            Err(fault) => {
                let target = entry.message.target.clone();
                self.say_unreachable(alarm, target.as_deref(), &fault).await
            }
        }
    }

    /// The audit row is written: now the change, if the plan has one, and the message.
    async fn carry_out(&self, plan: &Plan, key: &Key, entry: Entry) -> Result<Handled, Error> {
        let entry = match plan {
            Plan::Act(change) => {
                let message = execute(change, entry.message.clone(), self.ports).await;
                let entry = Entry { message, ..entry };
                self.update(key, &entry).await;
                entry
            }
            Plan::Propose(_) | Plan::Diagnose(_) | Plan::Refuse(_) | Plan::Nothing(_) => entry,
        };
        self.announce(key, entry).await
    }

    /// The change of state has a row: what a first try did not say is said, and nothing is done again.
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
        self.update(
            key,
            &Entry {
                announced: true,
                ..entry
            },
        )
        .await;
        Ok(handled)
    }

    /// Nothing is done without a lease and an audit row, and that is said.
    async fn say_unreachable(
        &self,
        alarm: &Alarm,
        function: Option<&str>,
        fault: &Fault,
    ) -> Result<Handled, Error> {
        let playbook = playbook::matching(self.scope.playbooks, alarm);
        let plan = refused(playbook, function, Refusal::Unreachable(said(fault)));
        match message(&self.config.stack, alarm, &plan) {
            Some(message) => self.publish(message).await,
            None => Ok(noted(alarm, fault)),
        }
    }

    async fn publish(&self, message: RemediationMessage) -> Result<Handled, Error> {
        let handled = Handled {
            alarm: message.alarm_name.clone(),
            result: HandledAs::Announced(message.outcome),
            text: message.text.clone(),
        };
        let outcome = crate::message::word(message.outcome);
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

    /// A row that cannot be completed is no reason to keep silent: it still says that a change was begun.
    async fn update(&self, key: &Key, entry: &Entry) {
        if let Err(fault) = self.ports.update(key, entry).await {
            tracing::error!(fault = %ErrorChain(&fault), target = key.target, "the audit row was not completed");
        }
    }

    async fn lease(&self, key: &Key, now: Timestamp, until: Timestamp) -> Result<Taken, Fault> {
        let owner = &self.invocation.request_id;
        HoldLease::lease(self.ports, &key.target, owner, now, until).await
    }

    async fn mode(&self) -> Mode {
        if self.config.mode == ConfiguredMode::Observe {
            return Mode::Observe;
        }
        if let Some(why) = self.playbooks_refused {
            return Mode::Withheld(why.to_owned());
        }
        Mode::Act(match ReadSwitch::switch(self.ports).await {
            Ok(text) if text.trim() == "on" => Switch::On,
            Ok(text) => Switch::Off(text),
            Err(fault) => Switch::Unreachable(said(&fault)),
        })
    }
}

fn noted(alarm: &Alarm, why: &impl ToString) -> Handled {
    Handled {
        alarm: alarm.name.clone(),
        result: HandledAs::Noted,
        text: why.to_string(),
    }
}
