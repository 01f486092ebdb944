//! The cumulative values of series.

mod series;

use std::collections::BTreeMap;

use picket_cloudwatch::datum::Reason;
use picket_shared::series::{Aggregate, OWN_NAMESPACE, SeriesMinute};

pub use series::{IDLE, Restart, Series};

use super::{
    labels::{Labels, PrometheusType, factor},
    value::{CumulativeValue, Total},
};
use crate::series_limit::admission::other;

/// The maximum number of series of a metric, as `MaximumSeries` allows for CloudWatch.
const MOST_OF_METRIC: usize = 10_000;
/// The maximum number of series: about 30 MB where a third are histograms (docs/benchmarks.md), of a function's 512 MB.
const MOST_SERIES: usize = 50_000;

/// The values of all series, up to a limit; datapoints past it go to series whose labels are `Other`.
///
/// Between two snapshots no series is removed, and a reached limit is stored with a snapshot. Every process that reads
/// the chains from a snapshot on, in any order, therefore has the same series with the same values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cumulative {
    all: BTreeMap<Labels, Series>,
    /// The number of series of each metric, by its name.
    metrics: BTreeMap<String, usize>,
    ceilings: Ceilings,
    /// Whether a limit was reached that is in no snapshot yet.
    pub reached: bool,
}

/// The limits of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    /// The limit of a metric.
    pub metric: usize,
    /// The limit of all metrics.
    pub all: usize,
}

/// The result of adding a minute's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// The series to which they were added.
    pub labels: Labels,
    /// Whether the series is new.
    pub is_new: bool,
    /// Whether it is `Other`, because of a limit.
    pub refused: bool,
}

impl Default for Cumulative {
    fn default() -> Self {
        Self::with(Ceilings {
            metric: MOST_OF_METRIC,
            all: MOST_SERIES,
        })
    }
}

impl Cumulative {
    /// Creates empty values with limits.
    pub fn with(ceilings: Ceilings) -> Self {
        Self {
            all: BTreeMap::new(),
            metrics: BTreeMap::new(),
            ceilings,
            reached: false,
        }
    }

    /// All series.
    pub fn iter(&self) -> impl Iterator<Item = (&Labels, &Series)> {
        self.all.iter()
    }

    /// A series by its labels.
    pub fn get(&self, labels: &Labels) -> Option<&Series> {
        self.all.get(labels)
    }

    /// The number of series.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is no series.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Inserts a stored series.
    pub fn insert(&mut self, labels: Labels, series: Series) {
        let name = labels.name().to_owned();
        if self.all.insert(labels, series).is_none() {
            *self.metrics.entry(name).or_default() += 1;
        }
    }

    /// Adds a minute's values at a time (milliseconds since 1970), or returns why they cannot be counted.
    pub fn add(&mut self, minute: &SeriesMinute, stack: &str, at: i64) -> Result<Added, Reason> {
        let factor = factor(&minute.key.unit);
        let kind = PrometheusType::from(minute.aggregate.kind());
        let sum = minute.aggregate.statistics().sum;
        // To Prometheus, a counter that falls was reset.
        if kind == PrometheusType::Counter && sum < 0.0 {
            return Err(Reason::Negative);
        }
        let sum = Total::of(sum * factor).ok_or(Reason::Value)?;
        let mut labels = Labels::of(&minute.key, kind, stack);
        // Picket's own series are few by construction.
        let refused = minute.key.namespace != OWN_NAMESPACE && !self.has_room(&labels);
        if refused {
            labels = Labels::of(&other(&minute.key), kind, stack);
        }
        let is_new = !self.all.contains_key(&labels);
        if is_new {
            self.insert_zero(&labels, series::zero(kind, &minute.key));
        }
        let Some(series) = self.all.get_mut(&labels) else {
            unreachable!("it was put in where it was not there")
        };
        series.changed = series.changed.max(at);
        series.rebuild(kind, &minute.key);
        match (&mut series.value, &minute.aggregate) {
            (CumulativeValue::Histogram(histogram), Aggregate::Distribution(sketch)) => {
                histogram.add(sketch, factor, sum);
            }
            (CumulativeValue::Counter(total), _) => *total = total.plus(sum),
            // A counter's name ends in `_total`, and a histogram's may too. Then they are one series, and only the sum
            // is kept.
            (CumulativeValue::Histogram(histogram), Aggregate::Sum(_)) => {
                histogram.sum = histogram.sum.plus(sum);
            }
        }
        Ok(Added {
            labels,
            is_new,
            refused,
        })
    }

    fn has_room(&self, labels: &Labels) -> bool {
        let of_metric = || self.metrics.get(labels.name()).copied().unwrap_or(0);
        self.all.contains_key(labels)
            || (self.all.len() < self.ceilings.all && of_metric() < self.ceilings.metric)
    }

    fn insert_zero(&mut self, labels: &Labels, value: CumulativeValue) {
        let series = Series {
            value,
            changed: i64::MIN,
            restart: Restart::None,
        };
        self.insert(labels.clone(), series);
        let of_metric = self.metrics[labels.name()];
        self.reached |= self.all.len() == self.ceilings.all || of_metric == self.ceilings.metric;
    }

    /// Records that the receiver accepted a zero of a series at a time (milliseconds since 1970).
    pub fn accept_zero(&mut self, labels: &Labels, at: i64) {
        if let Some(series) = self.all.get_mut(labels)
            && series.restart == Restart::Pending
        {
            series.restart = Restart::Accepted(at);
        }
    }

    /// Restarts and removes series, as a snapshot at `at` (milliseconds since 1970) contains them.
    pub fn settle(&mut self, at: i64) {
        self.all.retain(|_, series| series.settle(at));
        self.metrics.clear();
        for labels in self.all.keys() {
            *self.metrics.entry(labels.name().to_owned()).or_default() += 1;
        }
    }
}

#[cfg(test)]
mod tests;
