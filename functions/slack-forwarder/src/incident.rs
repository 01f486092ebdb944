//! An alarm's changes of state in the order of their own times, and what each of them means.
//!
//! An incident lasts from the first ALARM after an OK to the next OK. One of missing data lasts from the first
//! `INSUFFICIENT_DATA` after an OK to the next OK or ALARM. What arrives late is put where its time says, so that any
//! order of arrival ends in the same state.
//!
//! An alarm flaps where [`FLAPPING`] incidents begin within [`WINDOW`], until one begins that has fewer so near before
//! it.

mod history;

use std::{fmt, time::Duration};

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde::{Deserialize, Serialize};

use history::flaps;

pub use history::History;

/// An alarm's change of state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When it changed, by CloudWatch's clock.
    pub at: Timestamp,
    /// To what.
    pub state: State,
}

/// The effect of a change on the alarm's incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An incident begins.
    Open,
    /// An incident begins, and with it the alarm flaps.
    Flap,
    /// An incident begins of an alarm that flaps already.
    FlapOn,
    /// The open incident goes on; its state is the change's.
    Continue,
    /// The open incident is over.
    Resolve {
        /// When it began.
        opened: Timestamp,
        /// Whether the alarm flaps.
        flapping: bool,
    },
    /// An incident before the newest is over, and its message still shows ALARM.
    EndEarlier {
        /// When it began.
        opened: Timestamp,
    },
    /// An incident of which the first message comes when it is over.
    Late {
        /// When it was over.
        closed: Timestamp,
    },
    /// A message of its own, of no alarm.
    Notice,
    /// Nothing is sent.
    Silent(Silence),
}

/// The reason why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// The very change has been dealt with.
    Repeated,
    /// An OK that ends no incident.
    WithoutIncident,
    /// The open incident goes on, and its message cannot be edited.
    Continues,
    /// The alarm flaps, which was sent.
    Flapping,
    /// It was paged with others, in an incident that ends when all of them are OK.
    PagedTogether,
    /// It is older than a change that was sent, and does not alter it.
    Overtaken,
}

/// Incidents that begin within [`WINDOW`] of an alarm that flaps: two may be one fault and its repair that did not
/// hold.
pub const FLAPPING: usize = 3;
/// See [`FLAPPING`]. Half an hour of quiet is what people call over.
pub const WINDOW: Duration = Duration::from_mins(30);

impl Change {
    /// A change at this moment. Milliseconds are what all three carriers agree on.
    pub fn new(state: State, at: Timestamp) -> Self {
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        Self { at, state }
    }

    /// Order in time. Of two changes at one moment the one that says more comes last: an alarm is never hidden by an OK
    /// of its own millisecond.
    pub(super) fn sort_key(&self) -> (Timestamp, u8) {
        let weight = match self.state {
            State::Ok => 0,
            State::InsufficientData => 1,
            State::Alarm => 2,
        };
        (self.at, weight)
    }
}

/// Decides the effect of `change` after `history`.
pub fn decide(history: &History, change: &Change) -> Step {
    if history.contains(change) {
        return Step::Silent(Silence::Repeated);
    }
    let in_incident = history
        .before(change)
        .is_some_and(|before| before.state == State::Alarm);
    match (change.state, history.after(change)) {
        (State::Alarm | State::InsufficientData, None) if in_incident => Step::Continue,
        (State::Alarm, None) => history.beginning(change),
        (State::InsufficientData, None) => history.losing_data(change),
        (State::Ok, None) if in_incident => Step::Resolve {
            opened: history.opened_before(change),
            flapping: history.is_flapping(),
        },
        (State::Ok, None) => match history.missing_before(change) {
            Some(opened) => Step::Resolve {
                opened,
                flapping: flaps(&history.all_beginnings()),
            },
            None => Step::Silent(Silence::WithoutIncident),
        },
        (State::Alarm, Some(after)) if !in_incident && after.state == State::Ok => {
            Step::Late { closed: after.at }
        }
        (_, Some(_)) => Step::Silent(Silence::Overtaken),
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeated => "it has been dealt with",
            Self::WithoutIncident => "an OK without an incident",
            Self::Continues => "its incident goes on",
            Self::PagedTogether => {
                "it was paged with others; that page is resolved when all are OK"
            }
            Self::Flapping => "the alarm flaps, which was sent",
            Self::Overtaken => "a newer change was sent",
        })
    }
}

#[cfg(test)]
mod tests;
