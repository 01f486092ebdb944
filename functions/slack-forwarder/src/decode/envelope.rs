//! The envelope of an event: the messages in it, and the response that its sender expects.

use jiff::Timestamp;
use picket_rules::routes::AlertKind;
use serde_json::Value;

use crate::{
    decode,
    message::{Body, Message},
};

/// An event, opened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// SNS, EventBridge or an alarm's action invoked the function, asynchronously: a failure is an error.
    Event(Vec<Message>),
    /// The failure queue brought events back: a failure names the message that stays in the queue.
    Redelivery(Vec<FailedRecord>),
}

/// A message of the failure queue.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedRecord {
    /// SQS's id of it, by which it is reported as failed.
    pub receipt: String,
    /// The request that failed, from the on-failure record: the delivery log has its messages under this id.
    pub request: Option<String>,
    /// When it came into the queue, by SQS's clock; without that, when Lambda gave up on the event, from the on-failure
    /// record.
    pub failed_at: Option<Timestamp>,
    /// The messages of the event.
    pub messages: Vec<Message>,
}

/// An event that nothing dedicated recognises. It is not lost: it is one message, to be shown in the generic form.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "the event is neither SNS records, records of a queue, an EventBridge event nor a document of a known kind; it is forwarded in the generic form"
)]
pub struct Unrecognised(Box<Message>);

impl Unrecognised {
    /// The event as one message.
    pub fn into_generic(self) -> Input {
        Input::Event(vec![*self.0])
    }
}

impl Input {
    /// Its messages, in order.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        let (event, failed_records): (&[Message], &[FailedRecord]) = match self {
            Self::Event(messages) => (messages, &[]),
            Self::Redelivery(failed_records) => (&[], failed_records),
        };
        event.iter().chain(
            failed_records
                .iter()
                .flat_map(|failed_record| &failed_record.messages),
        )
    }
}

/// Opens an event. Total: what is not recognised comes back as an error that still holds the message.
pub fn read(bytes: &[u8]) -> Result<Input, Unrecognised> {
    let body = Body::of_bytes(bytes);
    if let Body::Json(event) = &body {
        if let Some(messages) = sns_records(event) {
            return Ok(Input::Event(messages));
        }
        if let Some(failed_records) = queue_records(event) {
            return Ok(Input::Redelivery(failed_records));
        }
    }
    let notification = match &body {
        Body::Json(event) => Message::of_envelope(event),
        Body::Text(_) => None,
    };
    if let Some(message) = notification {
        return Ok(Input::Event(vec![message]));
    }
    let message = Message::bare(body);
    if is_recognised(&message) {
        return Ok(Input::Event(vec![message]));
    }
    match piped(&message.body) {
        Some(messages) => Ok(Input::Event(messages)),
        None => Err(Unrecognised(Box::new(message))),
    }
}

fn is_recognised(message: &Message) -> bool {
    let kind = decode::decode(message).kind;
    kind.is_dedicated() || kind == AlertKind::Event
}

/// The messages of a bare array, as EventBridge Pipes sends its batches: records of a queue, or what its input template
/// makes of them. `None` where an entry is nothing that is recognised.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-source.html>
fn piped(body: &Body) -> Option<Vec<Message>> {
    let Body::Json(Value::Array(entries)) = body else {
        return None;
    };
    let messages: Option<Vec<_>> = entries.iter().map(piped_entry).collect();
    let messages: Vec<_> = messages?.into_iter().flatten().collect();
    (!messages.is_empty()).then_some(messages)
}

fn piped_entry(entry: &Value) -> Option<Vec<Message>> {
    if entry.get("eventSource").and_then(Value::as_str) == Some("aws:sqs") {
        return Some(failed_record(entry).messages);
    }
    // An input template of the body alone makes texts.
    let body = match entry {
        Value::String(text) => Body::of_text(text),
        entry => Body::Json(entry.clone()),
    };
    if let Body::Json(document) = &body
        && let Some(message) = Message::of_envelope(document)
    {
        return Some(vec![message]);
    }
    let message = Message::bare(body);
    is_recognised(&message).then(|| vec![message])
}

fn records<'a>(event: &'a Value, source_key: &str, source: &str) -> Option<&'a [Value]> {
    let records = event.get("Records")?.as_array()?;
    let of_source = |record: &Value| record.get(source_key).and_then(Value::as_str) == Some(source);
    (!records.is_empty() && records.iter().all(of_source)).then_some(records)
}

fn sns_records(event: &Value) -> Option<Vec<Message>> {
    records(event, "EventSource", "aws:sns").map(|records| {
        records
            .iter()
            .map(|record| {
                record
                    .get("Sns")
                    .and_then(Message::of_sns)
                    .unwrap_or_else(|| whole(record))
            })
            .collect()
    })
}

fn queue_records(event: &Value) -> Option<Vec<FailedRecord>> {
    records(event, "eventSource", "aws:sqs")
        .map(|records| records.iter().map(failed_record).collect())
}

/// A message of the failure queue.
fn failed_record(record: &Value) -> FailedRecord {
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    let message = Message::of_queue_record(record);
    let request = request_id(&message.body);
    let (messages, failed_at) = match &message.body {
        Body::Json(failure) => failed_event(failure).or_else(|| undelivered(failure)),
        Body::Text(_) => None,
    }
    .unwrap_or_else(|| (vec![message], None));
    let failed_at = sent_at(record).or(failed_at);
    FailedRecord {
        receipt: text("messageId").to_owned(),
        request,
        failed_at,
        messages,
    }
}

/// SQS's `SentTimestamp`: milliseconds since 1970, as text.
fn sent_at(record: &Value) -> Option<Timestamp> {
    let milliseconds = record.pointer("/attributes/SentTimestamp")?.as_str()?;
    Timestamp::from_millisecond(milliseconds.parse().ok()?).ok()
}

/// The id of the request that an on-failure record is about.
fn request_id(body: &Body) -> Option<String> {
    let Body::Json(failure) = body else {
        return None;
    };
    let id = failure.pointer("/requestContext/requestId")?.as_str()?;
    Some(id.to_owned())
}

/// Lambda's on-failure record: `requestPayload` is the event that failed.
fn failed_event(failure: &Value) -> Option<(Vec<Message>, Option<Timestamp>)> {
    let request = failure.get("requestPayload")?;
    let messages = sns_records(request).unwrap_or_else(|| vec![whole(request)]);
    Some((messages, timestamp(failure, "timestamp")))
}

/// The notification that SNS could not deliver, from the queue of its subscription's redrive policy.
fn undelivered(notification: &Value) -> Option<(Vec<Message>, Option<Timestamp>)> {
    let message = Message::of_envelope(notification)?;
    Some((vec![message], timestamp(notification, "Timestamp")))
}

fn timestamp(value: &Value, name: &str) -> Option<Timestamp> {
    value.get(name)?.as_str()?.parse().ok()
}

fn whole(value: &Value) -> Message {
    Message::bare(Body::of_text(&value.to_string()))
}

#[cfg(test)]
mod tests;
