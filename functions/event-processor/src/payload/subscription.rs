//! What a CloudWatch Logs subscription filter puts on the stream: an envelope with log events, gzipped
//! (CloudWatch Logs user guide, "Real-time processing of log data with subscriptions").

use std::borrow::Cow;

use jiff::Timestamp;
use picket_rules::{filter::Lookups, metrics::Source};
use serde::Deserialize;

use super::{Payload, Unreadable, looks_like_json, slow_path_fields};

/// The fields that identify an envelope before the whole is read: other JSON is no envelope.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    #[serde(borrow)]
    message_type: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    message_type: Cow<'a, str>,
    #[serde(borrow)]
    log_group: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) log_events: Vec<LogEvent<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LogEvent<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    /// Milliseconds since 1970.
    timestamp: i64,
    #[serde(borrow)]
    pub(super) message: Cow<'a, str>,
}

const CONTROL: &str = "CONTROL_MESSAGE";
const DATA: &str = "DATA_MESSAGE";

impl<'a> Envelope<'a> {
    /// Reads an envelope; `None` where the text is something else.
    pub(super) fn read(text: &'a str) -> Option<Result<Self, Unreadable>> {
        if !text.starts_with('{') || !slow_path_fields::may_be_envelope(text) {
            return None;
        }
        let header: Header<'_> = serde_json::from_str(text).ok()?;
        if ![CONTROL, DATA].contains(&&*header.message_type) {
            return None;
        }
        let envelope = serde_json::from_str(text)
            .map_err(|error| Unreadable::BrokenSubscription(error.to_string()));
        Some(envelope.and_then(Self::filled))
    }

    fn filled(self) -> Result<Self, Unreadable> {
        if self.message_type == DATA && self.log_events.is_empty() {
            let reason = "it holds no log events".to_owned();
            return Err(Unreadable::BrokenSubscription(reason));
        }
        Ok(self)
    }

    pub(super) fn is_control(&self) -> bool {
        self.message_type == CONTROL
    }

    /// Whether the log group is one of the stack's, whose names CloudFormation makes: `<stack>-<logical id>-…`, with or
    /// without Lambda's prefix.
    pub(super) fn is_of(&self, stack: &str) -> bool {
        let name = self
            .log_group
            .strip_prefix("/aws/lambda/")
            .unwrap_or(&self.log_group);
        name.strip_prefix(stack)
            .is_some_and(|rest| rest.starts_with('-'))
    }
}

impl LogEvent<'_> {
    /// Reads the message as an event. One that begins like JSON and is not is a line of text: applications log such.
    /// Its source is a log line unless it is an entry of Bedrock's model invocation log.
    pub(super) fn payload(&self, lookups: &Lookups) -> Result<Payload<'_>, Unreadable> {
        let mut payload = Payload::from_text(self.message.trim())?;
        payload.id = Some(&self.id);
        payload.at = Timestamp::from_millisecond(self.timestamp).ok();
        if looks_like_json(payload.text) {
            match payload.read(lookups) {
                Ok(()) | Err(Unreadable::BrokenJson(_)) => {}
                Err(unreadable) => return Err(unreadable),
            }
        }
        if payload.source == Source::Events {
            payload.source = Source::LogLines;
        }
        Ok(payload)
    }
}
