//! The result of publishing.

use std::collections::BTreeSet;

use picket_aws::{Fault, problem::Problem};

use crate::series_limit::Metric;

/// The result of publishing.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) slices: usize,
    pub(crate) requests: u64,
    pub(crate) data: u64,
    /// Metrics that reached their limit of series.
    pub(crate) at_ceiling: BTreeSet<Metric>,
    pub(crate) problems: Vec<Problem>,
}

impl Published {
    pub(super) fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
