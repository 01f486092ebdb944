//! The Kinesis event as Lambda sends it, borrowed from the invocation's body.
//!
//! Our own types: `aws_lambda_events` reads the fraction of `approximateArrivalTimestamp` as a count of milliseconds
//! (`.120` becomes 12 ms), and copies every record.

use std::borrow::Cow;

use jiff::Timestamp;
use picket_shared::{
    chain::{ChainId, InvalidChainId},
    position::{InvalidPosition, Position},
};
use serde::Deserialize;

/// The records of one shard, in the shard's order, each once.
#[derive(Debug)]
pub struct ShardRecords<'a> {
    /// Stream and shard.
    pub chain: ChainId,
    /// The records.
    pub records: Vec<Record<'a>>,
}

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// The place of its first event.
    pub position: Position,
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
}

impl Record<'_> {
    /// The place of the record's event with this index.
    pub fn event_position(&self, sub: u32) -> Position {
        if sub == 0 {
            return self.position.clone();
        }
        Position::new(&self.sequence_number, sub)
            .expect("the record's own position was made from the same number")
    }
}

/// Why bytes are not a Kinesis event. Nothing of the batch is lost: the invocation fails and Lambda keeps the records.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or not the shape of a Kinesis event.
    #[error(
        "the event is not a Kinesis event as Lambda sends it: {problem}; check what invokes this function"
    )]
    Shape {
        /// What, and where.
        problem: String,
    },
    /// Records of another source.
    #[error(
        "record {index} comes from {source_name:?}, not from aws:kinesis; check what invokes this function"
    )]
    Source {
        /// Which record, from 0.
        index: usize,
        /// Its `eventSource`.
        source_name: String,
    },
    /// No stream or shard.
    #[error(
        "record {index} does not say its stream and shard: eventID {event_id:?}, eventSourceARN {arn:?}"
    )]
    Shard {
        /// Which record, from 0.
        index: usize,
        /// Its `eventID`.
        event_id: String,
        /// Its `eventSourceARN`.
        arn: String,
        /// What was wrong.
        #[source]
        source: InvalidChainId,
    },
    /// A sequence number that is none.
    #[error("record {index} cannot be placed in its shard")]
    Position {
        /// Which record, from 0.
        index: usize,
        /// What was wrong.
        #[source]
        source: InvalidPosition,
    },
    /// An arrival outside time.
    #[error("record {index} arrived at {seconds} s since 1970, which is no time")]
    Arrival {
        /// Which record, from 0.
        index: usize,
        /// Its `approximateArrivalTimestamp`.
        seconds: f64,
    },
}

#[derive(Deserialize)]
struct WireEvent<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<WireRecord<'a>>,
}

#[derive(Deserialize)]
struct WireRecord<'a> {
    #[serde(borrow)]
    kinesis: WireKinesis<'a>,
    #[serde(rename = "eventSource", borrow)]
    source: Cow<'a, str>,
    #[serde(rename = "eventID", borrow)]
    event_id: Cow<'a, str>,
    #[serde(rename = "awsRegion", borrow)]
    region: Cow<'a, str>,
    #[serde(rename = "eventSourceARN", borrow)]
    arn: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireKinesis<'a> {
    #[serde(borrow)]
    sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    partition_key: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
    approximate_arrival_timestamp: f64,
}

/// Reads an event. Lambda sends one shard an invocation; an event of several, made by hand, is taken shard by shard.
pub fn read(bytes: &[u8]) -> Result<Vec<ShardRecords<'_>>, ReadError> {
    let event: WireEvent<'_> = sonic_rs::from_slice(bytes).map_err(|error| shape(&error))?;
    let mut shards: Vec<ShardRecords<'_>> = Vec::new();
    for (index, record) in event.records.into_iter().enumerate() {
        let (stream, shard) = source_of(index, &record)?;
        let known = shards
            .iter_mut()
            .rposition(|known| known.chain.stream() == stream && known.chain.shard() == shard);
        let place = match known {
            Some(place) => place,
            None => {
                shards.push(ShardRecords {
                    chain: chain_of(index, &record, stream, shard)?,
                    records: Vec::new(),
                });
                shards.len() - 1
            }
        };
        shards[place].records.push(typed(index, record)?);
    }
    for shard in &mut shards {
        shard.records.sort_by(|a, b| a.position.cmp(&b.position));
        shard.records.dedup_by(|a, b| a.position == b.position);
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

/// Stream and shard; empty where the record does not say them.
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
    Ok(Record {
        position: Position::new(&record.kinesis.sequence_number, 0)
            .map_err(|source| ReadError::Position { index, source })?,
        sequence_number: record.kinesis.sequence_number,
        partition_key: record.kinesis.partition_key,
        arrived_at: arrival(seconds).ok_or(ReadError::Arrival { index, seconds })?,
        region: record.region,
        data: record.kinesis.data,
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(shard: &str, sequence_number: &str, arrival: &str) -> String {
        format!(
            r#"{{"kinesis":{{"kinesisSchemaVersion":"1.0","partitionKey":"a\"b","sequenceNumber":"{sequence_number}","data":"e30=","approximateArrivalTimestamp":{arrival}}},
                "eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"{shard}:{sequence_number}","eventName":"aws:kinesis:record",
                "invokeIdentityArn":"arn:aws:iam::123456789012:role/r","awsRegion":"eu-west-1",
                "eventSourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/orders"}}"#
        )
    }

    fn event(records: &[String]) -> String {
        format!(r#"{{"Records":[{}]}}"#, records.join(","))
    }

    #[test]
    fn a_record_is_read_whole() {
        let event = event(&[record("shardId-000000000006", "4959", "1545084650.987")]);
        let shards = read(event.as_bytes()).unwrap();
        assert_eq!(shards[0].chain.to_string(), "orders/shardId-000000000006");
        let record = &shards[0].records[0];
        assert_eq!(record.position, Position::new("4959", 0).unwrap());
        assert_eq!(record.arrived_at.to_string(), "2018-12-17T22:10:50.987Z");
        assert_eq!((&*record.partition_key, &*record.data), ("a\"b", "e30="));
        assert_eq!(
            (&*record.region, &*record.sequence_number),
            ("eu-west-1", "4959")
        );
    }

    #[test]
    fn a_fraction_is_a_fraction_of_a_second() {
        for (text, milliseconds) in [
            ("1545084650.12", 1_545_084_650_120),
            ("1545084650.5", 1_545_084_650_500),
            ("1545084650.0004", 1_545_084_650_000),
            ("1545084650.98765", 1_545_084_650_988),
            ("1.545084650987E9", 1_545_084_650_987),
            ("1545084650", 1_545_084_650_000),
        ] {
            let event = event(&[record("s", "1", text)]);
            let arrived_at = read(event.as_bytes()).unwrap()[0].records[0].arrived_at;
            assert_eq!(arrived_at.as_millisecond(), milliseconds, "{text}");
        }
    }

    #[test]
    fn records_come_in_their_shards_order_and_once() {
        let event = event(&[
            record("s", "10", "1"),
            record("t", "1", "1"),
            record("s", "9", "1"),
            record("s", "10", "1"),
        ]);
        let shards = read(event.as_bytes()).unwrap();
        let numbers: Vec<Vec<&str>> = shards
            .iter()
            .map(|shard| {
                shard
                    .records
                    .iter()
                    .map(|record| &*record.sequence_number)
                    .collect()
            })
            .collect();
        assert_eq!(numbers, [vec!["9", "10"], vec!["1"]]);
    }

    #[test]
    fn an_empty_batch_is_no_shard() {
        assert!(read(br#"{"Records":[]}"#).unwrap().is_empty());
    }

    #[test]
    fn enhanced_fan_out_names_the_same_stream() {
        let event = event(&[record("s", "1", "1")])
            .replace("stream/orders", "stream/orders/consumer/picket:1545084650");
        assert_eq!(read(event.as_bytes()).unwrap()[0].chain.stream(), "orders");
    }

    #[test]
    fn what_is_no_kinesis_event_is_refused_with_the_reason() {
        let good = event(&[record("s", "1", "1")]);
        for (text, part) in [
            (String::new(), "EOF"),
            ("{".to_owned(), "not a Kinesis event"),
            ("null".to_owned(), "not a Kinesis event"),
            ("{}".to_owned(), "missing field `Records`"),
            (r#"{"Records":[{}]}"#.to_owned(), "missing field"),
            (
                good.replace("aws:kinesis\"", "aws:sqs\""),
                "record 0 comes from \"aws:sqs\"",
            ),
            (good.replace("s:1", "s1"), "stream and shard"),
            (
                good.replace("stream/orders", "table/orders"),
                "stream and shard",
            ),
            (
                good.replace("\"sequenceNumber\":\"1\"", "\"sequenceNumber\":\"x\""),
                "cannot be placed",
            ),
            (good.replace("Timestamp\":1", "Timestamp\":-1"), "no time"),
            (
                good.replace("Timestamp\":1", "Timestamp\":1e300"),
                "no time",
            ),
        ] {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
        assert!(read(b"{\"Records\":[\xff]}").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn a_cut_event_is_refused(cut in 0_usize..400) {
            let event = event(&[record("s", "1", "1")]);
            prop_assert!(read(&event.as_bytes()[..cut.min(event.len() - 1)]).is_err());
        }

        #[test]
        fn every_millisecond_is_kept(milliseconds in 0_i64..4_102_444_800_000) {
            let text = format!("{}.{:03}", milliseconds / 1_000, milliseconds % 1_000);
            prop_assert_eq!(arrival(text.parse().unwrap()).unwrap().as_millisecond(), milliseconds);
        }
    }
}
