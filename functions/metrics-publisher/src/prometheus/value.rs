//! The cumulative value of a series: a sum, or a histogram.

use picket_shared::sketch::Sketch;

use super::bounds::Bounds;

/// The cumulative value of a series.
#[derive(Debug, Clone, PartialEq)]
pub enum CumulativeValue {
    /// A counter's sum.
    Counter(Total),
    /// A distribution.
    Histogram(Histogram),
}

/// A histogram whose buckets stay as they are, so that histograms of all minutes add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The upper bounds of the buckets.
    pub bounds: Bounds,
    /// The number of values in each bucket, not cumulative; the last has no bound.
    pub counts: Vec<u64>,
    /// The sum of the values.
    pub sum: Total,
}

/// A sum in billionths, which does not depend on the order of additions: a sum of floats that is slightly lower the
/// second time would be a counter reset to Prometheus.
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

impl Histogram {
    /// Creates an empty histogram.
    pub fn empty(bounds: Bounds) -> Self {
        let counts = vec![0; bounds.shown().len() + 1];
        Self {
            bounds,
            counts,
            sum: Total::default(),
        }
    }

    /// The upper bounds of the buckets, without the last, which has none.
    pub fn bounds(&self) -> &[f64] {
        self.bounds.shown()
    }

    pub(super) fn add(&mut self, sketch: &Sketch, factor: f64, sum: Total) {
        for (value, count) in sketch.values() {
            let bucket = self.bounds.bucket(value, factor);
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
            Self::Histogram(histogram) => {
                Self::Histogram(Histogram::empty(histogram.bounds.clone()))
            }
        }
    }
}
