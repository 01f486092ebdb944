//! The result of a tick.

use picket_aws::{
    Fault,
    ledger::Sink,
    problem::{Problem, Problems},
};
use picket_shared::{clock::Clock, report::ErrorChain};
use serde::Serialize;

use crate::{
    chains::context::TickContext,
    cloudwatch::run::Published,
    error::Error,
    ledger::run::Folded,
    ports::Ports,
    prometheus::run::Written,
    self_metrics::SelfMetrics,
    series_limit::{Metric, notify::notify_of_reached, store::SeriesLimitStore},
};

/// The summary of a tick: the invocation's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Chains.
    pub chains: usize,
    /// Slices folded into the ledger.
    pub folded_slices: usize,
    /// Changed ledger rows.
    pub folded_rows: usize,
    /// Slices published to CloudWatch.
    pub published_slices: usize,
    /// Accepted datapoints of the chains.
    pub published_data: u64,
    /// Accepted requests with datapoints of the chains, without the self-metrics.
    pub requests: u64,
    /// Slices sent again after a lost answer.
    pub ambiguous: u64,
    /// Datapoints that could not be sent.
    pub dropped: u64,
    /// Samples that Prometheus accepted.
    pub samples: u64,
    /// Samples that Prometheus rejected.
    pub refused_samples: u64,
}

/// The result of a tick so far.
#[derive(Default)]
pub(super) struct Work {
    pub(super) summary: Summary,
    pub(super) self_metrics: SelfMetrics,
    pub(super) problems: Vec<Problem>,
    /// Whether Prometheus failed: nothing more is sent to it in this tick.
    pub(super) prometheus_is_down: bool,
}

impl Work {
    pub(super) fn record_folded(&mut self, folded: Folded) {
        self.summary.folded_slices = folded.slices;
        self.summary.folded_rows = folded.rows;
        self.self_metrics.gaps += folded.gaps;
        self.self_metrics.record_refused_rows(folded.refused);
        for (chain, waiting) in folded.waiting {
            self.self_metrics
                .record_waiting(Sink::Ledger, chain, waiting);
        }
        self.problems.extend(folded.problem);
    }

    pub(super) fn record_published(&mut self, published: Published) {
        self.summary.published_slices = published.slices;
        self.summary.published_data = published.data;
        self.summary.requests = published.requests;
        self.problems.extend(published.problems);
    }

    pub(super) fn record_written(&mut self, written: Written) {
        self.summary.samples = written.samples;
        self.summary.refused_samples = written.refused;
        self.prometheus_is_down = written.is_down;
        self.self_metrics.refused_samples = Some(written.refused);
        let waiting = written.waiting.into_iter().collect();
        self.self_metrics.waiting.insert(Sink::Prometheus, waiting);
        self.self_metrics.record_dropped(written.dropped);
        // Not a failure of the tick: a receiver that is down is not a line that is down.
        self.self_metrics.failed_samples = Some(written.problems.len() as u64);
        for problem in written.problems {
            tracing::error!(error = %ErrorChain(&problem), "a part of the tick failed");
        }
    }

    pub(super) fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }

    /// Notifies of metrics that reached their limit of series.
    pub(super) async fn notify_of_reached<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
        series_limit: &mut SeriesLimitStore,
        at_ceiling: &[Metric],
    ) {
        if let Err(fault) = notify_of_reached(context, series_limit, at_ceiling).await {
            self.fail(
                "no notification of a reached limit of series was published",
                fault,
            );
        }
    }

    pub(super) fn finish(mut self) -> Result<Summary, Error> {
        self.summary.ambiguous = self.self_metrics.ambiguous;
        self.summary.dropped = self.self_metrics.dropped.values().sum();
        tracing::info!(summary = ?self.summary, self_metrics = ?self.self_metrics, "tick");
        if self.problems.is_empty() {
            Ok(self.summary)
        } else {
            Err(Error::Tick(Problems(self.problems)))
        }
    }
}
