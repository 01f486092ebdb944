//! The rules and prices that events are counted by, compiled for one pass over each event.

mod index;
mod metric;

use picket_rules::{
    metrics::{self, MetricRules},
    prices::{self, PriceBook},
};
use picket_shared::chain::LARGEST_BLOB;

pub(crate) use self::metric::OWN_DIMENSION;
pub use self::{
    index::{DimensionTable, MetricSlot, RuleIndex, RuleRef, TimingKey},
    metric::{MetricId, ValueKind},
};

/// A set of rules and prices, with the names that their metrics are published under.
#[derive(Debug, Clone)]
pub struct RuleSet {
    pub(crate) workloads: Vec<MetricRules>,
    pub(crate) prices: PriceBook,
    pub(crate) environment: String,
    pub(crate) stack: String,
    /// Whether a workload takes model requests of any source, rather than of the one it names.
    pub(crate) any_source: bool,
    /// The rules, compiled.
    pub(crate) index: RuleIndex,
    /// Largest blob of a slice of several events, in bytes. A slice of one event may have [`LARGEST_BLOB`].
    pub(crate) largest_blob: usize,
}

impl RuleSet {
    /// Creates the set of the rules and prices that are compiled in.
    pub fn built_in(environment: &str, stack: &str) -> Self {
        let workloads = metrics::built_in().to_vec();
        Self::new(workloads, prices::built_in().clone(), environment, stack)
    }

    /// Creates a set of rules and prices.
    pub fn new(
        mut workloads: Vec<MetricRules>,
        prices: PriceBook,
        environment: &str,
        stack: &str,
    ) -> Self {
        Self {
            index: RuleIndex::new(&mut workloads),
            workloads,
            prices,
            environment: environment.to_owned(),
            stack: stack.to_owned(),
            any_source: false,
            largest_blob: LARGEST_BLOB,
        }
    }

    /// Returns this set with other rules and prices.
    pub(crate) fn with_rules(&self, workloads: Vec<MetricRules>, prices: PriceBook) -> Self {
        let rule_set = Self::new(workloads, prices, &self.environment, &self.stack);
        Self {
            any_source: self.any_source,
            largest_blob: self.largest_blob,
            ..rule_set
        }
    }

    /// Limits the blob of a slice of several events: 150 bytes are a few events.
    #[must_use]
    pub fn with_largest_blob(self, largest_blob: usize) -> Self {
        Self {
            largest_blob,
            ..self
        }
    }

    /// Makes workloads with a usage rule take model requests of any source: for whole files, where a request counts
    /// once by its id, from any reporter. A stream's shards do not share their ids, so there each workload has one
    /// source.
    #[must_use]
    pub fn with_any_source(self) -> Self {
        Self {
            any_source: true,
            ..self
        }
    }

    /// Whether the workload takes events of this source. A line of a subscribed log group is an event like one that the
    /// application puts on the stream, except where the workload counts model requests.
    pub(crate) fn takes(&self, workload: &MetricRules, source: metrics::Source) -> bool {
        let Some(named) = workload.source else {
            return true;
        };
        if workload.usage.is_none() {
            let is_of_bedrock = |source| source == metrics::Source::InvocationLogs;
            return is_of_bedrock(named) == is_of_bedrock(source);
        }
        let is_log_line = source == metrics::Source::LogLines;
        named == source || (self.any_source && !is_log_line)
    }

    /// Whether the workload takes model requests of this source: log lines only where it names them, since every
    /// publisher of a line of a subscribed log group could otherwise write requests, and money.
    pub(crate) fn takes_usage(&self, workload: &MetricRules, source: metrics::Source) -> bool {
        let is_named = workload.source == Some(source);
        let is_log_line = source == metrics::Source::LogLines;
        is_named || (!is_log_line && self.takes(workload, source))
    }
}
