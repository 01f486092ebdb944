//! Default values of metrics, once a minute: for a minute in which events came and none matched (docs/decisions/0017).
//!
//! The event processor records in each slice the minutes it saw ([`picket_shared::defaults`]). A reader with one small
//! item for its position in all chains (`Progress`) merges them, and commits the default values of settled minutes to a
//! chain of their own. Every sink reads that chain like a shard's, so that a default value has the same guarantees as
//! any other datapoint.

pub(crate) mod writer;

use jiff::{SignedDuration, Timestamp};
use picket_aws::{Fault, blob, state::BlobKey};
use picket_rules::metrics::MetricRules;
use picket_shared::{
    chain::{self, Body, ChainId, Slice},
    defaults::Defaults,
    position::Position,
    series::SeriesMinute,
};
use prost::Message;

use crate::chains::marks::{Marks, StoredMark, marks_from_stored, marks_to_stored};

/// The name in place of a shard's in the chain's id. Kinesis names shards `shardId-` and a number.
const SHARD: &str = "defaults";

/// The positions up to which the chains were read for default values, and the minutes that are not settled yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Progress {
    /// The position up to which each chain was read.
    pub(crate) marks: Marks,
    /// The end of the chain of default values.
    pub(crate) end: Position,
    /// The newest decided minute, in minutes since 1970. A later event in it changes no default value.
    closed: i64,
    /// The minutes after it.
    open: Defaults,
}

/// Whether a rule has a default value. If none has, nothing is read and nothing is written.
pub(crate) fn in_use(rules: &[MetricRules]) -> bool {
    let mut rules = rules.iter().flat_map(|rules| &rules.rules);
    rules.any(picket_rules::metrics::MetricRule::has_default)
}

/// The chain of a stream's default values.
pub(crate) fn chain_of(stream: &str) -> Result<ChainId, Fault> {
    ChainId::new(stream, SHARD)
        .map_err(|error| Fault::permanent("correct STREAM_NAME").because(error))
}

/// The key under which the progress is stored.
pub(crate) fn place() -> BlobKey {
    BlobKey::new("defaults", "progress")
}

impl Progress {
    /// Starts at positions, with the minute after `now`: a part of the running minute was not read.
    pub(crate) fn begin(marks: Marks, now: Timestamp) -> Self {
        Self {
            marks,
            end: Position::start(),
            closed: now.as_second().div_euclid(60),
            open: Defaults::default(),
        }
    }

    /// Adds a slice. Adding it again changes nothing.
    pub(crate) fn add(&mut self, slice: &Slice) {
        let open = slice.body.defaults.iter();
        let open = open.filter(|minute| minute.series.minute > self.closed);
        self.open.extend(open.cloned());
        self.marks.insert(slice.chain.clone(), slice.after.clone());
    }

    /// The position from which to read a chain.
    pub(crate) fn mark(&self, chain: &ChainId) -> Position {
        let mark = self.marks.get(chain).cloned();
        mark.unwrap_or_else(Position::start)
    }

    /// Decides the minutes that ended at least `settle` before `read_to`, where all slices committed until then are
    /// read. Returns the new progress, and the slice to commit where one of these minutes has a default value.
    pub(crate) fn close(
        &self,
        read_to: Timestamp,
        settle: SignedDuration,
        chain: &ChainId,
        now: Timestamp,
    ) -> (Self, Option<Slice>) {
        let settled = read_to.saturating_sub(settle).unwrap_or(Timestamp::MIN);
        let newest = settled.as_second().div_euclid(60) - 1;
        let mut closed = self.clone();
        if newest <= self.closed {
            return (closed, None);
        }
        closed.closed = newest;
        let series = closed.open.close(newest);
        let slice =
            (!series.is_empty()).then(|| slice(chain, self.end.clone(), newest, series, now));
        (closed, slice)
    }

    /// The progress after this slice, which is at the end of the chain, whichever publisher committed it.
    #[must_use]
    pub(crate) fn after(mut self, slice: &Slice) -> Self {
        self.end = slice.after.clone();
        let minute = slice.after.sequence_number();
        if let Some(minute) = minute.and_then(|minute| minute.parse().ok()) {
            self.closed = self.closed.max(minute);
            self.open.close(self.closed);
        }
        self
    }

    /// The stored form.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let open = Body {
            defaults: self.open.to_vec(),
            ..Body::default()
        };
        blob::encode(&StoredState {
            marks: marks_to_stored(&self.marks),
            end: self.end.to_string(),
            closed: self.closed,
            open: chain::encode(&open),
        })
    }

    /// Reads the stored form.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let what = "the progress of default values";
        let damaged = || {
            Fault::permanent(format!(
                "{what} cannot be read; delete it, and it is made anew"
            ))
        };
        let stored: StoredState = blob::decode(what, bytes)?;
        let body = chain::decode(&stored.open).map_err(|error| damaged().because(error))?;
        let mut open = Defaults::default();
        open.extend(body.defaults);
        Ok(Self {
            marks: marks_from_stored(what, &stored.marks)?,
            end: stored
                .end
                .parse()
                .map_err(|error| damaged().because(error))?,
            closed: stored.closed,
            open,
        })
    }
}

/// The minute is the position: a chain's slices are in the order of the minutes that they decide.
fn slice(
    chain: &ChainId,
    end: Position,
    minute: i64,
    series: Vec<SeriesMinute>,
    now: Timestamp,
) -> Slice {
    let after = Position::new(&minute.to_string(), 0)
        .expect("a minute later than one that is closed is after 1970, and has digits alone");
    Slice {
        chain: chain.clone(),
        before: end,
        first: after.clone(),
        after,
        committed_at: now,
        body: Body {
            series,
            ..Body::default()
        },
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredState {
    #[prost(message, repeated, tag = "1")]
    marks: Vec<StoredMark>,
    #[prost(string, tag = "2")]
    end: String,
    #[prost(sint64, tag = "3")]
    closed: i64,
    /// The body of a slice.
    #[prost(bytes = "vec", tag = "4")]
    open: Vec<u8>,
}

#[cfg(test)]
mod tests;
