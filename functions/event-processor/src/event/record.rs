use std::{borrow::Cow, cmp::Ordering};

use jiff::Timestamp;
use picket_shared::position::{self, Position};

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// As the event spells it, which is what a batch response must repeat.
    pub sequence_number: Cow<'a, str>,
    /// The producer's partition key.
    pub partition_key: Cow<'a, str>,
    /// When Kinesis took it, to the millisecond.
    pub arrived_at: Timestamp,
    /// The stream's region.
    pub region: Cow<'a, str>,
    /// The payload, in base64.
    pub data: Cow<'a, str>,
    /// What is to be done with the payload.
    pub action: RecordAction,
}

/// What is to be done with a record's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAction {
    /// It is decoded, and counted from the event with this index: of a record that was put back whole, those before it were counted
    /// where it first stood.
    Decode {
        /// The index, 0 being the first.
        from: u32,
    },
    /// It is set apart as it is: decoding it has killed the process.
    Quarantine,
    /// It is passed over: another copy of it counts.
    Skip,
}

impl Default for RecordAction {
    fn default() -> Self {
        Self::Decode { from: 0 }
    }
}

impl Record<'_> {
    /// The place of the record's event with this index.
    pub fn position(&self, sub: u32) -> Position {
        Position::new(&self.sequence_number, sub)
            .expect("the event was refused if a record had no sequence number")
    }

    /// How many digits the sequence number has, and the digits: in order, as positions are.
    pub fn place(&self) -> (usize, &str) {
        let digits = position::digits(&self.sequence_number);
        (digits.len(), digits)
    }

    /// Whether the record may have events above the mark. Where the mark is inside it, only its payload can tell.
    pub fn is_above(&self, mark: &Position) -> bool {
        let number = mark.sequence_number().unwrap_or_default();
        match self.place().cmp(&(number.len(), number)) {
            Ordering::Less => false,
            Ordering::Equal => *mark != mark.end_of_record(),
            Ordering::Greater => true,
        }
    }
}
