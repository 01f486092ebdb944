//! The handler of ticks: runs the probes that are due, and publishes the results.

use std::time::Duration;

use picket_aws::problem::Problems;
use picket_cloudwatch::{pack::pack, put::put_all};
use picket_shared::{clock::Clock, deadline::Deadline, report::ErrorChain};
use serde::Serialize;

use crate::{
    config::{ActiveProbe, Config},
    error::Error,
    event::{self, Tick},
    outcome::ProbeOutcome,
    plan::plan,
    ports::ProbePorts,
    report::series,
    run::run_all,
};

/// The time kept for publishing: an attempt of a call takes at most five seconds, and a throttled call is repeated.
const ROOM: Duration = Duration::from_secs(12);

/// The summary of a tick: the invocation's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Probes that were run.
    pub asked: usize,
    /// Failed probes, by name, with the reason.
    pub failed: Vec<(String, String)>,
    /// Accepted datapoints.
    pub data: u64,
    /// Datapoints that could not be sent.
    pub dropped: u64,
}

/// The handler of ticks.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    ports: P,
    clock: C,
}

impl<P: ProbePorts, C: Clock> Handler<P, C> {
    /// Creates a handler.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            ports,
            clock,
        }
    }

    /// Handles a tick, as far as the deadline allows.
    pub async fn handle(&self, body: &[u8], deadline: Deadline) -> Result<Summary, Error> {
        let tick = event::read(body)?;
        // On the heap: the futures of TLS and PostgreSQL nest deeply.
        Box::pin(self.tick(&tick, deadline)).await
    }

    async fn tick(&self, tick: &Tick, deadline: Deadline) -> Result<Summary, Error> {
        let now = self.clock.now();
        let plan = plan(&self.config.probes, tick, now)?;
        let most = deadline.remaining(now).saturating_sub(ROOM);
        let outcomes = run_all(&self.ports, &self.clock, &plan.probes, most).await;
        let mut summary = summarize(&outcomes);
        let stack = &self.config.stack;
        let series = series(&self.config.environment, stack, plan.minute, &outcomes);
        let packed = pack(&series, self.clock.now());
        let sending = put_all(&self.ports, &self.clock, deadline, packed.requests).await;
        let sending = sending.or_out_of_time();
        summary.data = sending.data;
        summary.dropped = packed
            .dropped
            .values()
            .chain(sending.dropped.values())
            .sum();
        tracing::info!(?summary, "tick of the probes");
        if sending.problems.is_empty() {
            Ok(summary)
        } else {
            Err(Error::Tick(Problems(sending.problems)))
        }
    }
}

fn summarize(outcomes: &[(&ActiveProbe, ProbeOutcome)]) -> Summary {
    let mut summary = Summary {
        asked: outcomes.len(),
        ..Summary::default()
    };
    for (active, outcome) in outcomes {
        let kind = active.probe.check.kind();
        if let Some(failure) = &outcome.failure {
            let (probe, reason) = (&active.id, failure.reason.as_str());
            tracing::warn!(probe, kind, reason, error = %ErrorChain(failure), "a probe failed");
            summary.failed.push((probe.clone(), reason.to_owned()));
        }
    }
    summary
}

#[cfg(test)]
mod tests;
