//! Default values of metrics, once a minute: for a minute in which events came and none matched (docs/decisions/0017).
//!
//! The event processor says in each slice which minutes it saw ([`picket_shared::defaults`]). A reader of its own, with one small item for
//! its place in all chains ([`Progress`]), puts that together, and commits the default values of settled minutes to a chain of their own.
//! Every sink reads that chain as it reads a shard's, so each has a default value as often as any other datapoint: once, or counted.

pub(crate) mod writer;

use jiff::{SignedDuration, Timestamp};
use picket_aws::{Fault, state::Place};
use picket_rules::metrics::MetricRules;
use picket_shared::{
    chain::{self, Body, ChainId, Slice},
    defaults::Defaults,
    position::Position,
    series::SeriesMinute,
};
use prost::Message;

use crate::{
    blob,
    prometheus::head::{Marks, WireMark, marks_from_wire, marks_to_wire},
};

/// What takes a shard's place in the chain's name. A shard of Kinesis is called `shardId-` and a number.
const SHARD: &str = "defaults";

/// How far the chains were read for default values, and what of it is not settled yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Progress {
    /// How far each chain was read.
    pub(crate) marks: Marks,
    /// The end of the chain of default values.
    pub(crate) end: Position,
    /// The newest minute that is decided, in minutes since 1970. What comes for it later gets no default value.
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

/// Where the progress is stored.
pub(crate) fn place() -> Place {
    Place::new("defaults", "progress")
}

impl Progress {
    /// From these places on, and from the minute after `now`: of the running one a part was not read.
    pub(crate) fn begin(marks: Marks, now: Timestamp) -> Self {
        Self {
            marks,
            end: Position::start(),
            closed: now.as_second().div_euclid(60),
            open: Defaults::default(),
        }
    }

    /// Takes a slice in. Reading one again changes nothing.
    pub(crate) fn add(&mut self, slice: &Slice) {
        let open = slice.body.defaults.iter();
        let open = open.filter(|minute| minute.series.minute > self.closed);
        self.open.extend(open.cloned());
        self.marks.insert(slice.chain.clone(), slice.after.clone());
    }

    /// Where to read a chain from.
    pub(crate) fn mark(&self, chain: &ChainId) -> Position {
        let mark = self.marks.get(chain).cloned();
        mark.unwrap_or_else(Position::start)
    }

    /// Decides the minutes that ended `settle` or longer before `read_to`, all that was committed until then being read. The progress
    /// then, and the slice that is to be committed where one of these minutes has a default value.
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

    /// After this slice, which is committed at the end of the chain, whoever committed it: what it decides is decided.
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

    /// As it is stored.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let open = Body {
            defaults: self.open.to_vec(),
            ..Body::default()
        };
        blob::encode(&Wire {
            marks: marks_to_wire(&self.marks),
            end: self.end.to_string(),
            closed: self.closed,
            open: chain::encode(&open),
        })
    }

    /// As it was stored.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let what = "the progress of default values";
        let damaged = || {
            Fault::permanent(format!(
                "{what} cannot be read; delete it, and it is made anew"
            ))
        };
        let wire: Wire = blob::decode(what, bytes)?;
        let body = chain::decode(&wire.open).map_err(|error| damaged().because(error))?;
        let mut open = Defaults::default();
        open.extend(body.defaults);
        Ok(Self {
            marks: marks_from_wire(what, &wire.marks)?,
            end: wire.end.parse().map_err(|error| damaged().because(error))?,
            closed: wire.closed,
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
struct Wire {
    #[prost(message, repeated, tag = "1")]
    marks: Vec<WireMark>,
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
