//! The events that carry alarms.

use picket_shared::alarm::{self, Alarm};
use serde::Deserialize;
use serde_json::Value;

/// The alarms of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The alarms' changes of state, in the order of the event.
    pub alarms: Vec<Alarm>,
    /// Other messages of the topic, a sentence each: they are ignored, and no error.
    pub passed_over: Vec<String>,
}

/// The reason why an event is refused.
#[derive(Debug, thiserror::Error)]
pub enum InvalidInput {
    /// It is not JSON.
    #[error("the event is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It is JSON of another source.
    #[error(
        "the event is neither an SNS event nor an alarm from EventBridge or of a direct action"
    )]
    NotOurs(#[source] alarm::NotAnAlarm),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnsEvent {
    records: Vec<SnsRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnsRecord {
    sns: SnsMessage,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnsMessage {
    message: String,
    #[serde(default)]
    message_id: String,
}

/// Reads an event; one that carries neither a topic's messages nor an alarm is refused.
pub fn read(event: &[u8]) -> Result<Input, InvalidInput> {
    let event: Value = serde_json::from_slice(event).map_err(InvalidInput::NotJson)?;
    match SnsEvent::deserialize(&event) {
        // An empty list is not an SNS event: SNS sends one message at a time.
        Ok(SnsEvent { records }) if !records.is_empty() => return Ok(from_topic(&records)),
        _ => {}
    }
    let alarm = alarm::from_event_bridge(&event)
        .or_else(|_| alarm::from_direct_action(&event))
        .map_err(InvalidInput::NotOurs)?;
    Ok(Input {
        alarms: vec![alarm],
        passed_over: Vec::new(),
    })
}

fn from_topic(records: &[SnsRecord]) -> Input {
    let mut input = Input {
        alarms: Vec::new(),
        passed_over: Vec::new(),
    };
    for SnsRecord { sns } in records {
        match alarm_of(&sns.message) {
            Ok(alarm) => input.alarms.push(alarm),
            Err(reason) => input
                .passed_over
                .push(format!("SNS message {}: {reason}", sns.message_id)),
        }
    }
    input
}

fn alarm_of(message: &str) -> Result<Alarm, String> {
    let value: Value = serde_json::from_str(message).map_err(|_| "not JSON".to_owned())?;
    alarm::read_any(&value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
