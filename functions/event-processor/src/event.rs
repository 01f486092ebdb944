//! The Kinesis event as Lambda sends it, borrowed from the invocation's body.
//!
//! Our own types: `aws_lambda_events` reads the fraction of `approximateArrivalTimestamp` as a count of milliseconds
//! (`.120` becomes 12 ms), and copies every record.

mod record;
mod source;
mod uniform_batch;
mod wire;

use jiff::Timestamp;
use picket_shared::{
    chain::{ChainId, InvalidChainId},
    position::{self, InvalidPosition},
};

pub use self::record::{Record, RecordAction, Undecoded};
use self::wire::WireRecord;

/// The records of one shard, in the shard's order, each once.
#[derive(Debug)]
pub struct ShardRecords<'a> {
    /// Stream and shard.
    pub chain: ChainId,
    /// The records.
    pub records: Vec<Record<'a>>,
}

/// The reason why bytes are not a Kinesis event. Nothing of the batch is lost: the invocation fails and Lambda keeps
/// the records.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or not the shape of a Kinesis event.
    #[error(
        "the event is not a Kinesis event as Lambda sends it: {problem}; check what invokes this function"
    )]
    Shape {
        /// The problem and its place.
        problem: String,
    },
    /// Records of another source.
    #[error(
        "record {index} comes from {source_name:?}, not from aws:kinesis; check what invokes this function"
    )]
    Source {
        /// The record's index, from 0.
        index: usize,
        /// Its `eventSource`.
        source_name: String,
    },
    /// No stream or shard.
    #[error(
        "record {index} does not say its stream and shard: eventID {event_id:?}, eventSourceARN {arn:?}"
    )]
    Shard {
        /// The record's index, from 0.
        index: usize,
        /// Its `eventID`.
        event_id: String,
        /// Its `eventSourceARN`.
        arn: String,
        /// The reason.
        #[source]
        source: InvalidChainId,
    },
    /// An invalid sequence number.
    #[error("record {index} cannot be placed in its shard")]
    Position {
        /// The record's index, from 0.
        index: usize,
        /// The reason.
        #[source]
        source: InvalidPosition,
    },
    /// An arrival that is not a time.
    #[error("record {index} arrived at {seconds} s since 1970, which is no time")]
    Arrival {
        /// The record's index, from 0.
        index: usize,
        /// Its `approximateArrivalTimestamp`.
        seconds: f64,
    },
}

/// Reads an event. Lambda sends one shard an invocation; an event of several, made by hand, is split by shard.
pub fn read(bytes: &[u8]) -> Result<Vec<ShardRecords<'_>>, ReadError> {
    let mut shards = match uniform_batch::read(bytes) {
        Some(shard) => vec![shard],
        None => whole(bytes)?,
    };
    for ShardRecords { records, .. } in &mut shards {
        // In order already, unless the event was made by hand.
        if !records.is_sorted_by(|a, b| a.place() < b.place()) {
            records.sort_by(|a, b| a.place().cmp(&b.place()));
            records.dedup_by(|a, b| a.place() == b.place());
        }
    }
    Ok(shards)
}

/// Reads the records with the JSON reader, in the event's order.
fn whole(bytes: &[u8]) -> Result<Vec<ShardRecords<'_>>, ReadError> {
    // Records of other sources lack fields, too: which source they are of says more than the first that is missing.
    let records = wire::records(bytes)
        .map_err(|error| source::foreign(bytes).unwrap_or_else(|| shape(&error)))?;
    if records.is_empty() && wire::is_of_pipe(bytes) {
        let problem = "an array without records".to_owned();
        return Err(ReadError::Shape { problem });
    }
    let mut shards: Vec<ShardRecords<'_>> = Vec::new();
    for (index, record) in records.into_iter().enumerate() {
        let (stream, shard) = source_of(index, &record)?;
        let is_its = |known: &ShardRecords<'_>| {
            known.chain.stream() == stream && known.chain.shard() == shard
        };
        let place = shards.iter().rposition(is_its);
        if place.is_none() {
            let chain = chain_of(index, &record, stream, shard)?;
            let records = Vec::new();
            shards.push(ShardRecords { chain, records });
        }
        let place = place.unwrap_or(shards.len() - 1);
        shards[place].records.push(typed(index, record)?);
    }
    Ok(shards)
}

/// The error's first line: the others quote the event.
fn shape(error: &sonic_rs::Error) -> ReadError {
    let text = error.to_string();
    let problem = text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned();
    ReadError::Shape { problem }
}

/// Returns stream and shard, empty where the record does not name them.
fn source_of<'r>(
    index: usize,
    record: &'r WireRecord<'_>,
) -> Result<(&'r str, &'r str), ReadError> {
    if record.source != "aws:kinesis" {
        let source_name = record.source.clone().into_owned();
        return Err(ReadError::Source { index, source_name });
    }
    // arn:aws:kinesis:<region>:<account>:stream/<name>, and /consumer/<name>:<time> with enhanced fan-out.
    let stream = record
        .arn
        .split_once(":stream/")
        .map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let shard = record
        .event_id
        .split_once(':')
        .map_or("", |(shard, _)| shard);
    Ok((stream, shard))
}

fn chain_of(
    index: usize,
    record: &WireRecord<'_>,
    stream: &str,
    shard: &str,
) -> Result<ChainId, ReadError> {
    ChainId::new(stream, shard).map_err(|source| ReadError::Shard {
        index,
        event_id: record.event_id.clone().into_owned(),
        arn: record.arn.clone().into_owned(),
        source,
    })
}

fn typed(index: usize, record: WireRecord<'_>) -> Result<Record<'_>, ReadError> {
    let seconds = record.kinesis.approximate_arrival_timestamp;
    position::check(&record.kinesis.sequence_number)
        .map_err(|source| ReadError::Position { index, source })?;
    let arrived_at = arrival(seconds).ok_or(ReadError::Arrival { index, seconds })?;
    Ok(Record {
        sequence_number: record.kinesis.sequence_number,
        partition_key: record.kinesis.partition_key,
        arrived_at,
        usage_at: arrived_at,
        region: record.region,
        data: record.kinesis.data,
        action: RecordAction::default(),
    })
}

/// Seconds since 1970 with a fraction, to the nearest millisecond.
fn arrival(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1_000.0).round();
    // Beyond 2^53 an f64 has no whole milliseconds; the year 9999 is far below.
    if !(0.0..9_007_199_254_740_992.0).contains(&milliseconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

#[cfg(test)]
mod tests;
