//! Event to alarms, and what became of each.

use jiff::Timestamp;
use picket_aws::overrides::{Held, Override};
use picket_rules::{
    overrides,
    playbooks::{self, Playbooks},
};
use picket_shared::{clock::Clock, fleet::Outcome, report::ErrorChain};
use serde::Serialize;

use crate::{
    config::Config,
    desk::Desk,
    error::Error,
    input,
    invocation::Invocation,
    plan::Scope,
    playbook,
    ports::{Ports, ReadOverrides},
};

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
    let playbooks = read_playbooks(ports, clock.now()).await;
    let scope = Scope {
        playbooks: &playbooks.in_force(),
        home: &home,
    };
    let desk = Desk {
        scope,
        playbooks_refused: playbooks.refused(),
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
                tracing::error!(alarm = alarm.name, error = %ErrorChain(&error), "the alarm was not handled");
                failure.get_or_insert(error);
            }
        }
    }
    failure.map_or(Ok(handled), Err)
}

/// The playbooks that are compiled in, or what an operator put in their place. Alarms are rare, so that each invocation asks.
async fn read_playbooks(ports: &impl ReadOverrides, now: Timestamp) -> Override<Playbooks> {
    let built_in = playbook::built_in().clone();
    let playbooks = Held::new(Override::new(
        overrides::PLAYBOOKS,
        built_in,
        |_, file, text| playbooks::parse(file, text),
    ));
    playbooks.refresh(ports, now).await;
    playbooks.into_inner()
}

#[cfg(test)]
mod tests;
