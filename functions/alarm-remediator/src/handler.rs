//! The handler: reads an event, and runs the remediation of its alarms, a follow-up or a decision.

use picket_aws::overrides::{CachedOverrides, Override};
use picket_rules::{
    overrides,
    playbooks::{self, Playbooks},
};
use picket_shared::{alarm::Watches, clock::Clock, report::ErrorChain};

use crate::{
    config::Config,
    error::Error,
    input::{self, Alarms, Input},
    invocation::Invocation,
    model::Scope,
    playbook,
    ports::Ports,
    run::Run,
};

pub use crate::run::{Handled, HandledAs};

/// The handler of the function. It lives as long as the execution environment.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    built_in: Playbooks,
    ports: P,
    clock: C,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Creates the function.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            built_in: playbook::built_in().clone(),
            ports,
            clock,
        }
    }

    /// The same function with other playbooks in the place of the built-in ones.
    #[must_use]
    pub fn with_playbooks(self, built_in: Playbooks) -> Self {
        Self { built_in, ..self }
    }

    /// Handles an event. Of several alarms, each is tried, and the first error is returned.
    pub async fn handle(
        &self,
        event: &[u8],
        invocation: &Invocation,
    ) -> Result<Vec<Handled>, Error> {
        let input = input::read(event)?;
        let home = invocation.home(&self.config.stack, &self.config.resources)?;
        let playbooks = self.read_playbooks().await;
        let scope = Scope {
            playbooks: &playbooks.in_force(),
            home: &home,
        };
        let run = Run {
            scope,
            playbooks_refused: playbooks.refused(),
            invocation,
            config: &self.config,
            ports: &self.ports,
            clock: &self.clock,
        };
        let handled = match &input {
            Input::Alarms(alarms) => return alarms_of(&run, alarms).await,
            Input::FollowUp(key) => run.follow_up(key).await?,
            Input::Decision { plan, decision, by } => run.decide(plan, *decision, by).await?,
        };
        log(&handled);
        Ok(vec![handled])
    }

    /// The playbooks and their override. Alarms are rare: each invocation reads the override, so that a change applies
    /// to the next.
    async fn read_playbooks(&self) -> Override<Playbooks> {
        let built_in = self.built_in.clone();
        let playbooks = CachedOverrides::new(Override::new(
            overrides::PLAYBOOKS,
            built_in,
            |_, file, text| playbooks::parse(file, text),
        ));
        playbooks.refresh(&self.ports, self.clock.now()).await;
        playbooks.into_inner()
    }
}

async fn alarms_of<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    alarms: &Alarms,
) -> Result<Vec<Handled>, Error> {
    for reason in &alarms.passed_over {
        tracing::info!(reason, "not an alarm: ignored");
    }
    let mut handled = Vec::new();
    let mut failure = None;
    for alarm in &alarms.alarms {
        let result = match alarm.watches {
            Watches::Composite { .. } => run.composite(alarm).await,
            Watches::Metric(..) | Watches::Expression { .. } | Watches::Unknown => {
                let one = run.alarm(alarm, alarm.changed_at).await;
                one.map(|handled| vec![handled])
            }
        };
        match result {
            Ok(results) => {
                results.iter().for_each(log);
                handled.extend(results);
            }
            Err(error) => {
                tracing::error!(alarm = alarm.name, error = %ErrorChain(&error), "the alarm was not handled");
                failure.get_or_insert(error);
            }
        }
    }
    failure.map_or(Ok(handled), Err)
}

fn log(handled: &Handled) {
    tracing::info!(alarm = handled.alarm, result = ?handled.result, text = handled.text, "handled");
}

#[cfg(test)]
mod tests;
