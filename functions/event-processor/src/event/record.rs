use std::{borrow::Cow, cmp::Ordering};

use jiff::Timestamp;
use picket_shared::position::{self, Position};

use crate::event_time::Arrival;

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// The sequence number as in the event, for the batch response.
    pub sequence_number: Cow<'a, str>,
    /// The producer's partition key.
    pub partition_key: Cow<'a, str>,
    /// The time of arrival in Kinesis, to the millisecond; of a replayed record that of its original, where CloudWatch
    /// accepts it.
    pub arrived_at: Timestamp,
    /// The same for the ledger, which accepts older times.
    pub usage_at: Timestamp,
    /// The stream's region.
    pub region: Cow<'a, str>,
    /// The payload, in base64.
    pub data: Cow<'a, str>,
    /// The action for the payload.
    pub action: RecordAction,
}

/// The action for a record's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAction {
    /// Decode it, and count from the event with this index: of a replayed record, the events before were counted at its
    /// original position.
    Decode {
        /// The index, 0 being the first.
        from: u32,
    },
    /// Quarantine it undecoded.
    Quarantine(Undecoded),
    /// Skip it: another copy of it counts.
    Skip,
}

/// The reason to quarantine a record undecoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecoded {
    /// Decoding it has ended the process twice.
    Deadly,
    /// Its partition key names an original that no replay registered.
    UnregisteredCopy,
}

impl Default for RecordAction {
    fn default() -> Self {
        Self::Decode { from: 0 }
    }
}

impl Record<'_> {
    /// The time of arrival for the metrics and for the ledger.
    pub fn arrival(&self) -> Arrival {
        Arrival {
            metric: self.arrived_at,
            usage: self.usage_at,
        }
    }

    /// Returns the position of the record's event with this index.
    pub fn position(&self, sub: u32) -> Position {
        Position::new(&self.sequence_number, sub)
            .expect("the event was refused if a record had no sequence number")
    }

    /// Returns the number of digits of the sequence number, and the digits: ordered as positions are.
    pub fn place(&self) -> (usize, &str) {
        let digits = position::digits(&self.sequence_number);
        (digits.len(), digits)
    }

    /// Whether the record may have events above the mark. Where the mark is inside the record, only its payload shows.
    pub fn is_above(&self, mark: &Position) -> bool {
        let number = mark.sequence_number().unwrap_or_default();
        match self.place().cmp(&(number.len(), number)) {
            Ordering::Less => false,
            Ordering::Equal => *mark != mark.end_of_record(),
            Ordering::Greater => true,
        }
    }
}
