//! The number of a Kinesis stream's shards.

use std::str::FromStr;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    Invalid,
    playbooks::{Mode, OnDemand, values::Positive},
    yaml::{Fields, Log, Node},
};

/// Raises the number of a stream's shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaiseShards {
    /// To so many times what it is, rounded up; above 1 and at most 2.
    pub factor: Decimal,
    /// Never above this.
    pub maximum: u32,
    /// Switches the stream to on-demand mode where the maximum is reached.
    pub on_demand: Option<OnDemand>,
}

impl RaiseShards {
    /// Returns the next number of shards; `None` where it is at its maximum or above, or is 0. Never more than twice
    /// the current number, which `UpdateShardCount` refuses.
    pub fn next(&self, current: u32) -> Option<u32> {
        if current == 0 || current >= self.maximum {
            return None;
        }
        let grown = self
            .factor
            .checked_mul(current.into())
            .and_then(|grown| grown.ceil().to_u32())
            .unwrap_or(self.maximum);
        Some(grown.min(current.saturating_mul(2)).min(self.maximum))
    }

    pub(crate) fn read(node: &Node, mode: Option<Mode>, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`raise-shards`", log)?;
        let factor = fields.parse_required::<Factor>("factor", log);
        let maximum = fields.parse_required::<Positive>("maximum", log);
        let on_demand = fields.optional("on-demand");
        fields.finish(log);
        Some(Self {
            factor: factor?.0,
            maximum: maximum?.0,
            on_demand: on_demand.and_then(|node| OnDemand::read(node, mode, log)),
        })
    }
}

/// A factor that `UpdateShardCount` accepts, which at most doubles a stream's shards:
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html>.
struct Factor(Decimal);

impl FromStr for Factor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match Decimal::from_str_exact(text) {
            Ok(factor) if factor > Decimal::ONE && factor <= Decimal::TWO => Ok(Self(factor)),
            _ => Err(Invalid(format!(
                "{text:?} is not a factor above 1 and at most 2, which Kinesis allows"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_grow_within_their_bounds() {
        for (factor, maximum, current, next) in [
            ("1.25", 100, 8, Some(10)),
            ("1.5", 100, 1, Some(2)),
            ("2", 100, 60, Some(100)),
            ("2", 100, 100, None),
            ("2", 100, 0, None),
        ] {
            let factor = factor.parse().unwrap();
            let bounds = RaiseShards {
                factor,
                maximum,
                on_demand: None,
            };
            assert_eq!(bounds.next(current), next, "{factor} {maximum} {current}");
        }
    }
}
