//! The buckets that a distribution has in Prometheus.

use crate::{
    Invalid,
    filter::number,
    yaml::{Fields, Log, Node, list},
};

/// Each bucket is a series in Prometheus; more than this are a mistake.
const MOST: usize = 50;

/// `Buckets`: the upper bounds of a distribution's buckets in Prometheus, in the metric's unit, rising. CloudWatch has
/// the values and needs none.
#[derive(Debug, Clone, PartialEq)]
pub struct Buckets(Vec<f64>);

impl Buckets {
    /// Creates buckets of their upper bounds.
    pub fn new(bounds: Vec<f64>) -> Result<Self, Invalid> {
        let is_rising = bounds.is_sorted_by(|lower, upper| lower < upper);
        if bounds.is_empty() || bounds.len() > MOST || !is_rising {
            let reason = format!("`Buckets` needs 1 to {MOST} numbers, each above the one before");
            return Err(Invalid(reason));
        }
        Ok(Self(bounds))
    }

    /// The upper bounds, without the last bucket, which has none.
    pub fn bounds(&self) -> &[f64] {
        &self.0
    }

    /// Reads the field, where it is there.
    pub(super) fn read(fields: &mut Fields<'_>, log: &mut Log) -> Option<Self> {
        let node = fields.optional("Buckets")?;
        let bounds = list(node, "Buckets", log).iter();
        let bounds: Option<Vec<f64>> = bounds.map(|bound| bound_of(bound, log)).collect();
        let buckets = Self::new(bounds?);
        buckets
            .map_err(|error| log.at(node.at, error.to_string()))
            .ok()
    }
}

fn bound_of(node: &Node, log: &mut Log) -> Option<f64> {
    let bound = node.text().and_then(number);
    if bound.is_none() {
        log.at(node.at, "a bound of `Buckets` is a finite number");
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_rise_and_are_neither_none_nor_too_many() {
        let numbers = |count: u32| (0..count).map(f64::from).collect::<Vec<_>>();
        assert!(Buckets::new(numbers(1)).is_ok());
        assert!(Buckets::new(numbers(50)).is_ok());
        for bounds in [vec![], numbers(51), vec![1.0, 1.0], vec![2.0, 1.0]] {
            assert!(Buckets::new(bounds.clone()).is_err(), "{bounds:?}");
        }
    }
}
