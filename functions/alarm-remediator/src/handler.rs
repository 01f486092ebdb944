//! Alarm to message: lease, look, plan, audit, carry out, announce.

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_shared::{
    alarm::Alarm,
    clock::Clock,
    fleet::{FleetMessage, Outcome, RemediationMessage},
    report::Chain,
};
use serde::Serialize;

use crate::{
    audit::{Entry, Key},
    candidate::{refused, triage},
    config::{Config, ConfiguredMode},
    error::Error,
    execute::execute,
    facts::Facts,
    input,
    invocation::Invocation,
    look::look,
    message::message,
    plan::{Mode, Plan, Scope, Switch, plan},
    playbook,
    ports::{HoldLease, Ports, ReadSwitch, Taken},
    refusal::Refusal,
};

/// How long a target is leased: longer than the function may run (`Timeout: 60` in the template), so that a lease never ends
/// under an invocation that still works.
const LEASE: SignedDuration = SignedDuration::from_secs(90);

/// What became of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handled {
    /// The alarm's name.
    pub alarm: String,
    /// What became of it.
    pub result: HandledAs,
    /// Why, in a sentence.
    pub text: String,
}

/// What became of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandledAs {
    /// It asks nothing of us.
    Noted,
    /// It was dealt with before: nothing was done again.
    Repeated,
    /// A message says what came of it.
    Announced(Outcome),
}

/// What every alarm of an event is dealt with by.
struct Desk<'a, P, C> {
    scope: Scope<'a>,
    invocation: &'a Invocation,
    config: &'a Config,
    ports: &'a P,
    clock: &'a C,
}

/// Deals with every alarm of the event; the first error is returned when all were tried.
pub async fn handle(
    event: &[u8],
    invocation: &Invocation,
    config: &Config,
    ports: &impl Ports,
    clock: &impl Clock,
) -> Result<Vec<Handled>, Error> {
    let input = input::read(event)?;
    for reason in &input.passed_over {
        tracing::info!(reason, "not an alarm: left alone");
    }
    let home = invocation.home(&config.stack)?;
    let scope = Scope {
        playbooks: playbook::built_in(),
        home: &home,
    };
    let desk = Desk {
        scope,
        invocation,
        config,
        ports,
        clock,
    };
    let mut handled = Vec::new();
    let mut failure = None;
    for alarm in &input.alarms {
        match desk.remediate(alarm).await {
            Ok(result) => {
                tracing::info!(alarm = result.alarm, result = ?result.result, text = result.text, "the alarm was handled");
                handled.push(result);
            }
            Err(error) => {
                tracing::error!(alarm = alarm.name, error = %Chain(&error), "the alarm was not handled");
                failure.get_or_insert(error);
            }
        }
    }
    failure.map_or(Ok(handled), Err)
}

impl<P: Ports, C: Clock> Desk<'_, P, C> {
    async fn remediate(&self, alarm: &Alarm) -> Result<Handled, Error> {
        let now = self.clock.now();
        let function = match triage(alarm, &self.scope, now) {
            Ok(candidate) => Some(candidate.function),
            Err(Plan::Nothing(idle)) => return Ok(noted(alarm, &idle)),
            Err(Plan::Refuse(refused)) if refused.playbook.is_none() => {
                return Ok(noted(alarm, &refused.refusal));
            }
            Err(_) => None,
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
            tracing::warn!(fault = %Chain(&fault), target = key.target, "the lease was not given back, and ends by itself");
        }
        result
    }

    async fn remediate_leased(&self, alarm: &Alarm, key: &Key) -> Result<Handled, Error> {
        let now = self.clock.now();
        let (facts, mode) = match triage(alarm, &self.scope, now) {
            Ok(candidate) => tokio::join!(
                look(&candidate, self.scope.home, self.ports, now),
                self.mode()
            ),
            Err(_) => (Facts::Unread, Mode::Observe),
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
        let plan = refused(
            playbook,
            function,
            Refusal::Unreachable(Chain(fault).to_string()),
        );
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
            tracing::error!(fault = %Chain(&fault), target = key.target, "the audit row was not completed");
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
        Mode::Act(match ReadSwitch::switch(self.ports).await {
            Ok(text) if text.trim() == "on" => Switch::On,
            Ok(text) => Switch::Off(text),
            Err(fault) => Switch::Unreachable(Chain(&fault).to_string()),
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

#[cfg(test)]
mod tests;
