//! Entries of the quarantine bucket: Picket's own objects, and the objects in which Lambda keeps discarded batches.

use std::borrow::Cow;

use jiff::Timestamp;
use picket_shared::{
    chain::{ChainId, InvalidChainId},
    position::{InvalidPosition, Position},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::{self, ReadError};

/// The prefix of Picket's own objects.
pub const OURS: &str = "records/";
/// The prefix of a mapping's failure destination (Lambda developer guide, "Retain discarded batch records").
pub const LAMBDAS: &str = "aws/lambda/";

/// An event or a record in the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The object's key.
    pub object: String,
    /// Stream and shard.
    pub chain: ChainId,
    /// The position: of the event where Picket quarantined it, of the record where Lambda discarded it.
    pub position: Position,
    /// The record's partition key.
    pub partition_key: String,
    /// The time of arrival in Kinesis.
    pub arrived_at: Timestamp,
    /// The payload.
    pub data: Vec<u8>,
    /// The reason.
    pub reason: Reason,
}

/// The reason why a record is in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Picket could not read it, for this reason. A commit covers it.
    Unreadable(String),
    /// Lambda discarded it with its batch: the invocation record's `condition`. A commit may cover it.
    Discarded(String),
}

/// The reason why an object does not fit its key.
#[derive(Debug, thiserror::Error)]
pub enum BadObject {
    /// An object of another prefix.
    #[error("it lies neither under {OURS} nor under {LAMBDAS}")]
    Foreign,
    /// A key without stream and shard.
    #[error("its key does not name stream and shard")]
    Key(#[source] InvalidChainId),
    /// Invalid JSON.
    #[error("it cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// An invalid position.
    #[error(transparent)]
    Position(#[from] InvalidPosition),
    /// A payload that is not base64.
    #[error("the payload at {0} is not base64")]
    Data(Position),
    /// The event that Lambda keeps in it cannot be read.
    #[error(transparent)]
    Event(#[from] ReadError),
}

#[derive(Deserialize)]
struct ObjectLine {
    position: String,
    partition_key: String,
    arrived_at: Timestamp,
    reason: String,
    data: String,
}

/// The invocation record that a mapping writes to a bucket; `payload` is the event, as text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InvocationRecord<'a> {
    request_context: RequestContext,
    #[serde(borrow)]
    payload: &'a RawValue,
}

#[derive(Deserialize)]
struct RequestContext {
    condition: String,
}

/// Reads an object by its key.
pub fn read(key: &str, body: &[u8]) -> Result<Vec<Entry>, BadObject> {
    if let Some(path) = key.strip_prefix(OURS) {
        let mut parts = path.split('/');
        let (stream, shard) = (parts.next(), parts.next());
        let chain = ChainId::new(stream.unwrap_or_default(), shard.unwrap_or_default());
        return ours(key, &chain.map_err(BadObject::Key)?, body);
    }
    if key.starts_with(LAMBDAS) {
        return lambdas(key, body);
    }
    Err(BadObject::Foreign)
}

fn ours(key: &str, chain: &ChainId, body: &[u8]) -> Result<Vec<Entry>, BadObject> {
    let lines = serde_json::Deserializer::from_slice(body).into_iter::<ObjectLine>();
    lines
        .map(|line| {
            let line = line?;
            let position: Position = line.position.parse()?;
            Ok(Entry {
                object: key.to_owned(),
                chain: chain.clone(),
                data: decode(&line.data, &position)?,
                position,
                partition_key: line.partition_key,
                arrived_at: line.arrived_at,
                reason: Reason::Unreadable(line.reason),
            })
        })
        .collect()
}

fn lambdas(key: &str, body: &[u8]) -> Result<Vec<Entry>, BadObject> {
    let record: InvocationRecord<'_> = serde_json::from_slice(body)?;
    let payload = match serde_json::from_str::<Cow<'_, str>>(record.payload.get()) {
        Ok(text) => text,
        Err(_) => record.payload.get().into(),
    };
    let mut entries = Vec::new();
    for shard in event::read(payload.as_bytes())? {
        for record_in in &shard.records {
            entries.push(Entry {
                object: key.to_owned(),
                chain: shard.chain.clone(),
                position: record_in.position(0),
                partition_key: record_in.partition_key.clone().into_owned(),
                arrived_at: record_in.arrived_at,
                data: decode(&record_in.data, &record_in.position(0))?,
                reason: Reason::Discarded(record.request_context.condition.clone()),
            });
        }
    }
    Ok(entries)
}

fn decode(data: &str, position: &Position) -> Result<Vec<u8>, BadObject> {
    base64_simd::STANDARD
        .decode_to_vec(data.as_bytes())
        .map_err(|_| BadObject::Data(position.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EVENT: &str = r#"{"Records":[{"kinesis":{"partitionKey":"agent","sequenceNumber":"7","data":"aGVsbG8=","approximateArrivalTimestamp":1795155245.12},
        "eventSource":"aws:kinesis","eventID":"shard-0:7","awsRegion":"eu-west-1","eventSourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/events"}]}"#;

    fn entry(key: &str, position: &str, data: &[u8], reason: Reason) -> Entry {
        Entry {
            object: key.to_owned(),
            chain: ChainId::new("events", "shard-0").unwrap(),
            position: position.parse().unwrap(),
            partition_key: "agent".into(),
            arrived_at: "2026-11-20T06:14:05.12Z".parse().unwrap(),
            data: data.to_vec(),
            reason,
        }
    }

    #[test]
    fn an_invocation_record_of_a_mapping_holds_the_event_as_text() {
        for payload in [json!(EVENT), serde_json::from_str(EVENT).unwrap()] {
            let object = json!({
                "requestContext": {
                    "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
                    "functionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
                    "condition": "RetryAttemptsExhausted",
                    "approximateInvokeCount": 1
                },
                "version": "1.0",
                "KinesisBatchInfo": { "shardId": "shard-0", "batchSize": 1 },
                "payload": payload,
            });
            let key = "aws/lambda/5e39d43a/shard-0/2026/11/20/2026-11-20T06.14.05-1d2c";
            let read = read(key, object.to_string().as_bytes()).unwrap();
            let reason = Reason::Discarded("RetryAttemptsExhausted".into());
            assert_eq!(read, [entry(key, "0017.0000000000", b"hello", reason)]);
        }
    }

    #[test]
    fn our_objects_have_a_line_an_event() {
        let line = json!({
            "position": "0017.0000000003",
            "sequence_number": "7",
            "partition_key": "agent",
            "arrived_at": "2026-11-20T06:14:05.12Z",
            "reason": "the payload is empty",
            "data": "IA==",
        });
        let key = "records/events/shard-0/0017.0000000003-0018.0000000000.ndjson";
        let read = read(key, format!("{line}\n{line}\n").as_bytes()).unwrap();
        let reason = Reason::Unreadable("the payload is empty".into());
        assert_eq!(read, vec![entry(key, "0017.0000000003", b" ", reason); 2]);
    }

    #[test]
    fn what_is_neither_says_why() {
        for (key, body, expected) in [
            (
                "notes.txt",
                "",
                "it lies neither under records/ nor under aws/lambda/",
            ),
            (
                "records/events",
                "{}",
                "its key does not name stream and shard",
            ),
            (
                "records/events/shard-0/x.ndjson",
                "{",
                "it cannot be read: EOF",
            ),
            (
                "aws/lambda/uuid/x",
                "{}",
                "it cannot be read: missing field `requestContext`",
            ),
            (
                "aws/lambda/uuid/x",
                r#"{"requestContext":{"condition":"x"},"payload":"{}"}"#,
                "the event is not a Kinesis event",
            ),
        ] {
            let problem = read(key, body.as_bytes()).unwrap_err().to_string();
            assert!(problem.starts_with(expected), "{problem}");
        }
    }
}
