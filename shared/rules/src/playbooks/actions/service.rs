//! The tasks of an ECS service.

use std::time::Duration;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    playbooks::values::{Factor, Positive, Span},
    yaml::{Fields, Log, Node},
};

/// Raises the number of tasks that an ECS service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaiseTaskCount {
    /// To so many times what it is, rounded up; above 1.
    pub factor: Decimal,
    /// Never above this.
    pub maximum: u32,
}

/// Replaces the tasks of an ECS service by new ones of the same version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedeployService {
    /// A service whose tasks are newer is not deployed again.
    pub older_than: Duration,
}

impl RaiseTaskCount {
    /// Returns the next number of tasks; `None` where it is at its maximum or above, or is 0.
    pub fn next(&self, current: u32) -> Option<u32> {
        if current == 0 || current >= self.maximum {
            return None;
        }
        let grown = self
            .factor
            .checked_mul(current.into())
            .and_then(|grown| grown.ceil().to_u32())
            .unwrap_or(self.maximum);
        Some(grown.min(self.maximum))
    }

    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`raise-task-count`", log)?;
        let factor = fields.parse_required::<Factor>("factor", log);
        let maximum = fields.parse_required::<Positive>("maximum", log);
        fields.finish(log);
        Some(Self {
            factor: factor?.0,
            maximum: maximum?.0,
        })
    }
}

impl RedeployService {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`redeploy-service`", log)?;
        let older_than = fields.parse_required::<Span>("older-than", log);
        fields.finish(log);
        Some(Self {
            older_than: older_than?.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_grow_within_their_bounds() {
        for (factor, maximum, current, next) in [
            ("1.5", 20, 4, Some(6)),
            ("1.5", 20, 1, Some(2)),
            ("2", 20, 15, Some(20)),
            ("2", 20, 20, None),
            ("2", 20, 0, None),
        ] {
            let factor = factor.parse().unwrap();
            let bounds = RaiseTaskCount { factor, maximum };
            assert_eq!(bounds.next(current), next, "{factor} {maximum} {current}");
        }
    }
}
