//! The limits of series, of each metric and of all together.

use std::{collections::BTreeMap, sync::LazyLock};

use picket_rules::metrics::{self, DEFAULT_MAXIMUM_SERIES, MetricRules};

use crate::series_limit::Metric;

/// The limits of series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceilings {
    pub(super) metrics: BTreeMap<Metric, u32>,
    pub(super) stack: u32,
}

impl Ceilings {
    /// Creates the limits of the built-in rules, and one of all metrics together.
    pub fn built_in(stack: u32) -> Self {
        /// Read once a process.
        static METRICS: LazyLock<BTreeMap<Metric, u32>> =
            LazyLock::new(|| by_metric(metrics::built_in()));
        Self {
            metrics: METRICS.clone(),
            stack,
        }
    }

    /// Creates the limits of rules, and one of all metrics together.
    pub fn of_rules(rules: &[MetricRules], stack: u32) -> Self {
        let metrics = by_metric(rules);
        Self { metrics, stack }
    }

    /// The limit of a metric.
    pub fn of(&self, metric: &Metric) -> usize {
        let most = self.metrics.get(metric).copied();
        usize::try_from(most.unwrap_or(DEFAULT_MAXIMUM_SERIES)).unwrap_or(usize::MAX)
    }

    /// The limit of all metrics together.
    pub fn stack(&self) -> usize {
        usize::try_from(self.stack).unwrap_or(usize::MAX)
    }
}

fn by_metric(workloads: &[MetricRules]) -> BTreeMap<Metric, u32> {
    let mut ceilings = BTreeMap::<Metric, u32>::new();
    for rules in workloads {
        let rows = rules.rules.iter().flat_map(|rule| &rule.transformations);
        let rows = rows.map(|row| (&row.namespace, &row.name, row.maximum_series));
        let cost = rules.usage.iter().filter_map(|usage| usage.cost.as_ref());
        let cost = cost.map(|cost| (&cost.namespace, &cost.name, cost.maximum_series));
        for (namespace, name, most) in rows.chain(cost) {
            let metric = (namespace.as_str().to_owned(), name.as_str().to_owned());
            let ceiling = ceilings.entry(metric).or_default();
            *ceiling = most.max(*ceiling);
        }
    }
    ceilings
}
