//! A record that was put back: a copy of one that stood elsewhere. Its partition key says where, so that its payload is
//! the very same, and so that of several copies one is counted.

use std::fmt;

use jiff::Timestamp;

use crate::{chain::ChainId, position::Position};

/// Begins the partition key of every record that was put back. Producers' keys must not.
const PREFIX: &str = "picket-replay/";
/// Ends the key of a copy that carries one event of its original.
const EVENT: &str = "/event";
/// Kinesis `PartitionKey`.
const LONGEST_PARTITION_KEY: usize = 256;

/// The original of a copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Stream and shard.
    pub chain: ChainId,
    /// The first event of the record that is to be counted: those before it are.
    pub position: Position,
    /// The time of arrival of the original, to the millisecond.
    pub arrived_at: Timestamp,
    /// The part of the original that the copy's payload is.
    pub extent: Extent,
}

/// The part of its original that a copy carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// The whole record: its events before the position were counted where it stood, and are passed over.
    Record,
    /// The payload of the event at the position, and no other: whatever it holds is to be counted.
    Event,
}

/// Stream, shard and position are too long together: only a stream's name of more than a hundred letters, with sequence
/// numbers as Kinesis does not make them, is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the partition key {0:?} would have more than {LONGEST_PARTITION_KEY} characters; put the payload back by hand"
)]
pub struct TooLong(String);

impl Origin {
    /// The index in the copy of the first event that is to be counted.
    pub fn first_event(&self) -> u32 {
        match self.extent {
            Extent::Record => self.position.sub(),
            Extent::Event => 0,
        }
    }

    /// The copy's partition key: `picket-replay/<stream>/<shard>/<position>/<arrival in ms>`, and `/event` behind it
    /// where the copy carries an event that was not the first of its record. Of a first event the two extents are one:
    /// all of the copy counts.
    pub fn partition_key(&self) -> Result<String, TooLong> {
        let Self {
            chain,
            position,
            arrived_at,
            extent,
        } = self;
        let is_later_event = *extent == Extent::Event && position.sub() > 0;
        let end = if is_later_event { EVENT } else { "" };
        let arrived_at = arrived_at.as_millisecond();
        let key = format!("{PREFIX}{chain}/{position}/{arrived_at}{end}");
        if key.len() > LONGEST_PARTITION_KEY {
            return Err(TooLong(key));
        }
        Ok(key)
    }

    /// The origin that a partition key names; `None` where the record is no copy.
    pub fn of(partition_key: &str) -> Option<Self> {
        let key = partition_key.strip_prefix(PREFIX)?;
        let (key, extent) = match key.strip_suffix(EVENT) {
            Some(key) => (key, Extent::Event),
            None => (key, Extent::Record),
        };
        let mut parts = key.splitn(4, '/');
        let chain = ChainId::new(parts.next()?, parts.next()?).ok()?;
        let position = parts.next()?.parse().ok()?;
        let arrived_at = Timestamp::from_millisecond(parts.next()?.parse().ok()?).ok()?;
        Some(Self {
            chain,
            position,
            arrived_at,
            extent,
        })
    }
}

/// A reference to a record by its position: the owner of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    /// Stream and shard.
    pub chain: ChainId,
    /// The record's first event.
    pub record: Position,
}

impl fmt::Display for RecordRef {
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
            extent: Extent::Record,
        }
    }

    #[test]
    fn a_copy_names_the_position_of_its_original() {
        let key = origin("events", 4).partition_key().unwrap();
        assert_eq!(
            key,
            "picket-replay/events/shardId-000000000000/0044444.0000000007/1795155245120"
        );
        assert_eq!(Origin::of(&key), Some(origin("events", 4)));
        assert_eq!(origin("events", 4).first_event(), 7);
    }

    #[test]
    fn a_copy_of_one_event_says_so_where_that_makes_a_difference() {
        let event = |sub| Origin {
            position: Position::new("4444", sub).unwrap(),
            extent: Extent::Event,
            ..origin("events", 4)
        };
        let key = event(7).partition_key().unwrap();
        assert_eq!(
            key,
            "picket-replay/events/shardId-000000000000/0044444.0000000007/1795155245120/event"
        );
        assert_eq!(Origin::of(&key), Some(event(7)));
        assert_eq!(event(7).first_event(), 0);
        let key = event(0).partition_key().unwrap();
        assert_eq!(
            key,
            "picket-replay/events/shardId-000000000000/0044444.0000000000/1795155245120"
        );
        assert_eq!(Origin::of(&key).unwrap().first_event(), 0);
    }

    #[test]
    fn any_stream_with_kinesis_own_sequence_numbers_fits_a_partition_key() {
        // A stream's name has at most 128 characters (`CreateStream`), a sequence number of today 56 digits.
        let event = |digits| Origin {
            extent: Extent::Event,
            ..origin(&"s".repeat(128), digits)
        };
        assert!(event(56).partition_key().is_ok());
        assert!(event(129).partition_key().is_err());
    }

    #[test]
    fn other_partition_keys_are_no_origins() {
        for key in [
            "",
            "agent",
            "picket-replay/",
            "picket-replay/a/b/c/d",
            "picket-replay/a/b/0014.0000000000/x",
            "picket-replay/a/b/0014.0000000000/1/part",
            "picket-replay/event",
        ] {
            assert_eq!(Origin::of(key), None, "{key}");
        }
    }
}
