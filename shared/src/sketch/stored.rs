//! A sketch as it is stored in a slice: exact values with counts, or buckets at a scale.

use super::{
    Entries, Sketch,
    bucket::{Bucket, COARSEST_SCALE, Content, FINEST_SCALE, OrderedBits},
    sorted::Sorted,
};
use crate::statistics::Statistics;

/// A bucket as it is stored: sign (-1, 0, 1), index at the sketch's scale, count, sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredBucket {
    /// -1, 0 or 1.
    pub sign: i8,
    /// floor(log2(|value|) · 2^scale).
    pub index: i32,
    /// The number of values.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl Sketch {
    /// The exact values with counts, or `None` where only buckets are left.
    pub fn exact_values(&self) -> Option<Vec<(f64, u64)>> {
        matches!(self.entries, Entries::Exact(_)).then(|| self.values())
    }

    /// Scale and buckets, for storage; `None` while the values are exact.
    pub fn stored_buckets(&self) -> Option<(i8, Vec<StoredBucket>)> {
        let Entries::Buckets(scale, buckets) = &self.entries else {
            return None;
        };
        let stored = |(bucket, content): &(Bucket, Content)| {
            let (sign, index) = match bucket {
                Bucket::Negative(std::cmp::Reverse(index)) => (-1, *index),
                Bucket::Zero => (0, 0),
                Bucket::Positive(index) => (1, *index),
            };
            StoredBucket {
                sign,
                index,
                count: content.count,
                sum: content.sum,
            }
        };
        Some((*scale, buckets.iter().map(stored).collect()))
    }

    /// From storage, exact values. `None` where there is none, one is not finite or a count is zero.
    pub fn from_exact(values: &[(f64, u64)]) -> Option<Self> {
        let mut statistics: Option<Statistics> = None;
        let mut entries = Sorted::of_ascending([]);
        for &(value, count) in values {
            if !value.is_finite() || count == 0 {
                return None;
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "a minute's count is far below 2^52"
            )]
            let part = Statistics {
                count,
                sum: value * count as f64,
                min: value,
                max: value,
            };
            match &mut statistics {
                Some(statistics) => statistics.merge(part),
                None => statistics = Some(part),
            }
            entries.put(OrderedBits::new(value), count);
        }
        let mut sketch = Self {
            statistics: statistics?,
            entries: Entries::Exact(entries),
        };
        sketch.fit();
        Some(sketch)
    }

    /// From storage, buckets. `None` where the parts do not belong together.
    pub fn from_buckets(
        statistics: Statistics,
        scale: i8,
        stored: &[StoredBucket],
    ) -> Option<Self> {
        if !(COARSEST_SCALE..=FINEST_SCALE).contains(&scale)
            || stored.iter().map(|b| b.count).sum::<u64>() != statistics.count
        {
            return None;
        }
        let mut buckets = Sorted::of_ascending([]);
        for part in stored {
            let bucket = match part.sign {
                -1 => Bucket::Negative(std::cmp::Reverse(part.index)),
                0 => Bucket::Zero,
                1 => Bucket::Positive(part.index),
                _ => return None,
            };
            let (count, sum) = (part.count, part.sum);
            buckets.put(bucket, Content { count, sum });
        }
        if buckets.len() == 0 || buckets.iter().any(|(_, content)| content.count == 0) {
            return None;
        }
        let mut sketch = Self {
            statistics,
            entries: Entries::Buckets(scale, buckets),
        };
        sketch.fit();
        Some(sketch)
    }
}
