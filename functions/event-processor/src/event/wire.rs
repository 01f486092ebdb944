//! The event's JSON, as Lambda writes it, and as EventBridge Pipes does.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
struct WireEvent<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<WireRecord<'a>>,
}

/// Reads the records of an event, or of the array that a pipe sends.
pub(super) fn records(bytes: &[u8]) -> Result<Vec<WireRecord<'_>>, sonic_rs::Error> {
    if is_of_pipe(bytes) {
        let records: Vec<PipedRecord<'_>> = sonic_rs::from_slice(bytes)?;
        return Ok(records.into_iter().map(WireRecord::from).collect());
    }
    let event: WireEvent<'_> = sonic_rs::from_slice(bytes)?;
    Ok(event.records)
}

#[derive(Deserialize)]
pub(super) struct WireRecord<'a> {
    #[serde(borrow)]
    pub(super) kinesis: WireKinesis<'a>,
    #[serde(rename = "eventSource", borrow)]
    pub(super) source: Cow<'a, str>,
    #[serde(rename = "eventID", borrow)]
    pub(super) event_id: Cow<'a, str>,
    #[serde(rename = "awsRegion", borrow)]
    pub(super) region: Cow<'a, str>,
    #[serde(rename = "eventSourceARN", borrow)]
    pub(super) arn: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireKinesis<'a> {
    #[serde(borrow)]
    pub(super) sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) partition_key: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) data: Cow<'a, str>,
    pub(super) approximate_arrival_timestamp: f64,
}

/// Whether the bytes are an array, as a pipe sends it; it is never empty.
pub(super) fn is_of_pipe(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"[")
}

/// A record of a pipe: the fields of `kinesis` stand beside the others
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PipedRecord<'a> {
    #[serde(borrow)]
    sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    partition_key: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
    approximate_arrival_timestamp: f64,
    #[serde(borrow)]
    event_source: Cow<'a, str>,
    #[serde(rename = "eventID", borrow)]
    event_id: Cow<'a, str>,
    #[serde(borrow)]
    aws_region: Cow<'a, str>,
    #[serde(rename = "eventSourceARN", borrow)]
    event_source_arn: Cow<'a, str>,
}

impl<'a> From<PipedRecord<'a>> for WireRecord<'a> {
    fn from(record: PipedRecord<'a>) -> Self {
        Self {
            kinesis: WireKinesis {
                sequence_number: record.sequence_number,
                partition_key: record.partition_key,
                data: record.data,
                approximate_arrival_timestamp: record.approximate_arrival_timestamp,
            },
            source: record.event_source,
            event_id: record.event_id,
            region: record.aws_region,
            arn: record.event_source_arn,
        }
    }
}
