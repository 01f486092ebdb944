//! Kinesis events as Lambda would send them.

use base64_simd::STANDARD;
use serde_json::{Value, json};

/// A record of a shard.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) shard: String,
    pub(crate) sequence_number: String,
    pub(crate) arrived_at_ms: i64,
    pub(crate) payload: Vec<u8>,
}

/// The event of these records.
pub(crate) fn event(records: &[Sent]) -> Vec<u8> {
    let records: Vec<Value> = records.iter().map(record).collect();
    serde_json::to_vec(&json!({ "Records": records })).unwrap()
}

fn record(sent: &Sent) -> Value {
    let Sent {
        shard,
        sequence_number,
        arrived_at_ms,
        payload,
    } = sent;
    let seconds = format!("{}.{:03}", arrived_at_ms / 1_000, arrived_at_ms % 1_000);
    json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "agent",
            "sequenceNumber": sequence_number,
            "data": STANDARD.encode_to_string(payload),
            "approximateArrivalTimestamp": seconds.parse::<f64>().unwrap(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": format!("{shard}:{sequence_number}"),
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/event-processor",
        "awsRegion": "eu-west-1",
        "eventSourceARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/events",
    })
}
