//! What a `DynamoDB` table or index may read and write.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    playbooks::{
        Mode,
        values::{Factor, Positive},
    },
    yaml::{Fields, Log, Node, parse},
};

/// Raises what a `DynamoDB` table or index may read and write. Each part is optional, and one at least is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaiseTableThroughput {
    /// Raises the ceiling of a table in on-demand mode.
    pub ceiling: Option<ThroughputStep>,
    /// Raises the capacity of a table in provisioned mode.
    pub capacity: Option<ThroughputStep>,
    /// Switches a table in provisioned mode to on-demand mode.
    pub on_demand: Option<OnDemand>,
}

/// The growth of one step, in units a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThroughputStep {
    /// To so many times what it is, rounded up; above 1.
    pub factor: Decimal,
    /// Read units, never above this.
    pub maximum_read: u64,
    /// Write units, never above this.
    pub maximum_write: u64,
    /// The mode of this part, never above the playbook's.
    pub mode: Mode,
}

/// The switch of a table or a stream to on-demand mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnDemand {
    /// The mode of this part, never above the playbook's.
    pub mode: Mode,
}

impl ThroughputStep {
    /// Returns the next number of read units; `None` where it is at its maximum or above, or is 0.
    pub fn next_read(&self, current: u64) -> Option<u64> {
        self.next(current, self.maximum_read)
    }

    /// Returns the next number of write units; `None` where it is at its maximum or above, or is 0.
    pub fn next_write(&self, current: u64) -> Option<u64> {
        self.next(current, self.maximum_write)
    }

    fn next(&self, current: u64, maximum: u64) -> Option<u64> {
        if current == 0 || current >= maximum {
            return None;
        }
        let grown = self
            .factor
            .checked_mul(current.into())
            .and_then(|grown| grown.ceil().to_u64())
            .unwrap_or(maximum);
        Some(grown.min(maximum))
    }

    fn read(name: &'static str, node: &Node, mode: Option<Mode>, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, &format!("`{name}`"), log)?;
        let factor = fields.parse_required::<Factor>("factor", log);
        let maximum_read = fields.parse_required::<Positive>("maximum-read", log);
        let maximum_write = fields.parse_required::<Positive>("maximum-write", log);
        let mode = part_mode(&mut fields, mode, log);
        fields.finish(log);
        Some(Self {
            factor: factor?.0,
            maximum_read: maximum_read?.0.into(),
            maximum_write: maximum_write?.0.into(),
            mode: mode?,
        })
    }
}

impl RaiseTableThroughput {
    pub(crate) fn read(node: &Node, mode: Option<Mode>, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`raise-table-throughput`", log)?;
        let nodes = ["ceiling", "capacity", "on-demand"].map(|name| fields.optional(name));
        let [ceiling, capacity, on_demand] = nodes;
        if nodes.iter().all(Option::is_none) {
            log.at(
                fields.at,
                "write at least one of `ceiling`, `capacity` and `on-demand`",
            );
        }
        fields.finish(log);
        // A part that is wrong is written down, and the file is refused.
        Some(Self {
            ceiling: ceiling.and_then(|node| ThroughputStep::read("ceiling", node, mode, log)),
            capacity: capacity.and_then(|node| ThroughputStep::read("capacity", node, mode, log)),
            on_demand: on_demand.and_then(|node| OnDemand::read(node, mode, log)),
        })
    }
}

impl OnDemand {
    pub(super) fn read(node: &Node, mode: Option<Mode>, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`on-demand`", log)?;
        let mode = part_mode(&mut fields, mode, log);
        fields.finish(log);
        Some(Self { mode: mode? })
    }
}

/// A part's own mode; the playbook's where it states none. `playbook` is `None` where the playbook's mode is wrong.
fn part_mode(fields: &mut Fields<'_>, playbook: Option<Mode>, log: &mut Log) -> Option<Mode> {
    let Some(node) = fields.optional("mode") else {
        return playbook;
    };
    let mode: Mode = parse(node, "mode", log)?;
    match playbook {
        Some(playbook) if mode > playbook => {
            log.at(
                node.at,
                format!("`mode`: `{mode}` is above the playbook's mode, `{playbook}`"),
            );
            None
        }
        Some(_) => Some(mode),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_grow_within_their_bounds() {
        let step = ThroughputStep {
            factor: "1.5".parse().unwrap(),
            maximum_read: 1000,
            maximum_write: 100,
            mode: Mode::Act,
        };
        for (current, read, write) in [
            (0, None, None),
            (1, Some(2), Some(2)),
            (80, Some(120), Some(100)),
            (100, Some(150), None),
            (1000, None, None),
        ] {
            assert_eq!(
                (step.next_read(current), step.next_write(current)),
                (read, write),
                "{current}"
            );
        }
    }
}
