//! The metrics that rules feed, by their place in the rule set.

use picket_rules::metrics::MetricKind;

/// The dimension of Picket's own metrics.
pub(crate) const OWN_DIMENSION: &str = "Stack";

/// A metric, in indices of the rule set: cheaper for each event than its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetricId {
    /// A rule's metric: workload, rule, transformation.
    Rule(usize, usize, usize),
    /// The cost of a workload's usage.
    Cost(usize),
    /// A metric of Picket's own, by its name.
    Own(&'static str),
}

/// The values that a metric is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Numbers of a rule, aggregated by its kind.
    Numbers(MetricKind),
    /// Costs, exact until CloudWatch needs a float; published as a [`MetricKind::Sum`].
    Costs,
}
