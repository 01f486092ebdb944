//! A record that was put back: a copy of one that stood elsewhere. Its partition key says where, so that its payload is the very
//! same, and so that of several copies one is counted.

use std::fmt;

use jiff::Timestamp;

use crate::{chain::ChainId, position::Position};

/// Begins the partition key of every record that was put back. Producers' keys must not.
const PREFIX: &str = "picket-replay/";
/// Kinesis `PartitionKey`.
const LONGEST_PARTITION_KEY: usize = 256;

/// Where a copy's original stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Stream and shard.
    pub chain: ChainId,
    /// The first event of the record that is to be counted: those before it are.
    pub position: Position,
    /// When Kinesis took the original, to the millisecond.
    pub arrived_at: Timestamp,
}

/// Stream, shard and position are too long together: only a stream's name of more than a hundred letters, with sequence numbers as
/// Kinesis does not make them, is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the partition key {0:?} would have more than {LONGEST_PARTITION_KEY} characters; put the payload back by hand"
)]
pub struct TooLong(String);

impl Origin {
    /// The copy's partition key: `picket-replay/<stream>/<shard>/<position>/<arrival in ms>`.
    pub fn partition_key(&self) -> Result<String, TooLong> {
        let Self {
            chain,
            position,
            arrived_at,
        } = self;
        let key = format!("{PREFIX}{chain}/{position}/{}", arrived_at.as_millisecond());
        if key.len() > LONGEST_PARTITION_KEY {
            return Err(TooLong(key));
        }
        Ok(key)
    }

    /// The origin that a partition key names; `None` where the record is no copy.
    pub fn of(partition_key: &str) -> Option<Self> {
        let mut parts = partition_key.strip_prefix(PREFIX)?.splitn(4, '/');
        let chain = ChainId::new(parts.next()?, parts.next()?).ok()?;
        let position = parts.next()?.parse().ok()?;
        let arrived_at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        Some(Self {
            chain,
            position,
            arrived_at,
        })
    }
}

/// A record by where it stands, as the owner of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Stream and shard.
    pub chain: ChainId,
    /// The record's first event.
    pub record: Position,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.chain, self.record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(stream: &str, digits: usize) -> Origin {
        Origin {
            chain: ChainId::new(stream, "shardId-000000000000").unwrap(),
            position: Position::new(&"4".repeat(digits), 7).unwrap(),
            arrived_at: Timestamp::from_millisecond(1_795_155_245_120).unwrap(),
        }
    }

    #[test]
    fn a_copy_says_where_its_original_stood() {
        let key = origin("events", 4).partition_key().unwrap();
        assert_eq!(
            key,
            "picket-replay/events/shardId-000000000000/0044444.0000000007/1795155245120"
        );
        assert_eq!(Origin::of(&key), Some(origin("events", 4)));
    }

    #[test]
    fn any_stream_with_kinesis_own_sequence_numbers_fits_a_partition_key() {
        // A stream's name has at most 128 characters (`CreateStream`), a sequence number of today 56 digits.
        assert!(origin(&"s".repeat(128), 56).partition_key().is_ok());
        assert!(origin(&"s".repeat(128), 129).partition_key().is_err());
    }

    #[test]
    fn other_partition_keys_are_no_origins() {
        for key in [
            "",
            "agent",
            "picket-replay/",
            "picket-replay/a/b/c/d",
            "picket-replay/a/b/0014.0000000000/x",
        ] {
            assert_eq!(Origin::of(key), None, "{key}");
        }
    }
}
