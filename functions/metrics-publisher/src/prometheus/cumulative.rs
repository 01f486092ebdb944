//! Cumulative values: what each series came to since it began.

use std::collections::BTreeMap;

use picket_cloudwatch::datum::Reason;
use picket_shared::series::OWN_NAMESPACE;
use picket_shared::{
    series::{Aggregate, SeriesMinute},
    sketch::Sketch,
};

use super::labels::{Kind, Labels, factor, is_time};
use crate::series_limit::admission::other;

/// Upper bounds of times, in seconds: three a decade, from a millisecond to a quarter of an hour.
const TIMES: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
    100.0, 250.0, 500.0, 1000.0,
];
/// Upper bounds of everything else: tokens, bytes, dollars' thousandths.
const SIZES: &[f64] = &[
    0.001, 0.01, 0.1, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4,
    2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 1e7, 1e8, 1e9,
];

/// What a series came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A counter's sum.
    Counter(Total),
    /// A distribution.
    Histogram(Histogram),
}

/// A distribution in fixed buckets, so that those of all times add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Whether the bounds are those of times.
    pub time: bool,
    /// Values in each bucket, the last having no bound; not yet added up.
    pub counts: Vec<u64>,
    /// The values' sum.
    pub sum: Total,
}

/// A sum in billionths. Whatever the order in which values are added, and whoever adds them, it is the same: a sum of floats
/// that came out a hair lower the second time would be a counter that began anew, to Prometheus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total(pub i128);

/// Billionths of one.
const BILLIONTHS: f64 = 1e9;
/// Values are below this, so that 10^9 of them fit.
const LARGEST: f64 = 1e20;

impl Total {
    /// Of one value; `None` where it is not a number, or beyond 10^20.
    pub fn of(value: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most 10^29, and an i128 holds 10^38"
        )]
        (value.abs() <= LARGEST).then(|| Self((value * BILLIONTHS).round() as i128))
    }

    /// With another's.
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

/// Series that are kept of one metric; a rule may ask CloudWatch for as many (`MaximumSeries`).
const MOST_OF_METRIC: usize = 10_000;
/// Series that are kept of all metrics: some 30 MB where a third are histograms (docs/benchmarks.md), of a function's 512 MB.
const MOST_SERIES: usize = 50_000;
/// A series that did not change for so long, in milliseconds, is sent no more.
pub const IDLE: i64 = 6 * 60 * 60 * 1_000;
/// And after so much longer it is forgotten. Between the two lies its last sample, so that one that comes back begins after that.
const FORGOTTEN: i64 = IDLE + 5 * 60 * 1_000;

/// All series' values. There are at most so many; what comes beyond goes to series whose labels say `Other`.
///
/// Between two snapshots no series leaves, and a ceiling that is reached is stored with a snapshot. So whoever reads the chains from a
/// snapshot on, in whatever order, has the same series with the same values.
#[derive(Debug, Clone, PartialEq)]
pub struct Cumulative {
    all: BTreeMap<Labels, Series>,
    /// How many of each metric, by its name.
    metrics: BTreeMap<String, usize>,
    ceilings: Ceilings,
    /// A ceiling was reached, and no snapshot says so yet.
    pub reached: bool,
}

/// How many series are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    /// Of one metric.
    pub metric: usize,
    /// Of all.
    pub all: usize,
}

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What it came to.
    pub value: Value,
    /// When it changed last, in milliseconds since 1970.
    pub changed: i64,
}

/// What became of a minute's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// The series they were added to.
    pub labels: Labels,
    /// Whether that began with them.
    pub born: bool,
    /// Whether it is the one that says `Other`, there being no room.
    pub refused: bool,
}

impl Histogram {
    /// Without a value.
    pub fn empty(time: bool) -> Self {
        let counts = vec![0; Self::bounds_of(time).len() + 1];
        Self {
            time,
            counts,
            sum: Total::default(),
        }
    }

    /// The buckets' upper bounds, less the last, which has none.
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

impl Value {
    /// Nothing yet, of this one's kind.
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
    /// None yet, under these ceilings.
    pub fn with(ceilings: Ceilings) -> Self {
        Self {
            all: BTreeMap::new(),
            metrics: BTreeMap::new(),
            ceilings,
            reached: false,
        }
    }

    /// Every series.
    pub fn iter(&self) -> impl Iterator<Item = (&Labels, &Series)> {
        self.all.iter()
    }

    /// One of them.
    pub fn get(&self, labels: &Labels) -> Option<&Series> {
        self.all.get(labels)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Puts a series in as it was stored.
    pub fn insert(&mut self, labels: Labels, series: Series) {
        let name = labels.name().to_owned();
        if self.all.insert(labels, series).is_none() {
            *self.metrics.entry(name).or_default() += 1;
        }
    }

    /// Adds a minute's values at a time (milliseconds since 1970). What became of them, or why they cannot be counted.
    pub fn add(&mut self, minute: &SeriesMinute, stack: &str, at: i64) -> Result<Added, Reason> {
        let factor = factor(&minute.key.unit);
        let kind = Kind::of(&minute.aggregate);
        let sum = minute.aggregate.statistics().sum;
        // To Prometheus, a counter that falls is one that began anew.
        if kind == Kind::Counter && sum < 0.0 {
            return Err(Reason::Negative);
        }
        let sum = Total::of(sum * factor).ok_or(Reason::Value)?;
        let mut labels = Labels::of(&minute.key, kind, stack);
        // Ours are few by how they are made.
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
            (Value::Histogram(histogram), Aggregate::Distribution(sketch)) => {
                histogram.add(sketch, factor, sum);
            }
            (Value::Counter(total), _) => *total = total.plus(sum),
            // A counter's name ends in `_total`, a histogram's may, and then they are one: the sum alone is kept of both.
            (Value::Histogram(histogram), Aggregate::Sum(_)) => {
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

    fn bear(&mut self, labels: &Labels, kind: Kind, unit: &str) {
        let value = match kind {
            Kind::Histogram => Value::Histogram(Histogram::empty(is_time(unit))),
            Kind::Counter | Kind::Gauge => Value::Counter(Total::default()),
        };
        let changed = i64::MIN;
        self.insert(labels.clone(), Series { value, changed });
        let of_metric = self.metrics[labels.name()];
        self.reached |= self.all.len() == self.ceilings.all || of_metric == self.ceilings.metric;
    }

    /// Forgets the series that did not change for long before `at` (milliseconds since 1970).
    pub fn forget_idle(&mut self, at: i64) {
        self.all.retain(|_, series| !series.is_forgotten(at));
        self.metrics.clear();
        for labels in self.all.keys() {
            *self.metrics.entry(labels.name().to_owned()).or_default() += 1;
        }
    }
}

impl Series {
    /// Whether it is sent no more.
    pub fn is_idle(&self, at: i64) -> bool {
        at.saturating_sub(self.changed) >= IDLE
    }

    /// Whether it is kept no more.
    pub fn is_forgotten(&self, at: i64) -> bool {
        at.saturating_sub(self.changed) >= FORGOTTEN
    }
}

#[cfg(test)]
mod tests;
