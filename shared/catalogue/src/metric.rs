//! One entry of a catalogue.

use std::collections::BTreeSet;

use picket_rules::metrics::Unit;
use strum::{EnumString, IntoStaticStr};

/// Metrics that have everything but their names in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// The names. One that ends with an asterisk stands for all that begin so.
    pub names: Vec<String>,
    /// The unit that the service publishes.
    pub unit: Unit,
    /// The statistics that make sense.
    pub statistics: BTreeSet<Statistic>,
    /// The dimensions that exist together. The empty set is the metric of the account and Region.
    pub dimension_sets: Vec<BTreeSet<String>>,
    /// What must be switched on before the metric exists.
    pub needs: Option<String>,
    /// The one Region that has the metric, where it is not in each.
    pub region: Option<String>,
    /// The page of the documentation.
    pub source: String,
}

/// A statistic, or the percentiles with everything else that needs each value (trimmed means, percentile ranks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
pub enum Statistic {
    /// The sum.
    Sum,
    /// The mean.
    Average,
    /// The lowest value.
    Minimum,
    /// The highest value.
    Maximum,
    /// The number of values.
    SampleCount,
    /// `p99`, `tm90`, `PR(0:100)` and so on.
    Percentiles,
}

impl Statistic {
    /// The statistic of CloudWatch's name of it, such as `Sum` or `p99.9`.
    pub fn of(name: &str) -> Self {
        name.parse().unwrap_or(Self::Percentiles)
    }
}

impl Metric {
    /// Whether a metric of this name is among them.
    pub fn is_named(&self, name: &str) -> bool {
        self.names.iter().any(|own| match own.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => own == name,
        })
    }

    /// Whether a statistic, such as `Sum` or `p99.9`, makes sense. The number of values does for every metric.
    pub fn suits(&self, statistic: &str) -> bool {
        let statistic = Statistic::of(statistic);
        statistic == Statistic::SampleCount || self.statistics.contains(&statistic)
    }
}
