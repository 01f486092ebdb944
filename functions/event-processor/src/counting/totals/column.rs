//! The values of one metric in one group. Cheap to add to: an event adds to a dozen.

use picket_rules::metrics::MetricKind;
use picket_shared::{
    series::{Aggregate, Statistics},
    sketch::Sketch,
};

use crate::rules::ValueKind;

/// A value to add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    /// A number that CloudWatch accepts, of a rule.
    Number(f64),
    /// A cost in picodollars: exact until it is published.
    Picodollars(i128),
}

#[derive(Debug)]
pub(super) enum Column {
    Sum(Statistics),
    /// Made a sketch after the last value.
    Distribution(Vec<f64>),
    Cost(Cost),
}

#[derive(Debug)]
pub(super) struct Cost {
    count: u64,
    sum: i128,
    min: i128,
    max: i128,
}

impl Column {
    pub(super) const fn new(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Numbers(MetricKind::Sum) => Self::Sum(Statistics {
                count: 0,
                sum: 0.0,
                min: f64::INFINITY,
                max: f64::NEG_INFINITY,
            }),
            ValueKind::Numbers(MetricKind::Distribution) => Self::Distribution(Vec::new()),
            ValueKind::Costs => Self::Cost(Cost {
                count: 0,
                sum: 0,
                min: i128::MAX,
                max: i128::MIN,
            }),
        }
    }

    pub(super) fn add(&mut self, value: Value) {
        match (self, value) {
            (Self::Sum(known), Value::Number(value)) => known.merge(Statistics::of(value)),
            (Self::Distribution(values), Value::Number(value)) => values.push(value),
            (Self::Cost(known), Value::Picodollars(value)) => {
                known.count += 1;
                known.sum += value;
                known.min = known.min.min(value);
                known.max = known.max.max(value);
            }
            (_, Value::Number(_) | Value::Picodollars(_)) => {
                unreachable!("a cost metric is given costs, and a rule's is given numbers")
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Sum(known) => known.count == 0,
            Self::Distribution(values) => values.is_empty(),
            Self::Cost(known) => known.count == 0,
        }
    }

    /// Returns the aggregate; `None` where nothing was added.
    pub(super) fn aggregate(&self) -> Option<Aggregate> {
        if self.is_empty() {
            return None;
        }
        Some(match self {
            Self::Sum(known) => Aggregate::Sum(*known),
            Self::Distribution(values) => Aggregate::Distribution(
                Sketch::of_all(values).expect("there are values, legal and so finite"),
            ),
            Self::Cost(known) => Aggregate::Sum(Statistics {
                count: known.count,
                sum: dollars(known.sum),
                min: dollars(known.min),
                max: dollars(known.max),
            }),
        })
    }
}

/// Picodollars as dollars, for CloudWatch; the ledger is exact.
#[expect(
    clippy::cast_precision_loss,
    reason = "the nearest float is what CloudWatch can take"
)]
fn dollars(picodollars: i128) -> f64 {
    picodollars as f64 / 1e12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_added_exactly_and_rounded_once() {
        let mut column = Column::new(ValueKind::Costs);
        // Ten times a tenth of a dollar is a dollar, which it is not in floats.
        (0..10).for_each(|_| column.add(Value::Picodollars(100_000_000_000)));
        let Some(Aggregate::Sum(statistics)) = column.aggregate() else {
            panic!("{column:?}")
        };
        let expected = Statistics {
            count: 10,
            sum: 1.0,
            min: 0.1,
            max: 0.1,
        };
        assert_eq!(statistics, expected);
    }

    #[test]
    fn nothing_added_is_nothing() {
        let numbers = [MetricKind::Sum, MetricKind::Distribution].map(ValueKind::Numbers);
        for kind in numbers.into_iter().chain([ValueKind::Costs]) {
            assert_eq!(Column::new(kind).aggregate(), None);
        }
    }
}
