//! The result of publishing.

use std::collections::BTreeSet;

use picket_aws::{Fault, problem::Problem};

use picket_cloudwatch::put::SendResult;

use crate::{circuit_breaker::Outcome, series_limit::Metric};

/// The result of publishing.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) slices: usize,
    pub(crate) requests: u64,
    pub(crate) data: u64,
    /// Metrics that reached their limit of series.
    pub(crate) at_ceiling: BTreeSet<Metric>,
    pub(crate) problems: Vec<Problem>,
    /// Whether CloudWatch accepted the requests; `None` where none was sent.
    pub(crate) outcome: Option<Outcome>,
}

impl Published {
    /// Records the result of sending a round's requests, whose problems it takes. What is left without a problem is left
    /// for lack of time.
    pub(super) fn record_sent(&mut self, sending: &mut SendResult) {
        self.requests += sending.requests;
        self.data += sending.data;
        if !sending.left.is_empty() && !sending.problems.is_empty() {
            self.outcome = Some(Outcome::Failure);
        } else if sending.requests > 0 && self.outcome.is_none() {
            self.outcome = Some(Outcome::Success);
        }
        self.problems.append(&mut sending.problems);
    }

    pub(super) fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
