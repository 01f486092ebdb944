//! Changes of an event source mapping.

use std::str::FromStr;

use crate::{
    Invalid,
    yaml::{Fields, Log, Node},
};

/// The greatest parallelization factor:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html>.
const GREATEST: u32 = 10;

/// Disables the one event source mapping of a function that fails. It has no bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseMapping;

/// Raises the parallelization factor of a stream's event source mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaiseParallelization {
    /// Never above this; 2 to 10.
    pub maximum: u32,
}

impl PauseMapping {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        Fields::of(node, "`pause-mapping`", log)?.finish(log);
        Some(Self)
    }
}

impl RaiseParallelization {
    /// Returns the next factor, twice the current one within the maximum; `None` where it is at the maximum or above.
    pub fn next(&self, current: u32) -> Option<u32> {
        (current < self.maximum).then(|| current.saturating_mul(2).clamp(1, self.maximum))
    }

    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`raise-parallelization`", log)?;
        let maximum = fields.parse_required::<Maximum>("maximum", log);
        fields.finish(log);
        Some(Self {
            maximum: maximum?.0,
        })
    }
}

/// A factor that can be the result of a raise.
struct Maximum(u32);

impl FromStr for Maximum {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(factor) if (2..=GREATEST).contains(&factor) => Ok(Self(factor)),
            _ => Err(Invalid(format!(
                "{text:?} is not a whole number from 2 to {GREATEST}, the greatest factor that Lambda accepts"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_doubles_within_its_maximum() {
        for (maximum, current, next) in [
            (10, 1, Some(2)),
            (10, 4, Some(8)),
            (10, 8, Some(10)),
            (10, 10, None),
            (4, 10, None),
            (3, 2, Some(3)),
        ] {
            let bounds = RaiseParallelization { maximum };
            assert_eq!(bounds.next(current), next, "{maximum} {current}");
        }
    }
}
