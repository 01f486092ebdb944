//! What has been sent to one sink, so that a retry or another copy of the same change sends only what was not sent.
//!
//! A row is one alarm, or one other message, at one sink. It is written before a post (a claim) and after it (done), each time on the
//! condition that nobody wrote in between. A claim outlives its invocation by nothing: whoever finds one that is past its time takes
//! it over, so that an alert that was not sent is sent. What that may double is in `docs/delivery.md`.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde::{Deserialize, Serialize};

use crate::{
    incident::{self, Change, History, Silence, Step},
    sinks::Posted,
};

/// Where a row is: the table's two keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The alarm (its ARN), or `message/` and the message's id.
    pub alert: String,
    /// The sink, as `webhook critical`.
    pub part: String,
}

/// What is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A change of an alarm, whose row holds its others.
    Change(Change),
    /// A message of its own, whose row is its own.
    Message,
}

/// What is known at one sink.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The alarm's changes that have been dealt with.
    #[serde(default)]
    pub history: History,
    /// Whether the message has been sent.
    #[serde(default)]
    pub sent: bool,
    /// The newest incident's message, where the sink can edit it.
    #[serde(default)]
    pub message: Option<Posted>,
    /// Who is sending now.
    #[serde(default)]
    pub claim: Option<Claim>,
}

/// Somebody is sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What.
    pub event: Event,
    /// The request that Lambda gave its sender; a retry by Lambda has the same.
    pub owner: String,
    /// When its invocation is over, however it ended.
    pub until: Timestamp,
}

/// What a sink can do beyond one more message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Nothing: a webhook.
    Posts,
    /// Its messages are edited and have threads: a channel.
    Edits,
    /// It has incidents of its own, which an OK resolves whether or not we know of them: PagerDuty.
    Resolves,
}

/// What to do about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Nothing at all.
    Leave(Left),
    /// Another event of the same row is being sent: look again after this pause.
    Wait(Duration),
    /// Nothing is told; write this row.
    Record(Silence, Row),
    /// Write this row, take the step, then write what [`Row::done`] makes of it.
    Send(Step, Row),
}

/// A row as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// What it says; the default where there is none.
    pub row: Row,
    /// How often it was written; 0 where there is none.
    pub revision: u64,
}

/// What became of writing a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Written,
    /// Somebody wrote in between, or this very call did and its answer was lost: read it again.
    Collided,
}

/// Why an event is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It was sent.
    Sent,
    /// Another invocation is sending it, and has retries of its own.
    Elsewhere,
}

/// How long to wait for the sender of another change: about as long as a post takes.
const PAUSE: Duration = Duration::from_millis(500);
/// What a message's row is kept for: the failure queue's twelve hours, the hour before them, and a day in hand.
const MESSAGE_KEPT: Duration = Duration::from_hours(48);
/// What an alarm's row is kept for when it is quiet.
const QUIET_KEPT: Duration = Duration::from_hours(30 * 24);
/// … and with an incident open: longer than any stays so. An alarm that is deleted in its incident leaves a row no longer than that.
const OPEN_KEPT: Duration = Duration::from_hours(400 * 24);

/// Whether an event was sent to one of these sinks, or is being sent: it is what a copy that came without a topic looks at, since
/// such a copy does not say how loud it is, and so may lead to other sinks than the one that does.
pub fn is_known(rows: &[Row], event: Event, now: Timestamp) -> bool {
    rows.iter().any(|row| {
        let is_claimed = |claim: &Claim| claim.event == event && claim.until > now;
        row.has(event) || row.claim.as_ref().is_some_and(is_claimed)
    })
}

/// What to do about `event` at a sink of this `ability`, for the invocation that would make this `claim`.
pub fn plan(row: &Row, claim: Claim, ability: Ability, now: Timestamp) -> Plan {
    let event = claim.event;
    if row.has(event) {
        return Plan::Leave(Left::Sent);
    }
    if let Some(other) = &row.claim
        && other.owner != claim.owner
        && other.until > now
    {
        return if other.event == event {
            Plan::Leave(Left::Elsewhere)
        } else {
            Plan::Wait(PAUSE)
        };
    }
    let step = match event {
        Event::Change(change) => match incident::decide(&row.history, &change) {
            Step::Silent(Silence::WithoutIncident) if ability == Ability::Resolves => {
                Step::Resolve {
                    opened: change.at,
                    flapping: false,
                }
            }
            step => step,
        },
        Event::Message => Step::Notice,
    };
    let step = damped(step, ability, row);
    let silence = match step {
        Step::Silent(silence) => Some(silence),
        // One more message says nothing new.
        Step::Continue if ability != Ability::Edits => Some(Silence::Continues),
        Step::Continue
        | Step::Open
        | Step::Flap
        | Step::FlapOn
        | Step::Resolve { .. }
        | Step::Late { .. }
        | Step::Notice => None,
    };
    if let Some(silence) = silence {
        return Plan::Record(silence, row.clone().done(event));
    }
    Plan::Send(
        step,
        Row {
            claim: Some(claim),
            ..row.clone()
        },
    )
}

/// What an event is taken for where the table cannot be reached: an OK may be the end of an incident.
pub fn without_history(event: Event) -> Step {
    match event {
        Event::Change(change) if change.state == State::Ok => Step::Resolve {
            opened: change.at,
            flapping: false,
        },
        Event::Change(_) | Event::Message => Step::Notice,
    }
}

impl Event {
    /// When the alarm changed; `None` for other messages.
    pub fn at(self) -> Option<Timestamp> {
        match self {
            Self::Change(change) => Some(change.at),
            Self::Message => None,
        }
    }
}

/// A step of an alarm that flaps, at a sink of this ability: a webhook is told once and then nothing, a channel's message is edited
/// rather than followed by another, and PagerDuty, which must be resolved after all, sees each incident.
fn damped(step: Step, ability: Ability, row: &Row) -> Step {
    match (ability, step) {
        (Ability::Posts, Step::FlapOn | Step::Resolve { flapping: true, .. }) => {
            Step::Silent(Silence::Flapping)
        }
        (Ability::Edits, Step::Flap | Step::FlapOn) if row.message.is_some() => Step::Continue,
        (Ability::Edits | Ability::Resolves, Step::Flap | Step::FlapOn) => Step::Open,
        (_, step) => step,
    }
}

impl Row {
    /// Whether the event has been dealt with.
    pub fn has(&self, event: Event) -> bool {
        match event {
            Event::Change(change) => self.history.contains(&change),
            Event::Message => self.sent,
        }
    }

    /// Whether this message stands, and this event was the last that it tells.
    pub fn shows(&self, event: Event, message: &Posted) -> bool {
        let is_last = match event {
            Event::Change(change) => self.history.ends_with(&change),
            Event::Message => self.sent,
        };
        is_last && self.message.as_ref() == Some(message)
    }

    /// After the event was dealt with.
    #[must_use]
    pub fn done(self, event: Event) -> Self {
        let row = Self {
            claim: None,
            ..self
        };
        match event {
            Event::Change(change) => Self {
                history: row.history.with(change),
                ..row
            },
            Event::Message => Self { sent: true, ..row },
        }
    }

    /// After the incident's message was posted.
    #[must_use]
    pub fn showing(self, message: Option<Posted>) -> Self {
        Self {
            message: message.or(self.message),
            ..self
        }
    }

    /// After the event was put aside to be told with others: an incident that begins so has no message of its own.
    #[must_use]
    pub fn held(self, event: Event, step: Step) -> Self {
        let begins = matches!(step, Step::Open | Step::Flap | Step::FlapOn);
        Self {
            message: self.message.clone().filter(|_| !begins),
            ..self.done(event)
        }
    }

    /// After the event could not be sent.
    #[must_use]
    pub fn released(self) -> Self {
        Self {
            claim: None,
            ..self
        }
    }

    /// When the row may be forgotten.
    pub fn expires_at(&self, now: Timestamp) -> Timestamp {
        let kept = if self.history.is_open() {
            OPEN_KEPT
        } else if self.history == History::default() {
            MESSAGE_KEPT
        } else {
            QUIET_KEPT
        };
        now.checked_add(kept).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.alert, self.part)
    }
}

#[cfg(test)]
mod tests;
