//! A metric's series: what CloudWatch tells apart.

use picket_rules::metrics::MetricKind;
use serde::{Deserialize, Serialize};

use crate::sketch::Sketch;

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

/// What a rule keeps of a metric's values.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// Count, sum, minimum and maximum.
    Sum(Statistics),
    /// The same, and values with counts, so that CloudWatch can tell percentiles.
    Distribution(Sketch),
}

/// Count, sum, minimum and maximum of at least one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many values.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
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

impl Statistics {
    /// Of one finite value.
    pub fn of(value: f64) -> Self {
        Self {
            count: 1,
            sum: value,
            min: value,
            max: value,
        }
    }

    /// Adds another's values.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

impl Aggregate {
    /// The kind of the metric.
    pub fn kind(&self) -> MetricKind {
        match self {
            Self::Sum(_) => MetricKind::Sum,
            Self::Distribution(_) => MetricKind::Distribution,
        }
    }

    /// Count, sum, minimum and maximum.
    pub fn statistics(&self) -> Statistics {
        match self {
            Self::Sum(statistics) => *statistics,
            Self::Distribution(sketch) => sketch.statistics(),
        }
    }

    /// Adds another's values. A sum and a distribution of one series (a rule changed between two slices) meet as a sum.
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
