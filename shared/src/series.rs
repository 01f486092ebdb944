//! Series, as CloudWatch distinguishes them, and their values of a minute.

use picket_rules::metrics::MetricKind;
use serde::{Deserialize, Serialize};

use crate::sketch::Sketch;
pub use crate::statistics::Statistics;

/// The namespace of Picket's own metrics.
pub const OWN_NAMESPACE: &str = "Picket";

/// One series: namespace, metric, unit and dimensions in the order they were declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesKey {
    /// CloudWatch namespace.
    pub namespace: String,
    /// Metric name.
    pub name: String,
    /// CloudWatch's word for the unit, `None` being "None".
    pub unit: String,
    /// Dimension names and values.
    pub dimensions: Vec<(String, String)>,
}

/// One series' datapoints of one minute.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesMinute {
    /// The series.
    pub key: SeriesKey,
    /// The minute's start, in minutes since 1970.
    pub minute: i64,
    /// The values.
    pub aggregate: Aggregate,
}

/// The values of a series' minute, in the form of the rule's [`MetricKind`].
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// Count, sum, minimum and maximum.
    Sum(Statistics),
    /// The same, and values with counts, from which CloudWatch computes percentiles.
    Distribution(Sketch),
}

impl SeriesKey {
    /// Creates a key from names.
    pub fn new(namespace: &str, name: &str, unit: &str, dimensions: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            unit: unit.to_owned(),
            dimensions: dimensions.iter().map(owned).collect(),
        }
    }
}

impl SeriesMinute {
    /// Creates the minute of a series with one value.
    pub fn single(key: SeriesKey, minute: i64, value: f64) -> Self {
        Self::sum(key, minute, Statistics::of(value))
    }

    /// Creates the minute of a series with the statistics of its values.
    pub fn sum(key: SeriesKey, minute: i64, statistics: Statistics) -> Self {
        Self {
            key,
            minute,
            aggregate: Aggregate::Sum(statistics),
        }
    }
}

impl Aggregate {
    /// Creates the aggregate of one value; `None` where the value is not finite.
    pub fn new(kind: MetricKind, value: f64) -> Option<Self> {
        match kind {
            MetricKind::Sum => value.is_finite().then(|| Self::Sum(Statistics::of(value))),
            MetricKind::Distribution => Sketch::of(value).map(Self::Distribution),
        }
    }

    /// Returns the kind of the metric.
    pub fn kind(&self) -> MetricKind {
        match self {
            Self::Sum(_) => MetricKind::Sum,
            Self::Distribution(_) => MetricKind::Distribution,
        }
    }

    /// Adds a finite value.
    pub fn add(&mut self, value: f64) {
        match self {
            Self::Sum(statistics) => statistics.merge(Statistics::of(value)),
            Self::Distribution(sketch) => {
                sketch.add(value);
            }
        }
    }

    /// Count, sum, minimum and maximum.
    pub fn statistics(&self) -> Statistics {
        match self {
            Self::Sum(statistics) => *statistics,
            Self::Distribution(sketch) => sketch.statistics(),
        }
    }

    /// Adds another's values. A sum and a distribution of one series, whose rule changed between two slices, become a
    /// sum.
    pub fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Distribution(mine), Self::Distribution(theirs)) => mine.merge(theirs),
            (Self::Sum(mine), other) => mine.merge(other.statistics()),
            (Self::Distribution(mine), Self::Sum(theirs)) => {
                let mut statistics = mine.statistics();
                statistics.merge(*theirs);
                *self = Self::Sum(statistics);
            }
        }
    }
}
