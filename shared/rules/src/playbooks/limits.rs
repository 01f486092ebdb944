//! The limits over all playbooks.

use std::time::Duration;

use super::{
    playbook::parse_or,
    values::{Positive, Span},
};
use crate::yaml::{Fields, Log, Node};

/// The limits over all playbooks of an account and region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most changes in an hour.
    pub actions_per_hour: u32,
    /// The most changes in 24 hours.
    pub actions_per_day: u32,
    /// The limit on alarms at one time.
    pub storm: Storm,
}

/// The limit on alarms at one time: so many targets fail together for one cause that no single repair removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// With more distinct targets in ALARM than this, nothing is changed.
    pub targets: u32,
    /// The time in which they are counted.
    pub within: Duration,
}

/// Five changes an hour and twenty a day: a person can follow that many.
impl Default for Limits {
    fn default() -> Self {
        Self {
            actions_per_hour: 5,
            actions_per_day: 20,
            storm: Storm::default(),
        }
    }
}

impl Default for Storm {
    fn default() -> Self {
        Self {
            targets: 5,
            within: Duration::from_mins(10),
        }
    }
}

impl Limits {
    pub(super) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let default = Self::default();
        let mut fields = Fields::of(node, "`limits`", log)?;
        let hour = Positive(default.actions_per_hour);
        let hour = parse_or(&mut fields, "actions-per-hour", hour, log);
        let day = Positive(default.actions_per_day);
        let day = parse_or(&mut fields, "actions-per-day", day, log);
        let storm = match fields.optional("storm") {
            Some(node) => Storm::read(node, log),
            None => Some(default.storm),
        };
        fields.finish(log);
        Some(Self {
            actions_per_hour: hour?.0,
            actions_per_day: day?.0,
            storm: storm?,
        })
    }
}

impl Storm {
    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`storm`", log)?;
        let targets = fields.parse_required::<Positive>("targets", log);
        let within = fields.parse_required::<Span>("within", log);
        fields.finish(log);
        Some(Self {
            targets: targets?.0,
            within: within?.0,
        })
    }
}
