//! How far a function's reserved concurrency may be raised.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    playbooks::values::{Factor, Positive},
    yaml::{Fields, Log, Node},
};

/// Raises the reservation of a function that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaiseReservedConcurrency {
    /// The growth of one step.
    pub growth: Growth,
    /// Never above this.
    pub maximum: u32,
    /// Executions the account must keep unreserved. Lambda has a floor of its own besides (100, or 10 or 50 in small
    /// accounts).
    pub keep_unreserved: u32,
}

/// The growth of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// A number of executions.
    Step(u32),
    /// To so many times what it is, rounded up; above 1.
    Factor(Decimal),
}

impl RaiseReservedConcurrency {
    /// Returns the next reservation; `None` where it is at its maximum or above, or is 0, with which
    /// a person has stopped the function. The caller compares it with the concurrency that the account has left.
    pub fn next(&self, current: u32) -> Option<u32> {
        if current == 0 || current >= self.maximum {
            return None;
        }
        let grown = match self.growth {
            Growth::Step(step) => current.saturating_add(step),
            Growth::Factor(factor) => factor
                .checked_mul(current.into())
                .and_then(|grown| grown.ceil().to_u32())
                .unwrap_or(self.maximum),
        };
        Some(grown.min(self.maximum))
    }

    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`raise-reserved-concurrency`", log)?;
        let step = fields.parse::<Positive>("step", log);
        let factor = fields.parse::<Factor>("factor", log);
        let maximum = fields.parse_required::<Positive>("maximum", log);
        let keep_unreserved = fields.parse_required::<u32>("keep-unreserved", log);
        let at = fields.at;
        let both = (fields.optional("step"), fields.optional("factor"));
        fields.finish(log);
        if both.0.is_some() == both.1.is_some() {
            log.at(at, "write either `step` or `factor`");
            return None;
        }
        let step = step.map(|step| Growth::Step(step.0));
        let growth = step.or(factor.map(|factor| Growth::Factor(factor.0)));
        Some(Self {
            growth: growth?,
            maximum: maximum?.0,
            keep_unreserved: keep_unreserved?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raise(growth: Growth, maximum: u32) -> RaiseReservedConcurrency {
        RaiseReservedConcurrency {
            growth,
            maximum,
            keep_unreserved: 100,
        }
    }

    #[test]
    fn a_reservation_grows_within_its_bound() {
        let half = Growth::Factor("1.5".parse().unwrap());
        for (growth, maximum, current, next) in [
            (half, 200, 10, Some(15)),
            (half, 200, 1, Some(2)),
            (half, 200, 150, Some(200)),
            (half, 200, 200, None),
            (half, 200, 300, None),
            (half, 200, 0, None),
            (Growth::Step(5), 12, 5, Some(10)),
            (Growth::Step(5), 12, 10, Some(12)),
            (Growth::Step(u32::MAX), 12, 10, Some(12)),
        ] {
            assert_eq!(
                raise(growth, maximum).next(current),
                next,
                "{growth:?} {maximum} {current}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_raise_raises_and_never_passes_the_maximum(factor in 101..10_000_i64, maximum in 1..u32::MAX, current in any::<u32>()) {
            let raise = raise(Growth::Factor(Decimal::new(factor, 2)), maximum);
            if let Some(next) = raise.next(current) {
                prop_assert!(next > current && next <= maximum);
            }
        }
    }
}
