//! The delivery log: what was sent to each sink, so that a retry or another copy of the same change sends only what is
//! missing.
//!
//! A row is one alarm, or one other message, at one sink. It is written before a post (a claim) and after it (done),
//! each time on the condition that no other write came in between. A claim ends with its invocation: one that finds a
//! claim past its time takes it over, so that an alert that was not sent is sent. What that may double is in
//! `docs/delivery.md`.

mod plan;
mod row;
mod urgency;

use std::fmt;

use jiff::Timestamp;
use picket_shared::alarm::State;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use plan::{Plan, plan};
pub use row::Row;
pub use urgency::Urgency;

use crate::incident::{Change, Step};

/// Where a row is: the table's two keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The alarm (its ARN), or `message/` and the message's id.
    pub alert: String,
    /// The sink, as `webhook critical`.
    pub part: String,
}

impl RowKey {
    /// The row of an alarm's OKs by whatever way they came. Not every way leads to every sink, and an ALARM that comes
    /// after its OK finds it here.
    pub fn oks(alert: &str) -> Self {
        Self {
            alert: alert.to_owned(),
            part: "oks".to_owned(),
        }
    }

    /// Whether it is such a row, and no sink's.
    pub fn is_oks(&self) -> bool {
        self.part == "oks"
    }
}

/// Bytes of a key that are written as they are: DynamoDB's limit of a sort key. That of a partition key is 2,048
/// ("Quotas" in the Amazon DynamoDB Developer Guide).
const KEY: usize = 1_024;

/// A key that DynamoDB takes: of a long one its beginning and a digest.
pub(crate) fn bounded(key: String) -> String {
    if key.len() <= KEY {
        return key;
    }
    let digest = hex::encode(Sha256::digest(&key));
    let start = key.floor_char_boundary(KEY - digest.len() - 1);
    format!("{}#{digest}", &key[..start])
}

/// The event that is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A change of an alarm, whose row holds its others.
    Change(Change),
    /// A message of its own, whose row is its own.
    Message,
}

/// Another invocation is sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What.
    pub event: Event,
    /// The request that Lambda gave its sender; a retry by Lambda has the same.
    pub owner: String,
    /// When its invocation is over, however it ended.
    pub until: Timestamp,
}

/// A row as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Its content; the default if there is none.
    pub row: Row,
    /// How often it was written; 0 where there is none.
    pub revision: u64,
}

/// The result of writing a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Written,
    /// Another invocation wrote in between, or this very call did and its answer was lost: read it again.
    Collided,
}

/// The reason why an event is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// It was sent.
    Sent,
    /// Another invocation is sending it, and has retries of its own.
    Elsewhere,
}

/// Whether an event was sent to one of these sinks, or is being sent: it is what a copy that came without a topic looks
/// at, since such a copy has no severity, and so may lead to other sinks than the one that has.
pub fn is_known<'a>(
    rows: impl IntoIterator<Item = &'a (RowKey, Row)>,
    event: Event,
    now: Timestamp,
) -> bool {
    rows.into_iter().any(|(_, row)| {
        let is_claimed = |claim: &Claim| claim.event == event && claim.until > now;
        row.has(event) || row.claim.as_ref().is_some_and(is_claimed)
    })
}

/// Whether an event was claimed in a row and not recorded, so that its sender has to send it there again.
pub fn is_unfinished(row: &Row, event: Event) -> bool {
    let is_its = |claim: &Claim| claim.event == event;
    !row.has(event) && row.claim.as_ref().is_some_and(is_its)
}

/// The step of an event when the table cannot be reached: an OK may be the end of an incident.
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

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.alert, self.part)
    }
}

#[cfg(test)]
mod tests;
