//! What one tick comes to.

use picket_aws::{
    Fault,
    ledger::Sink,
    problem::{Problem, Problems},
};
use picket_shared::report::ErrorChain;
use serde::Serialize;

use crate::{
    cloudwatch::run::Published, error::Error, ledger::run::Folded, prometheus::run::Written,
    self_metrics::Vitals,
};

/// What a tick did; the invocation's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Chains there are.
    pub chains: usize,
    /// Slices whose usage went into the ledger.
    pub folded_slices: usize,
    /// Rows that were added to.
    pub folded_rows: usize,
    /// Slices that CloudWatch has.
    pub published_slices: usize,
    /// Datapoints of the chains that CloudWatch answered for.
    pub published_data: u64,
    /// Requests with them that CloudWatch answered; the publisher's own metrics come beside these.
    pub requests: u64,
    /// Slices that may have been sent twice.
    pub ambiguous: u64,
    /// Datapoints that could not be sent.
    pub dropped: u64,
    /// Samples that Prometheus has.
    pub samples: u64,
    /// Samples that Prometheus will never take.
    pub refused_samples: u64,
}

/// What a tick has come to so far.
#[derive(Default)]
pub(super) struct Work {
    pub(super) summary: Summary,
    pub(super) vitals: Vitals,
    pub(super) problems: Vec<Problem>,
    /// Prometheus did not take something: it is left alone for the rest of the tick.
    pub(super) prometheus_is_down: bool,
}

impl Work {
    pub(super) fn take_in_folded(&mut self, folded: Folded) {
        self.summary.folded_slices = folded.slices;
        self.summary.folded_rows = folded.rows;
        self.vitals.gaps += folded.gaps;
        self.vitals.refuse_rows(folded.refused);
        for waiting in folded.waiting {
            self.vitals.wait(Sink::Ledger, waiting);
        }
        self.problems.extend(folded.problem);
    }

    pub(super) fn take_in_published(&mut self, published: Published) {
        self.summary.published_slices = published.slices;
        self.summary.published_data = published.data;
        self.summary.requests = published.requests;
        self.problems.extend(published.problems);
    }

    pub(super) fn take_in_written(&mut self, written: Written) {
        self.summary.samples = written.samples;
        self.summary.refused_samples = written.refused;
        self.prometheus_is_down = written.is_down;
        self.vitals.refused_samples = Some(written.refused);
        self.vitals.wait(Sink::Prometheus, written.waiting);
        self.vitals.drop_all(written.dropped);
        // Not the tick's failure: a receiver that is down must not look like a line that is.
        self.vitals.failed_samples = Some(written.problems.len() as u64);
        for problem in written.problems {
            tracing::error!(error = %ErrorChain(&problem), "a part of the tick failed");
        }
    }

    pub(super) fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }

    pub(super) fn finish(mut self) -> Result<Summary, Error> {
        self.summary.ambiguous = self.vitals.ambiguous;
        self.summary.dropped = self.vitals.dropped.values().sum();
        tracing::info!(summary = ?self.summary, vitals = ?self.vitals, "tick");
        if self.problems.is_empty() {
            Ok(self.summary)
        } else {
            Err(Error::Tick(Problems(self.problems)))
        }
    }
}
