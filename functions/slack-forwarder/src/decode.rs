//! Which decoder takes which message: one table, read from the top.

use picket_shared::{
    alarm::{self, Alarm},
    fleet::{CostReport, FleetMessage, RemediationMessage},
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::message::{Body, Message};

/// What a message turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Its kind: what routes match on first.
    pub kind: Kind,
    /// What it says.
    pub content: Content,
}

/// The kinds of message, as routes and the command line name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A CloudWatch alarm's change of state.
    Alarm,
    /// Our cost reporter's.
    CostReport,
    /// Our remediator's.
    Remediation,
    /// Any other JSON.
    Json,
    /// Anything else.
    Text,
}

/// What a message says, typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// See [`Kind::Alarm`].
    Alarm(Box<Alarm>),
    /// See [`Kind::CostReport`].
    CostReport(Box<CostReport>),
    /// See [`Kind::Remediation`].
    Remediation(Box<RemediationMessage>),
    /// See [`Kind::Json`].
    Json(Value),
    /// See [`Kind::Text`].
    Text(String),
}

type Decoder = fn(&Message) -> Option<Content>;

/// The table. The dedicated decoders exclude one another; of the two generic ones exactly one takes any message.
const DECODERS: [(Kind, Decoder); 5] = [
    (Kind::Alarm, alarm),
    (Kind::CostReport, cost_report),
    (Kind::Remediation, remediation),
    (Kind::Json, json),
    (Kind::Text, text),
];

impl Kind {
    /// The word used in routes, logs and the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::CostReport => "cost-report",
            Self::Remediation => "remediation",
            Self::Json => "json",
            Self::Text => "text",
        }
    }

    /// False where the generic form has to serve.
    pub const fn is_dedicated(self) -> bool {
        !matches!(self, Self::Json | Self::Text)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Decodes a message; every message is taken.
pub fn decode(message: &Message) -> Decoded {
    DECODERS
        .iter()
        .find_map(|(kind, take)| {
            Some(Decoded {
                kind: *kind,
                content: take(message)?,
            })
        })
        .expect("a body is JSON or text, and each has its decoder")
}

fn alarm(message: &Message) -> Option<Content> {
    let alarm = alarm::read_any(json_body(message)?).ok()?;
    Some(Content::Alarm(Box::new(alarm)))
}

fn cost_report(message: &Message) -> Option<Content> {
    match fleet(message)? {
        FleetMessage::CostReport(report) => Some(Content::CostReport(report)),
        _ => None,
    }
}

fn remediation(message: &Message) -> Option<Content> {
    match fleet(message)? {
        FleetMessage::Remediation(remediation) => Some(Content::Remediation(remediation)),
        _ => None,
    }
}

fn json(message: &Message) -> Option<Content> {
    json_body(message).cloned().map(Content::Json)
}

fn text(message: &Message) -> Option<Content> {
    match &message.body {
        Body::Text(text) => Some(Content::Text(text.clone())),
        Body::Json(_) => None,
    }
}

/// A message of ours. One that this build cannot read is shown in the generic form: an alert is better plain than late.
fn fleet(message: &Message) -> Option<FleetMessage> {
    FleetMessage::read(json_body(message)?)?.ok()
}

fn json_body(message: &Message) -> Option<&Value> {
    match &message.body {
        Body::Json(value) => Some(value),
        Body::Text(_) => None,
    }
}
