//! The upper bounds of histograms' buckets: those of a rule's `Buckets`, or those of the unit.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use picket_rules::metrics;
use picket_shared::series::SeriesKey;

use super::labels::{factor, is_time};

/// The upper bounds of times, in seconds: three a decade, from a millisecond to a quarter of an hour.
pub(super) const TIMES: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
    100.0, 250.0, 500.0, 1000.0,
];
/// The upper bounds of other values: tokens, bytes, thousandths of dollars.
pub(super) const SIZES: &[f64] = &[
    0.001, 0.01, 0.1, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1e3, 2.5e3, 5e3, 1e4,
    2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 1e7, 1e8, 1e9,
];

/// The upper bounds of a histogram's buckets, without the last bucket, which has none.
#[derive(Debug, Clone, PartialEq)]
pub enum Bounds {
    /// Those of times, in seconds.
    Times,
    /// Those of other values.
    Sizes,
    /// Those of a rule.
    Own(OwnBounds),
}

/// The bounds of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnBounds {
    /// In the metric's unit, as the rule has them. Values are compared with these: a product such as 0.7 ms in seconds
    /// can be slightly above its bound.
    pub(super) of_rule: Arc<[f64]>,
    /// The factor to the unit of the name in Prometheus.
    pub(super) factor: f64,
    shown: Arc<[f64]>,
}

impl OwnBounds {
    /// Creates the bounds of a rule, with the factor to the unit of the name.
    pub(super) fn new(of_rule: &[f64], factor: f64) -> Self {
        // By the inverse, a whole number: 700 ms are 0.7 s by a division, and slightly more by a product.
        let inverse = (1.0 / factor).round();
        let shown = of_rule.iter().map(|bound| bound / inverse);
        Self {
            of_rule: of_rule.into(),
            factor,
            shown: shown.collect(),
        }
    }
}

impl Bounds {
    /// The bounds of a series: those of the built-in rule that makes it, or those of its unit.
    pub fn of(key: &SeriesKey) -> Self {
        static OWN: LazyLock<BTreeMap<(&str, &str), Bounds>> = LazyLock::new(of_rules);
        let own: &BTreeMap<(&str, &str), Self> = &OWN;
        match own.get(&(key.namespace.as_str(), key.name.as_str())) {
            Some(bounds) => bounds.clone(),
            None if is_time(&key.unit) => Self::Times,
            None => Self::Sizes,
        }
    }

    /// The bounds, in the unit of the name in Prometheus.
    pub fn shown(&self) -> &[f64] {
        match self {
            Self::Times => TIMES,
            Self::Sizes => SIZES,
            Self::Own(own) => &own.shown,
        }
    }

    /// The bucket of a value of the metric.
    pub(super) fn bucket(&self, value: f64, factor: f64) -> usize {
        match self {
            Self::Times | Self::Sizes => {
                let value = value * factor;
                self.shown().partition_point(|bound| *bound < value)
            }
            Self::Own(own) => own.of_rule.partition_point(|bound| *bound < value),
        }
    }
}

/// The bounds of the built-in rules that have any, by namespace and name.
fn of_rules() -> BTreeMap<(&'static str, &'static str), Bounds> {
    let rules = metrics::built_in().iter().flat_map(|file| &file.rules);
    let metrics = rules.flat_map(|rule| &rule.transformations);
    metrics
        .filter_map(|metric| {
            let buckets = metric.buckets.as_ref()?;
            let own = OwnBounds::new(buckets.bounds(), factor(metric.unit.as_str()));
            let key = (metric.namespace.as_str(), metric.name.as_str());
            Some((key, Bounds::Own(own)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, unit: &str) -> SeriesKey {
        SeriesKey::new("Picket/InquiryPipeline", name, unit, &[])
    }

    #[test]
    fn bounds_ascend() {
        for bounds in [TIMES, SIZES] {
            assert!(bounds.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn a_rule_has_its_own_bounds_in_the_unit_of_the_name() {
        let latency = Bounds::of(&key("LatencyMs", "Milliseconds"));
        assert!(latency.shown().contains(&2.0), "the target: {latency:?}");
        let resolution = Bounds::of(&key("ResolutionSeconds", "Seconds"));
        assert_eq!(resolution.shown(), [60.0, 300.0, 900.0, 3_600.0, 14_400.0]);
        assert_eq!(Bounds::of(&key("Other", "Milliseconds")), Bounds::Times);
        assert_eq!(Bounds::of(&key("Other", "Count")), Bounds::Sizes);
    }

    /// 700 × 0.001 is slightly more than 0.7, in which no decimal ends.
    #[test]
    fn a_bound_holds_its_own_value_in_whatever_unit() {
        let own = OwnBounds::new(&[100.0, 700.0, 1_000.0], 1e-3);
        let bounds = Bounds::Own(own);
        assert_eq!(bounds.shown(), [0.1, 0.7, 1.0]);
        let buckets = [99.0, 100.0, 100.5, 700.0, 1_000.0, 1_001.0];
        assert_eq!(
            buckets.map(|value| bounds.bucket(value, 1e-3)),
            [0, 0, 1, 1, 2, 3]
        );
    }
}
