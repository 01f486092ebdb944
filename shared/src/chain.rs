//! The chain: what one conditional put commits of a shard (promise 1).
//!
//! The item's key is (stream and shard; mark before the slice). Only one slice can start at a mark, so a retry, a
//! zombie or a re-cut batch collides on the key, reads the mark again and drops the events at or below it.

mod attempt;
mod blob;
mod reason;
mod stored;
mod wire;

use std::{fmt, str::FromStr};

use jiff::Timestamp;

pub use attempt::Attempt;
pub use blob::{
    BlobError, LARGEST_BLOB, LARGEST_MESSAGE, decode, decode_event_ids, decode_sized, encode, fits,
    longest, verify,
};
pub use reason::QuarantineReason;
pub use stored::{DamagedSlice, SliceIds, StoredSlice};

use crate::{defaults::DefaultMinute, position::Position, series::SeriesMinute, usage::UsageRow};

/// A chain: one shard of one stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId {
    stream: String,
    shard: String,
}

/// The reason why a text does not name a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} does not name a chain: expected <stream>/<shard>")]
pub struct InvalidChainId(String);

impl ChainId {
    /// The chain of a stream's shard, as in an `eventSourceARN` and an `eventID`.
    pub fn new(stream: &str, shard: &str) -> Result<Self, InvalidChainId> {
        if stream.is_empty() || shard.is_empty() || stream.contains('/') || shard.contains('/') {
            return Err(InvalidChainId(format!("{stream}/{shard}")));
        }
        Ok(Self {
            stream: stream.to_owned(),
            shard: shard.to_owned(),
        })
    }

    /// The stream's name.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// The shard's id.
    pub fn shard(&self) -> &str {
        &self.shard
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.stream, self.shard)
    }
}

impl FromStr for ChainId {
    type Err = InvalidChainId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (stream, shard) = text
            .split_once('/')
            .ok_or_else(|| InvalidChainId(text.to_owned()))?;
        Self::new(stream, shard)
    }
}

/// One item of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Which chain.
    pub chain: ChainId,
    /// The mark this slice starts from: the item's sort key.
    pub before: Position,
    /// The first event that the slice covers.
    pub first: Position,
    /// The mark after it: events at or below it are counted.
    pub after: Position,
    /// The time when the processor committed it.
    pub committed_at: Timestamp,
    /// The totals that it adds.
    pub body: Body,
}

impl Slice {
    /// Whether an event at this position is counted by this slice, in whatever way.
    pub fn covers(&self, position: &Position) -> bool {
        self.first <= *position && *position <= self.after
    }

    /// Whether it names the event as quarantined in this object.
    pub fn has_quarantined(&self, position: &Position, object: &str) -> bool {
        self.body
            .quarantined
            .iter()
            .any(|record| record.position == *position && record.object == object)
    }

    /// One that adds nothing and ends with this record: what is in it or before it, and in no slice, never will be.
    pub fn seal(chain: ChainId, mark: Position, record: &Position, now: Timestamp) -> Self {
        let end = record.end_of_record();
        Self {
            chain,
            before: mark,
            first: end.clone(),
            after: end,
            committed_at: now,
            body: Body::default(),
        }
    }
}

/// The totals that a slice adds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// Datapoints, one entry a series and minute.
    pub series: Vec<SeriesMinute>,
    /// The usage ledger's delta.
    pub usage: Vec<UsageRow>,
    /// Records that could not be read.
    pub quarantined: Vec<Quarantined>,
    /// Hashes of event ids, if a rule demands it.
    pub event_ids: Vec<u64>,
    /// The minutes with events, of metrics with a default value. These are not datapoints yet.
    pub defaults: Vec<DefaultMinute>,
}

/// A record that could not be read: where it stood, why, and the bucket object that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The position.
    pub position: Position,
    /// The reason.
    pub reason: QuarantineReason,
    /// The key of the object in the quarantine bucket.
    pub object: String,
}
