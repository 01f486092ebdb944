//! How far the chains have been taken into Prometheus' values: one small item for all chains.

use std::collections::BTreeMap;

use picket_aws::Fault;
use picket_shared::{chain::ChainId, position::Position};
use prost::Message;

use crate::blob;

/// Slices after which the values are stored: as many as a new process reads again in a few seconds.
const MOST_SINCE: u64 = 10_000;
/// Milliseconds after which they are, where there are fewer. Ten thousand series take some 300 KB: thirty writes' worth a
/// minute at this pace, rather than ten thousand.
const LONGEST_SINCE: i64 = 15 * 60 * 1_000;

/// Where the values stand, by chain: what lies before is in them.
pub type Marks = BTreeMap<ChainId, Position>;

/// The place in all chains, and where the values are that a new process starts from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Where the values stand.
    pub marks: Marks,
    /// The newest stamp a sample got, in milliseconds since 1970.
    pub last: i64,
    /// The snapshot to start from.
    pub snapshot: Option<Snapshot>,
    /// Slices since then.
    pub since: u64,
}

/// Stored values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// Which.
    pub generation: u64,
    /// In how many items.
    pub parts: u32,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

impl Head {
    /// Whether the values should be stored anew.
    pub fn needs_snapshot(&self) -> bool {
        self.since >= MOST_SINCE
            || self.snapshot.is_none_or(|snapshot| {
                self.since > 0 && self.last.saturating_sub(snapshot.at) >= LONGEST_SINCE
            })
    }

    /// As it is stored.
    pub fn encode(&self) -> Vec<u8> {
        blob::encode(&Wire {
            marks: marks_to_wire(&self.marks),
            last: self.last,
            snapshot: self.snapshot.map(|snapshot| WireSnapshot {
                generation: snapshot.generation,
                parts: snapshot.parts,
                at: snapshot.at,
            }),
            since: self.since,
        })
    }

    /// As it was stored.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let what = "the place of Prometheus in the chains";
        let wire: Wire = blob::decode(what, bytes)?;
        Ok(Self {
            marks: marks_from_wire(what, &wire.marks)?,
            last: wire.last,
            snapshot: wire.snapshot.map(|snapshot| Snapshot {
                generation: snapshot.generation,
                parts: snapshot.parts,
                at: snapshot.at,
            }),
            since: wire.since,
        })
    }
}

#[derive(Clone, PartialEq, Message)]
struct Wire {
    #[prost(message, repeated, tag = "1")]
    marks: Vec<WireMark>,
    #[prost(int64, tag = "2")]
    last: i64,
    #[prost(message, optional, tag = "3")]
    snapshot: Option<WireSnapshot>,
    #[prost(uint64, tag = "4")]
    since: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
struct WireSnapshot {
    #[prost(uint64, tag = "1")]
    generation: u64,
    #[prost(uint32, tag = "2")]
    parts: u32,
    #[prost(int64, tag = "3")]
    at: i64,
}

/// A chain and the place in it.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct WireMark {
    #[prost(string, tag = "1")]
    chain: String,
    #[prost(string, tag = "2")]
    mark: String,
}

pub(crate) fn marks_to_wire(marks: &Marks) -> Vec<WireMark> {
    let mark = |(chain, mark): (&ChainId, &Position)| WireMark {
        chain: chain.to_string(),
        mark: mark.to_string(),
    };
    marks.iter().map(mark).collect()
}

pub(crate) fn marks_from_wire(what: &str, marks: &[WireMark]) -> Result<Marks, Fault> {
    let mark = |wire: &WireMark| Some((wire.chain.parse().ok()?, wire.mark.parse().ok()?));
    marks
        .iter()
        .map(mark)
        .collect::<Option<Marks>>()
        .ok_or_else(|| {
            Fault::permanent(format!(
                "{what} names no chain; delete it, and it is made anew"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let chain = ChainId::new("events", "shard-0").unwrap();
        Head {
            marks: Marks::from([(chain, Position::new("4959", 3).unwrap())]),
            last: 7,
            snapshot: Some(Snapshot {
                generation: 3,
                parts: 2,
                at: -1,
            }),
            since: 12,
        }
    }

    #[test]
    fn a_head_comes_back_as_it_went() {
        for head in [head(), Head::default()] {
            assert_eq!(Head::decode(&head.encode()).unwrap(), head);
        }
    }

    #[test]
    fn values_are_stored_at_first_then_by_time_and_by_number() {
        assert!(Head::default().needs_snapshot());
        assert!(!head().needs_snapshot());
        let late = Head {
            last: LONGEST_SINCE,
            ..head()
        };
        assert!(late.needs_snapshot());
        assert!(!Head { since: 0, ..late }.needs_snapshot());
        assert!(
            Head {
                since: MOST_SINCE,
                ..head()
            }
            .needs_snapshot()
        );
    }
}
