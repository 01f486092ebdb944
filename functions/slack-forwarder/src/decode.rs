//! Decoding: each message becomes its kind and its content, by the first row of the table of `services` that accepts
//! it.

mod any;
mod dead_letter;
pub mod envelope;
mod event;
pub(crate) mod lenient;
pub mod notice;
mod presentable;
mod scan;
mod services;
mod subject;
mod table;

use picket_rules::routes::AlertKind;
use picket_shared::{
    alarm::Alarm,
    fleet::{CostReport, HealthReport, RemediationMessage},
};
use serde_json::Value;

use crate::{
    decode::notice::Notice,
    message::{Body, Message},
};
use event::Event;
pub(crate) use presentable::presentable;
pub use subject::NoticeIncident;

/// A decoded message.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Its kind: what routes match on first.
    pub kind: AlertKind,
    /// Its content.
    pub content: Content,
}

/// The content of a message, typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A CloudWatch alarm's change of state.
    Alarm(Box<Alarm>),
    /// Our cost reporter's message.
    CostReport(Box<CostReport>),
    /// Our daily health check of a workload.
    HealthReport(Box<HealthReport>),
    /// Our remediator's message.
    Remediation(Box<RemediationMessage>),
    /// The result of any other dedicated decoder, or the content of an EventBridge event without one.
    Notice(Box<Notice>),
    /// Any other JSON.
    Json(Value),
    /// Anything else.
    Text(String),
}

/// Decodes a message; every message is taken.
pub fn decode(message: &Message) -> Decoded {
    let dedicated = services::rows().find_map(|row| {
        Some(Decoded {
            kind: row.kind,
            content: row.read(message)?,
        })
    });
    dedicated.unwrap_or_else(|| generic(message))
}

/// The three generic forms, of which exactly one fits any message.
pub(crate) fn generic(message: &Message) -> Decoded {
    let (kind, content) = match &message.body {
        Body::Json(value) => match Event::read(value) {
            Some(event) => (
                AlertKind::Event,
                Content::Notice(Box::new(any::read(&event))),
            ),
            None => (AlertKind::Json, Content::Json(value.clone())),
        },
        Body::Text(text) => (AlertKind::Text, Content::Text(text.clone())),
    };
    Decoded { kind, content }
}

#[cfg(test)]
mod tests;
