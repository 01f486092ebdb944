//! Kinesis events as Lambda would send them.

use base64_simd::STANDARD;
use md5::{Digest, Md5};
use prost::encode_length_delimiter;
use serde_json::{Value, json};

/// A record of a shard.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) shard: String,
    pub(crate) sequence_number: String,
    pub(crate) partition_key: String,
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
        partition_key,
        arrived_at_ms,
        payload,
    } = sent;
    let seconds = format!("{}.{:03}", arrived_at_ms / 1_000, arrived_at_ms % 1_000);
    json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": partition_key,
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

/// The records as one of the producer library's aggregates: a magic number, protobuf and its MD5.
#[allow(
    dead_code,
    reason = "not every test that sends records sends aggregates"
)]
pub(crate) fn aggregate(records: &[Vec<u8>]) -> Vec<u8> {
    fn field(number: u8, bytes: &[u8], message: &mut Vec<u8>) {
        message.push(number << 3 | 2);
        encode_length_delimiter(bytes.len(), message).unwrap();
        message.extend(bytes);
    }
    let mut message = Vec::new();
    field(1, b"agent", &mut message);
    for data in records {
        // The key's index, 0, and the data.
        let mut record = vec![1 << 3, 0];
        field(3, data, &mut record);
        field(3, &record, &mut message);
    }
    let magic: &[u8] = &[0xf3, 0x89, 0x9a, 0xc2];
    [magic, &message, &Md5::digest(&message)].concat()
}
