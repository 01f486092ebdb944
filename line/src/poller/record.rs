use bytes::Bytes;
use jiff::Timestamp;
use picket_shared::position::Position;

/// A record of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its sequence number, as the stream spells it.
    pub sequence_number: String,
    /// Its partition key.
    pub partition_key: String,
    /// Its payload.
    pub data: Bytes,
    /// `ApproximateArrivalTimestamp`.
    pub arrived_at: Timestamp,
    position: Position,
}

/// Why a record was refused: its sequence number is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stream gave the sequence number {0:?}, which is not a number")]
pub struct InvalidRecord(String);

impl Record {
    /// A record.
    pub fn new(
        sequence_number: &str,
        partition_key: &str,
        data: Bytes,
        arrived_at: Timestamp,
    ) -> Result<Self, InvalidRecord> {
        let position = Position::new(sequence_number, 0)
            .map_err(|_| InvalidRecord(sequence_number.to_owned()))?;
        Ok(Self {
            sequence_number: sequence_number.to_owned(),
            partition_key: partition_key.to_owned(),
            data,
            arrived_at,
            position,
        })
    }

    /// Its place in the shard: sequence numbers in number order, whatever their length.
    pub fn position(&self) -> &Position {
        &self.position
    }
}
