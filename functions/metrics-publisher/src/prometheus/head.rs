//! The position in all chains up to which Prometheus' values are counted: one small item for all chains.

use picket_aws::{Fault, blob};
use prost::Message;

use crate::chains::marks::{Marks, StoredMark, marks_from_stored, marks_to_stored};

/// The number of slices after which the values are stored: a new process reads that many in a few seconds.
const MOST_SINCE: u64 = 10_000;
/// The milliseconds after which they are stored, where there are fewer slices. Ten thousand series take about 300 KB,
/// which at this interval costs thirty write units a minute instead of ten thousand.
const LONGEST_SINCE: i64 = 15 * 60 * 1_000;

/// The position in all chains, and the snapshot from which a new process starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The positions of the values.
    pub marks: Marks,
    /// The newest timestamp of a sample, in milliseconds since 1970.
    pub last: i64,
    /// The snapshot from which to start.
    pub snapshot: Option<Snapshot>,
    /// The number of slices since the snapshot.
    pub since: u64,
}

/// The location of stored values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    /// The generation.
    pub generation: u64,
    /// The number of items.
    pub parts: u32,
    /// The time of the values, in milliseconds since 1970.
    pub at: i64,
}

impl Head {
    /// Whether the values should be stored again.
    pub fn needs_snapshot(&self) -> bool {
        self.since >= MOST_SINCE
            || self.snapshot.is_none_or(|snapshot| {
                self.since > 0 && self.last.saturating_sub(snapshot.at) >= LONGEST_SINCE
            })
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        blob::encode(&StoredHead {
            marks: marks_to_stored(&self.marks),
            last: self.last,
            snapshot: self.snapshot.map(|snapshot| StoredSnapshot {
                generation: snapshot.generation,
                parts: snapshot.parts,
                at: snapshot.at,
            }),
            since: self.since,
        })
    }

    /// Reads the stored form.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let what = "the place of Prometheus in the chains";
        let stored: StoredHead = blob::decode(what, bytes)?;
        Ok(Self {
            marks: marks_from_stored(what, &stored.marks)?,
            last: stored.last,
            snapshot: stored.snapshot.map(|snapshot| Snapshot {
                generation: snapshot.generation,
                parts: snapshot.parts,
                at: snapshot.at,
            }),
            since: stored.since,
        })
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredHead {
    #[prost(message, repeated, tag = "1")]
    marks: Vec<StoredMark>,
    #[prost(int64, tag = "2")]
    last: i64,
    #[prost(message, optional, tag = "3")]
    snapshot: Option<StoredSnapshot>,
    #[prost(uint64, tag = "4")]
    since: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Message)]
struct StoredSnapshot {
    #[prost(uint64, tag = "1")]
    generation: u64,
    #[prost(uint32, tag = "2")]
    parts: u32,
    #[prost(int64, tag = "3")]
    at: i64,
}

#[cfg(test)]
mod tests {
    use picket_shared::{chain::ChainId, position::Position};

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
