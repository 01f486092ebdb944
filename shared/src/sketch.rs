//! A distribution that fits one CloudWatch datum: exact up to 150 distinct values, then nested base-2 buckets.
//!
//! Buckets of scale `s` are 2^(2^-s) wide: 2^s of them a doubling. Two neighbours of scale `s` are exactly one of scale
//! `s - 1`, and the finest scale that fits depends on the values alone, so merges give the same result in any order.

mod bucket;
mod sorted;
mod stored;

pub use stored::StoredBucket;

use self::{
    bucket::{Bucket, COARSEST_SCALE, Content, FINEST_SCALE, OrderedBits, bucketed, coarsen},
    sorted::Sorted,
};
use picket_rules::cloudwatch_limits::MOST_VALUES;

use crate::statistics::Statistics;

/// Less the minimum and the maximum, which are sent as values of their own.
const MOST_BUCKETS: usize = MOST_VALUES - 2;
/// Values and how often each came; past 150 distinct ones, buckets.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    statistics: Statistics,
    entries: Entries,
}

#[derive(Debug, Clone, PartialEq)]
enum Entries {
    /// Ordered bits of a value → count.
    Exact(Sorted<OrderedBits, u64>),
    /// At a scale: (sign, index) → bucket.
    Buckets(i8, Sorted<Bucket, Content>),
}

impl Sketch {
    /// Creates a sketch of one value; `None` where it is not finite.
    pub fn of(value: f64) -> Option<Self> {
        Self::of_all(&[value])
    }

    /// Creates a sketch of many values: far cheaper than adding one after another. `None` where there is none, or one
    /// is not finite.
    pub fn of_all(values: &[f64]) -> Option<Self> {
        let statistics = values
            .iter()
            .map(|value| value.is_finite().then(|| Statistics::of(*value)))
            .reduce(|all, one| {
                let mut all = all?;
                all.merge(one?);
                Some(all)
            })??;
        let mut values: Vec<OrderedBits> = values.iter().copied().map(OrderedBits::new).collect();
        values.sort_unstable();
        let counted = values.into_iter().map(|value| (value, 1));
        let mut sketch = Self {
            statistics,
            entries: Entries::Exact(Sorted::of_ascending(counted)),
        };
        sketch.fit();
        Some(sketch)
    }

    /// Adds a value. One that is not finite is refused, unchanged.
    pub fn add(&mut self, value: f64) -> bool {
        if !value.is_finite() {
            return false;
        }
        self.statistics.merge(Statistics::of(value));
        match &mut self.entries {
            Entries::Exact(values) => values.put(OrderedBits::new(value), 1),
            Entries::Buckets(scale, buckets) => {
                buckets.put(Bucket::of(value, *scale), Content::of(value, 1));
            }
        }
        self.fit();
        true
    }

    /// Adds another's values.
    pub fn merge(&mut self, other: &Self) {
        self.statistics.merge(other.statistics);
        match (&mut self.entries, &other.entries) {
            (Entries::Exact(mine), Entries::Exact(theirs)) => mine.merge(theirs),
            (Entries::Exact(mine), Entries::Buckets(scale, theirs)) => {
                let mut buckets = bucketed(mine, *scale);
                buckets.merge(theirs);
                self.entries = Entries::Buckets(*scale, buckets);
            }
            (Entries::Buckets(scale, mine), Entries::Exact(theirs)) => {
                mine.merge(&bucketed(theirs, *scale));
            }
            (Entries::Buckets(scale, mine), Entries::Buckets(their_scale, theirs)) => {
                let common = (*scale).min(*their_scale);
                coarsen(mine, scale, common);
                let (mut theirs, mut their_scale) = (theirs.clone(), *their_scale);
                coarsen(&mut theirs, &mut their_scale, common);
                mine.merge(&theirs);
            }
        }
        self.fit();
    }

    /// Count, sum, minimum and maximum, all exact.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// Returns the number of values or buckets.
    pub fn entries(&self) -> usize {
        match &self.entries {
            Entries::Exact(values) => values.len(),
            Entries::Buckets(_, buckets) => buckets.len(),
        }
    }

    /// Values with counts as CloudWatch takes them: at most 150, ascending, whose counts and sum are the sketch's own.
    pub fn values(&self) -> Vec<(f64, u64)> {
        match &self.entries {
            Entries::Exact(values) => values
                .iter()
                .map(|(value, count)| (value.value(), *count))
                .collect(),
            Entries::Buckets(_, buckets) => self.bucket_values(buckets),
        }
    }

    fn bucket_values(&self, buckets: &Sorted<Bucket, Content>) -> Vec<(f64, u64)> {
        let last = buckets.len().saturating_sub(1);
        let mut values = vec![(self.statistics.min, 1)];
        for (place, (_, content)) in buckets.iter().enumerate() {
            let mut rest = *content;
            if place == 0 {
                rest = Content {
                    count: rest.count - 1,
                    sum: rest.sum - self.statistics.min,
                };
            }
            if place == last && rest.count > 0 {
                rest = Content {
                    count: rest.count - 1,
                    sum: rest.sum - self.statistics.max,
                };
            }
            if rest.count > 0 {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a minute's count is far below 2^52"
                )]
                values.push((rest.sum / rest.count as f64, rest.count));
            }
        }
        values.push((self.statistics.max, 1));
        values
    }

    fn fit(&mut self) {
        if let Entries::Exact(values) = &self.entries {
            if values.len() <= MOST_VALUES {
                return;
            }
            self.entries = Entries::Buckets(FINEST_SCALE, bucketed(values, FINEST_SCALE));
        }
        if let Entries::Buckets(scale, buckets) = &mut self.entries {
            while buckets.len() > MOST_BUCKETS && *scale > COARSEST_SCALE {
                let next = *scale - 1;
                coarsen(buckets, scale, next);
            }
        }
    }
}

#[cfg(test)]
mod tests;
