//! Cumulative values: what each series came to since it began.

use std::collections::BTreeMap;

use picket_shared::{
    series::{Aggregate, SeriesMinute},
    sketch::Sketch,
};

use super::labels::{Kind, Labels, factor, is_time};
use crate::datum::Reason;

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

/// All series' values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cumulative(pub BTreeMap<Labels, Value>);

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

impl Cumulative {
    /// Adds a minute's values. The series it changed and whether that began with it, or why it cannot be counted.
    pub fn add(&mut self, minute: &SeriesMinute, stack: &str) -> Result<(Labels, bool), Reason> {
        let (unit, factor) = (&minute.key.unit, factor(&minute.key.unit));
        let kind = Kind::of(&minute.aggregate);
        let sum = minute.aggregate.statistics().sum;
        // To Prometheus, a counter that falls is one that began anew.
        if kind == Kind::Counter && sum < 0.0 {
            return Err(Reason::Negative);
        }
        let sum = Total::of(sum * factor).ok_or(Reason::Value)?;
        let labels = Labels::of(&minute.key, kind, stack);
        let mut born = false;
        let value = self.0.entry(labels.clone()).or_insert_with(|| {
            born = true;
            match kind {
                Kind::Histogram => Value::Histogram(Histogram::empty(is_time(unit))),
                Kind::Counter | Kind::Gauge => Value::Counter(Total::default()),
            }
        });
        match (value, &minute.aggregate) {
            (Value::Histogram(histogram), Aggregate::Distribution(sketch)) => {
                histogram.add(sketch, factor, sum);
            }
            (Value::Counter(total), _) => *total = total.plus(sum),
            // A counter's name ends in `_total`, a histogram's may, and then they are one: the sum alone is kept of both.
            (Value::Histogram(histogram), Aggregate::Sum(_)) => {
                histogram.sum = histogram.sum.plus(sum);
            }
        }
        Ok((labels, born))
    }
}

#[cfg(test)]
mod tests;
