//! Events of a user onto the stream of a line that runs in another program.

use anyhow::{Context, Result};
use jiff::Timestamp;
use picket_aws::stream::{self, OutgoingRecord, Stream};
use picket_shared::clock::SystemClock;
use serde::Deserialize;
use serde_json::Value;

use crate::{aws::Clients, deploy::stack_outputs, local::Local};

/// The field of an event's time in every workload's contract.
const TIMESTAMP: &str = "timestamp";

/// An event as Lambda gets it from Kinesis, as far as it is put on a stream again.
#[derive(Deserialize)]
struct KinesisEvent {
    #[serde(rename = "Records")]
    records: Vec<KinesisRecord>,
}

#[derive(Deserialize)]
struct KinesisRecord {
    kinesis: Kinesis,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis {
    #[serde(default)]
    partition_key: String,
    data: String,
}

/// A record of each line that is not empty, each with a partition key of its own.
pub fn of_lines(bytes: &[u8]) -> Vec<OutgoingRecord> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(number, line)| OutgoingRecord {
            key: number.to_string(),
            data: line.to_vec(),
        })
        .collect()
}

/// The records of an event as Lambda gets it from Kinesis, to put on a stream again.
pub fn of_event(bytes: &[u8]) -> Result<Vec<OutgoingRecord>> {
    let event: KinesisEvent = serde_json::from_slice(bytes).context("it is no Kinesis event")?;
    let record = |record: KinesisRecord| {
        let data = base64_simd::STANDARD.decode_to_vec(&record.kinesis.data);
        Ok(OutgoingRecord {
            key: record.kinesis.partition_key,
            data: data.map_err(|_| anyhow::anyhow!("the data of a record is not base64"))?,
        })
    };
    event.records.into_iter().map(record).collect()
}

/// Puts the records on the line's stream, in their order, and returns its name.
pub async fn send(line: &Local, records: &[OutgoingRecord]) -> Result<String> {
    let clients = Clients::new(&line.endpoint).await;
    let outputs = stack_outputs(&clients, &line.stack).await?;
    let name = outputs.get("EventStream")?;
    let stream = Stream::new(clients.kinesis(), name);
    stream::put_all(&stream, records, &SystemClock, |_| ()).await?;
    Ok(name.to_owned())
}

/// The records as if the newest event with a time had happened then. The others keep their distance; what is no JSON
/// object with a time stays as it is.
pub fn moved(records: &[OutgoingRecord], newest_at: Timestamp) -> Vec<OutgoingRecord> {
    let time = |record: &OutgoingRecord| {
        let event: Value = serde_json::from_slice(&record.data).ok()?;
        event[TIMESTAMP].as_str()?.parse::<Timestamp>().ok()
    };
    let Some(newest) = records.iter().filter_map(time).max() else {
        return records.to_vec();
    };
    let shift = newest_at.duration_since(newest);
    let moved = |record: &OutgoingRecord| {
        let mut event: Value = serde_json::from_slice(&record.data).ok()?;
        let at = time(record)? + shift;
        event[TIMESTAMP] = at.to_string().into();
        Some(OutgoingRecord {
            key: record.key.clone(),
            data: event.to_string().into_bytes(),
        })
    };
    records
        .iter()
        .map(|record| moved(record).unwrap_or_else(|| record.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> OutgoingRecord {
        OutgoingRecord {
            key: "k".into(),
            data: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_newest_event_happened_then_and_the_others_keep_their_distance() {
        let records = [
            record(r#"{"timestamp":"2026-11-20T06:00:00Z","n":1}"#),
            record(r#"{"timestamp":"2026-11-20T06:05:00Z","n":2}"#),
            record("2026-11-20T06:05:00Z ERROR a line"),
        ];
        let then = "2026-11-29T00:00:00Z".parse().unwrap();
        let texts: Vec<String> = moved(&records, then)
            .into_iter()
            .map(|record| String::from_utf8(record.data).unwrap())
            .collect();
        assert_eq!(
            texts,
            [
                r#"{"timestamp":"2026-11-28T23:55:00Z","n":1}"#,
                r#"{"timestamp":"2026-11-29T00:00:00Z","n":2}"#,
                "2026-11-20T06:05:00Z ERROR a line"
            ]
        );
    }

    #[test]
    fn records_without_a_time_stay_as_they_are() {
        let records = [record("{}"), record("[1]"), record(r#"{"timestamp":7}"#)];
        let then = "2026-11-29T00:00:00Z".parse().unwrap();
        assert_eq!(moved(&records, then), records);
    }
}
