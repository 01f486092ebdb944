//! Answers and events.

use serde_json::{Value, json};

use super::{super::super::*, CRITICAL};
use crate::{sinks::Answer, testing};

pub(crate) fn answer(status: u16, body: &str) -> Answer {
    Answer::Answered {
        status,
        retry_after: None,
        body: body.to_owned(),
    }
}

pub(crate) fn texts(count: usize) -> Value {
    let messages: Vec<String> = (0..count).map(|index| format!("message {index}")).collect();
    testing::sns_event(CRITICAL, &messages)
}

pub(crate) fn failure(receipt: &str, failed_at: &str, message: &str) -> Value {
    let mut event = testing::sns_event(CRITICAL, &[message.to_owned()]);
    event["Records"][0]["Sns"]["MessageId"] = json!(format!("id-{receipt}"));
    let record = json!({"version": "1.0", "timestamp": failed_at, "requestPayload": event});
    json!({"eventSource": "aws:sqs", "messageId": receipt, "body": record.to_string()})
}

pub(crate) fn batch(receipts: &[&str]) -> Response {
    let failures = receipts
        .iter()
        .map(|receipt| BatchItemFailure {
            receipt: (*receipt).to_owned(),
        })
        .collect();
    Response::Batch { failures }
}

/// An event that Lambda gave up just before, as the failure queue brings it back.
pub(crate) fn redelivered(event: &[u8]) -> Vec<u8> {
    let event: Value = serde_json::from_slice(event).unwrap();
    let record = json!({"version": "1.0", "timestamp": "2026-11-20T06:12:00Z", "requestPayload": event,
        "requestContext": {"requestId": "b"}});
    let parcel =
        json!({"eventSource": "aws:sqs", "messageId": "parcel", "body": record.to_string()});
    json!({ "Records": [parcel] }).to_string().into_bytes()
}
