//! The events of this function: alarms, follow-ups of its own changes, and decisions on its plans.

use picket_shared::alarm::{self, Alarm};
use serde::Deserialize;
use serde_json::Value;

use crate::audit::Key;

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Alarms, over SNS, from EventBridge or as a direct action.
    Alarms(Alarms),
    /// A follow-up of a row's change, by EventBridge Scheduler.
    FollowUp(Key),
    /// A person's decision on a plan, by an invocation of this function.
    Decision {
        /// The plan's id.
        plan: String,
        /// The decision.
        decision: Decision,
        /// Who decides, as the caller says.
        by: String,
    },
}

/// A decision on a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The plan is carried out.
    Approve,
    /// It is not.
    Decline,
}

/// The alarms of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarms {
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
        "the event is neither an SNS event nor an alarm from EventBridge or of a direct action, nor one of Picket's own"
    )]
    NotOurs(#[source] alarm::NotAnAlarm),
}

/// An event of Picket's own: `{"picket":{"kind":…,"version":1},…}`. SNS, EventBridge and alarms cannot send one, since
/// what they send has a form of their own; who may invoke this function can.
#[derive(Deserialize)]
struct Own {
    picket: Header,
    #[serde(flatten)]
    body: Body,
}

#[derive(Deserialize)]
struct Header {
    kind: Kind,
    version: u32,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    FollowUp,
    Approval,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    FollowUp {
        target: String,
        entry: String,
    },
    Approval {
        plan: String,
        decision: Decision,
        by: String,
    },
}

/// The version of Picket's own events.
const VERSION: u32 = 1;

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
    if let Some(input) = own(&event) {
        return Ok(input);
    }
    match SnsEvent::deserialize(&event) {
        // An empty list is not an SNS event: SNS sends one message at a time.
        Ok(SnsEvent { records }) if !records.is_empty() => {
            return Ok(Input::Alarms(from_topic(&records)));
        }
        _ => {}
    }
    let alarm = alarm::from_event_bridge(&event)
        .or_else(|_| alarm::from_direct_action(&event))
        .map_err(InvalidInput::NotOurs)?;
    Ok(Input::Alarms(Alarms {
        alarms: vec![alarm],
        passed_over: Vec::new(),
    }))
}

fn own(event: &Value) -> Option<Input> {
    let own = Own::deserialize(event).ok()?;
    match (own.picket.kind, own.picket.version, own.body) {
        (Kind::FollowUp, VERSION, Body::FollowUp { target, entry }) => {
            Some(Input::FollowUp(Key { target, entry }))
        }
        (Kind::Approval, VERSION, Body::Approval { plan, decision, by }) => {
            Some(Input::Decision { plan, decision, by })
        }
        (Kind::FollowUp | Kind::Approval, _, _) => None,
    }
}

fn from_topic(records: &[SnsRecord]) -> Alarms {
    let mut input = Alarms {
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
