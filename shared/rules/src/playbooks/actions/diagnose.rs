//! The diagnosis of an alarm.

use crate::yaml::{Fields, Log, Node};

/// Changes nothing: reads what explains the alarm, into the incident's thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diagnose;

impl Diagnose {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        Fields::of(node, "`diagnose`", log)?.finish(log);
        Some(Self)
    }
}
