//! The order of messages within a group.

use picket_shared::{Severity, alarm::State};
use serde::{Deserialize, Serialize};

use super::Event;

/// How urgent a message is among those of its group, least urgent first. An OK never delays an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// An alarm is OK.
    Ok,
    /// An alarm has insufficient data.
    InsufficientData,
    /// Severity info: an alarm in ALARM, or any other message.
    Info,
    /// Severity warning.
    Warning,
    /// Severity critical.
    Critical,
}

impl Urgency {
    /// The urgency of an event of this severity.
    pub fn of(event: Event, severity: Severity) -> Self {
        let state = match event {
            Event::Change(change) => Some(change.state),
            Event::Message => None,
        };
        match (state, severity) {
            (Some(State::Ok), _) => Self::Ok,
            (Some(State::InsufficientData), _) => Self::InsufficientData,
            (Some(State::Alarm) | None, Severity::Info) => Self::Info,
            (Some(State::Alarm) | None, Severity::Warning) => Self::Warning,
            (Some(State::Alarm) | None, Severity::Critical) => Self::Critical,
        }
    }
}
