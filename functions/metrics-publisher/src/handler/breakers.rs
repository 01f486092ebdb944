//! The circuit breakers of a tick's sinks.

use picket_aws::{Fault, ledger::Sink};
use picket_shared::{chain::ChainId, clock::Clock};

use super::{Handler, work::Work};
use crate::{
    chains::context::TickContext, cloudwatch::run::Published, ports::Ports,
    prometheus::run::Written, self_metrics::waiting::Waiting,
};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Whether a sink's breaker permits it to run.
    pub(super) fn permits(&self, context: &TickContext<'_, P, C>, sink: Sink) -> bool {
        self.circuit_breakers.permits(sink, context.clock.now())
    }

    /// Records what came of the sinks that ran. One that was skipped has no outcome.
    pub(super) fn record_outcomes(
        &self,
        context: &TickContext<'_, P, C>,
        published: &Published,
        written: Option<&Written>,
    ) {
        let now = context.clock.now();
        let written = written.and_then(Written::outcome);
        for (sink, outcome) in [
            (Sink::CloudWatch, published.outcome),
            (Sink::Prometheus, written),
        ] {
            self.circuit_breakers.record(sink, outcome, now);
        }
    }
}

impl Work {
    /// Records that nothing was sent to CloudWatch. The tick fails, as it does where CloudWatch refuses.
    pub(super) fn skip_cloudwatch(&mut self, chains: &[ChainId]) {
        self.fail("nothing was published to CloudWatch", breaker_is_open());
        for chain in chains {
            self.self_metrics
                .record_waiting(Sink::CloudWatch, chain.clone(), Waiting::Unread);
        }
    }
}

/// The error of a sink that is left alone.
pub(super) fn breaker_is_open() -> Fault {
    Fault::transient(
        "it failed three times in a row, and its circuit breaker is open: it is tried again within two minutes",
    )
}
