//! The handler: reads an event's alarms and runs the remediation of each.

use picket_aws::overrides::{CachedOverrides, Override};
use picket_rules::{
    overrides,
    playbooks::{self, Playbooks},
};
use picket_shared::{clock::Clock, report::ErrorChain};

use crate::{
    config::Config, error::Error, input, invocation::Invocation, model::Scope, playbook,
    ports::Ports, remediation::Remediation,
};

pub use crate::remediation::{Handled, HandledAs};

/// The handler of the function. It lives as long as the execution environment.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    ports: P,
    clock: C,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Creates the function.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            ports,
            clock,
        }
    }

    /// Handles every alarm of the event; the first error is returned when all were tried.
    pub async fn handle(
        &self,
        event: &[u8],
        invocation: &Invocation,
    ) -> Result<Vec<Handled>, Error> {
        let input = input::read(event)?;
        for reason in &input.passed_over {
            tracing::info!(reason, "not an alarm: ignored");
        }
        let home = invocation.home(&self.config.stack)?;
        let playbooks = self.read_playbooks().await;
        let scope = Scope {
            playbooks: &playbooks.in_force(),
            home: &home,
        };
        let remediation = Remediation {
            scope,
            playbooks_refused: playbooks.refused(),
            invocation,
            config: &self.config,
            ports: &self.ports,
            clock: &self.clock,
        };
        let mut handled = Vec::new();
        let mut failure = None;
        for alarm in &input.alarms {
            match remediation.run(alarm).await {
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

    /// The playbooks and their override. Alarms are rare: each invocation reads the override, so that a change applies
    /// to the next.
    async fn read_playbooks(&self) -> Override<Playbooks> {
        let built_in = playbook::built_in().clone();
        let playbooks = CachedOverrides::new(Override::new(
            overrides::PLAYBOOKS,
            built_in,
            |_, file, text| playbooks::parse(file, text),
        ));
        playbooks.refresh(&self.ports, self.clock.now()).await;
        playbooks.into_inner()
    }
}

#[cfg(test)]
mod tests;
