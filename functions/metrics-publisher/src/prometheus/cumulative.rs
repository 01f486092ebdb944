//! The cumulative values of series.

use std::collections::BTreeMap;

use picket_cloudwatch::datum::Reason;
use picket_shared::series::OWN_NAMESPACE;
use picket_shared::{
    series::{Aggregate, SeriesMinute},
    sketch::Sketch,
};

use super::labels::{Labels, PrometheusType, factor, is_time};
use crate::series_limit::admission::other;

/// The upper bounds of times, in seconds: three a decade, from a millisecond to a quarter of an hour.
const TIMES: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
    100.0, 250.0, 500.0, 1000.0,
];
/// The upper bounds of other values: tokens, bytes, thousandths of dollars.
const SIZES: &[f64] = &[
    0.001, 0.01, 0.1, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4,
    2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 1e7, 1e8, 1e9,
];

/// The cumulative value of a series.
#[derive(Debug, Clone, PartialEq)]
pub enum CumulativeValue {
    /// A counter's sum.
    Counter(Total),
    /// A distribution.
    Histogram(Histogram),
}

/// A histogram with fixed buckets, so that histograms of all minutes add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Whether the bounds are those of times.
    pub time: bool,
    /// The number of values in each bucket, not cumulative; the last has no bound.
    pub counts: Vec<u64>,
    /// The sum of the values.
    pub sum: Total,
}

/// A sum in billionths, which does not depend on the order of additions: a sum of floats that is slightly lower the second time would
/// be a counter reset to Prometheus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total(pub i128);

/// Billionths of one.
const BILLIONTHS: f64 = 1e9;
/// The largest value, of which 10^9 fit into a sum.
const LARGEST: f64 = 1e20;

impl Total {
    /// Creates the sum of one value; `None` where it is not a number, or beyond 10^20.
    pub fn of(value: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most 10^29, and an i128 holds 10^38"
        )]
        (value.abs() <= LARGEST).then(|| Self((value * BILLIONTHS).round() as i128))
    }

    /// Adds another sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The nearest float.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest float is what is sent, and a larger total has none smaller"
    )]
    pub fn value(self) -> f64 {
        self.0 as f64 / BILLIONTHS
    }
}

/// The maximum number of series of a metric, as `MaximumSeries` allows for CloudWatch.
const MOST_OF_METRIC: usize = 10_000;
/// The maximum number of series: about 30 MB where a third are histograms (docs/benchmarks.md), of a function's 512 MB.
const MOST_SERIES: usize = 50_000;
/// The time without a change after which a series is no longer sent, in milliseconds.
pub const IDLE: i64 = 6 * 60 * 60 * 1_000;
/// The time without a change after which a series is removed. It is longer than [`IDLE`], so that a series that returns starts after
/// its last sample.
const FORGOTTEN: i64 = IDLE + 5 * 60 * 1_000;

/// The values of all series, up to a limit; datapoints past it go to series whose labels are `Other`.
///
/// Between two snapshots no series is removed, and a reached limit is stored with a snapshot. Every process that reads the chains from a
/// snapshot on, in any order, therefore has the same series with the same values.
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

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its cumulative value.
    pub value: CumulativeValue,
    /// The time of its last change, in milliseconds since 1970.
    pub changed: i64,
}

/// The result of adding a minute's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// The series to which they were added.
    pub labels: Labels,
    /// Whether the series is new.
    pub born: bool,
    /// Whether it is `Other`, because of a limit.
    pub refused: bool,
}

impl Histogram {
    /// Creates an empty histogram.
    pub fn empty(time: bool) -> Self {
        let counts = vec![0; Self::bounds_of(time).len() + 1];
        Self {
            time,
            counts,
            sum: Total::default(),
        }
    }

    /// The upper bounds of the buckets, without the last, which has none.
    pub fn bounds(&self) -> &'static [f64] {
        Self::bounds_of(self.time)
    }

    fn bounds_of(time: bool) -> &'static [f64] {
        if time { TIMES } else { SIZES }
    }

    fn add(&mut self, sketch: &Sketch, factor: f64, sum: Total) {
        for (value, count) in sketch.values() {
            let bucket = self
                .bounds()
                .partition_point(|bound| *bound < value * factor);
            self.counts[bucket] = self.counts[bucket].saturating_add(count);
        }
        self.sum = self.sum.plus(sum);
    }
}

impl CumulativeValue {
    /// The zero value of the same type.
    #[must_use]
    pub fn zero(&self) -> Self {
        match self {
            Self::Counter(_) => Self::Counter(Total::default()),
            Self::Histogram(histogram) => Self::Histogram(Histogram::empty(histogram.time)),
        }
    }
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
        let born = !self.all.contains_key(&labels);
        if born {
            self.bear(&labels, kind, &minute.key.unit);
        }
        let Some(series) = self.all.get_mut(&labels) else {
            unreachable!("it was put in where it was not there")
        };
        series.changed = series.changed.max(at);
        match (&mut series.value, &minute.aggregate) {
            (CumulativeValue::Histogram(histogram), Aggregate::Distribution(sketch)) => {
                histogram.add(sketch, factor, sum);
            }
            (CumulativeValue::Counter(total), _) => *total = total.plus(sum),
            // A counter's name ends in `_total`, and a histogram's may too. Then they are one series, and only the sum is kept.
            (CumulativeValue::Histogram(histogram), Aggregate::Sum(_)) => {
                histogram.sum = histogram.sum.plus(sum);
            }
        }
        Ok(Added {
            labels,
            born,
            refused,
        })
    }

    fn has_room(&self, labels: &Labels) -> bool {
        let of_metric = || self.metrics.get(labels.name()).copied().unwrap_or(0);
        self.all.contains_key(labels)
            || (self.all.len() < self.ceilings.all && of_metric() < self.ceilings.metric)
    }

    fn bear(&mut self, labels: &Labels, kind: PrometheusType, unit: &str) {
        let value = match kind {
            PrometheusType::Histogram => {
                CumulativeValue::Histogram(Histogram::empty(is_time(unit)))
            }
            PrometheusType::Counter | PrometheusType::Gauge => {
                CumulativeValue::Counter(Total::default())
            }
        };
        let changed = i64::MIN;
        self.insert(labels.clone(), Series { value, changed });
        let of_metric = self.metrics[labels.name()];
        self.reached |= self.all.len() == self.ceilings.all || of_metric == self.ceilings.metric;
    }

    /// Removes series without a recent change at `at` (milliseconds since 1970).
    pub fn forget_idle(&mut self, at: i64) {
        self.all.retain(|_, series| !series.is_forgotten(at));
        self.metrics.clear();
        for labels in self.all.keys() {
            *self.metrics.entry(labels.name().to_owned()).or_default() += 1;
        }
    }
}

impl Series {
    /// Whether the series is no longer sent.
    pub fn is_idle(&self, at: i64) -> bool {
        at.saturating_sub(self.changed) >= IDLE
    }

    /// Whether the series can be removed.
    pub fn is_forgotten(&self, at: i64) -> bool {
        at.saturating_sub(self.changed) >= FORGOTTEN
    }
}

#[cfg(test)]
mod tests;
