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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch_of(values: &[f64]) -> Sketch {
        let mut sketch = Sketch::of(values[0]).unwrap();
        for value in &values[1..] {
            assert!(sketch.add(*value));
        }
        sketch
    }

    fn close(a: f64, b: f64, magnitude: f64) -> bool {
        (a - b).abs() <= 1e-9 * magnitude.max(1.0)
    }

    #[test]
    fn values_are_exact_up_to_150_and_bucketed_from_151() {
        let values: Vec<f64> = (1..=150).map(f64::from).collect();
        let mut sketch = sketch_of(&values);
        assert_eq!(
            sketch.values(),
            values.iter().map(|v| (*v, 1)).collect::<Vec<_>>()
        );
        sketch.add(151.0);
        assert!(sketch.exact_values().is_none());
        assert!(sketch.values().len() <= 150);
    }

    #[test]
    fn a_bucket_over_five_decades_is_at_most_four_and_a_half_percent_wide() {
        let values: Vec<f64> = (0..10_000)
            .map(|i| 10_f64.powf(f64::from(i) / 2_000.0))
            .collect();
        let (scale, _) = sketch_of(&values).stored_buckets().unwrap();
        assert!(
            2_f64.powf(2_f64.powi(-i32::from(scale))) <= 1.0906,
            "scale {scale}"
        );
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        assert!(Sketch::of(f64::NAN).is_none());
        assert!(Sketch::of_all(&[]).is_none());
        assert!(Sketch::of_all(&[1.0, f64::NAN, 2.0]).is_none());
        let mut sketch = Sketch::of(1.0).unwrap();
        assert!(!sketch.add(f64::INFINITY));
        assert_eq!(sketch.statistics().count, 1);
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            -1e6..1e6_f64,
            Just(0.0),
            Just(-0.0),
            1e-9..1e-3_f64,
            (0..40_i32).prop_map(f64::from)
        ]
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same_buckets(values in prop::collection::vec(number(), 2..600), cut in 1_usize..599) {
            let cut = cut.min(values.len() - 1);
            let whole = sketch_of(&values);
            let (left, right) = (sketch_of(&values[..cut]), sketch_of(&values[cut..]));
            let (mut forward, mut backward) = (left.clone(), right.clone());
            forward.merge(&right);
            backward.merge(&left);
            let shape = |s: &Sketch| s.stored_buckets().map(|(scale, b)| (scale, b.iter().map(|b| (b.sign, b.index, b.count)).collect::<Vec<_>>()));
            prop_assert_eq!(shape(&whole), shape(&forward));
            prop_assert_eq!(shape(&whole), shape(&backward));
            prop_assert_eq!(whole.exact_values(), forward.exact_values());
        }

        #[test]
        fn many_values_at_once_give_what_one_after_another_gives(values in prop::collection::vec(number(), 1..600)) {
            let (whole, at_once) = (sketch_of(&values), Sketch::of_all(&values).unwrap());
            let shape = |s: &Sketch| s.stored_buckets().map(|(scale, b)| (scale, b.iter().map(|b| (b.sign, b.index, b.count)).collect::<Vec<_>>()));
            prop_assert_eq!(shape(&whole), shape(&at_once));
            prop_assert_eq!(whole.exact_values(), at_once.exact_values());
            prop_assert_eq!(whole.statistics(), at_once.statistics());
        }

        #[test]
        fn what_is_sent_has_the_count_and_the_sum(values in prop::collection::vec(number(), 1..600)) {
            let sketch = sketch_of(&values);
            let sent = sketch.values();
            let magnitude: f64 = values.iter().map(|v| v.abs()).sum();
            prop_assert!(sent.len() <= 150);
            prop_assert_eq!(sent.iter().map(|(_, n)| n).sum::<u64>(), values.len() as u64);
            #[expect(clippy::cast_precision_loss, reason = "600 values at most")]
            let sum: f64 = sent.iter().map(|(v, n)| v * *n as f64).sum();
            prop_assert!(close(sum, values.iter().sum(), magnitude));
            let min = values.iter().copied().fold(f64::INFINITY, f64::min);
            let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert_eq!((sketch.statistics().min, sketch.statistics().max), (min, max));
        }
    }
}
