use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Discard, Record};

/// An event's origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The stream's ARN.
    pub stream_arn: String,
    /// The function's ARN.
    pub function_arn: String,
    /// The mapping's UUID.
    pub mapping: String,
    /// The region.
    pub region: String,
}

/// The event that Lambda makes of a batch.
pub fn kinesis_event(origin: &Origin, shard: &str, batch: &[Record]) -> Value {
    let record = |record: &Record| {
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record.partition_key,
                "sequenceNumber": record.sequence_number,
                "data": base64_simd::STANDARD.encode_to_string(&record.data),
                "approximateArrivalTimestamp": seconds(record.arrived_at),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("{shard}:{}", record.sequence_number),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": origin.function_arn,
            "awsRegion": origin.region,
            "eventSourceARN": origin.stream_arn,
        })
    };
    json!({ "Records": batch.iter().map(record).collect::<Vec<_>>() })
}

/// Lambda's timestamps are seconds with three decimals.
fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

/// The key of an invocation record in the failure bucket: `aws/lambda/<mapping>/<shard>/<day>/<time>-<first sequence
/// number>`. Lambda ends it with a random UUID; the first sequence number distinguishes records as well, and is the
/// same in each run.
pub fn failure_key(origin: &Origin, shard: &str, discard: &Discard, now: Timestamp) -> String {
    let first = discard
        .records
        .first()
        .map_or("none", |record| &record.sequence_number);
    let day = now.strftime("%Y/%m/%d");
    let time = now.strftime("%Y-%m-%dT%H.%M.%S");
    format!("aws/lambda/{}/{shard}/{day}/{time}-{first}", origin.mapping)
}

/// The invocation record that Lambda writes to an S3 destination: for S3 alone with the whole event in `payload`.
pub fn failure_record(origin: &Origin, shard: &str, discard: &Discard, now: Timestamp) -> Value {
    let (first, last) = (discard.records.first(), discard.records.last());
    let arrived = |record: Option<&Record>| record.map(|record| record.arrived_at.to_string());
    let number = |record: Option<&Record>| record.map(|record| record.sequence_number.clone());
    json!({
        "requestContext": {
            "functionArn": origin.function_arn,
            "condition": discard.reason.as_str(),
            "approximateInvokeCount": discard.attempts,
        },
        "version": "1.0",
        "timestamp": now.to_string(),
        "KinesisBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": number(first),
            "endSequenceNumber": number(last),
            "approximateArrivalOfFirstRecord": arrived(first),
            "approximateArrivalOfLastRecord": arrived(last),
            "batchSize": discard.records.len(),
            "streamArn": origin.stream_arn,
        },
        "payload": kinesis_event(origin, shard, &discard.records).to_string(),
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::poller::Reason;

    fn origin() -> Origin {
        Origin {
            stream_arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s".into(),
            function_arn: "arn:aws:lambda:us-east-1:000000000000:function:f".into(),
            mapping: "uuid".into(),
            region: "us-east-1".into(),
        }
    }

    fn record() -> Record {
        let arrived = Timestamp::from_millisecond(1_700_159_400_123).unwrap();
        Record::new("0012", "agent", Bytes::from_static(b"{}"), arrived).unwrap()
    }

    #[test]
    fn the_event_is_the_one_lambda_makes() {
        let event = kinesis_event(&origin(), "shardId-000000000000", &[record()]);
        let first = &event["Records"][0];
        assert_eq!(first["eventID"], "shardId-000000000000:0012");
        assert_eq!(first["kinesis"]["data"], "e30=");
        assert_eq!(
            first["kinesis"]["approximateArrivalTimestamp"].to_string(),
            "1700159400.123"
        );
    }

    #[test]
    fn the_failure_record_carries_the_whole_event() {
        let discard = Discard {
            records: vec![record()],
            reason: Reason::RecordAgeExceeded,
            attempts: 3,
        };
        let now = Timestamp::from_second(1_700_159_461).unwrap();
        let kept = failure_record(&origin(), "s0", &discard, now);
        assert_eq!(kept["requestContext"]["condition"], "RecordAgeExceeded");
        assert_eq!(kept["KinesisBatchInfo"]["batchSize"], 1);
        let payload: Value = serde_json::from_str(kept["payload"].as_str().unwrap()).unwrap();
        assert_eq!(payload, kinesis_event(&origin(), "s0", &[record()]));
        assert_eq!(
            failure_key(&origin(), "s0", &discard, now),
            "aws/lambda/uuid/s0/2023/11/16/2023-11-16T18.31.01-0012"
        );
    }
}
