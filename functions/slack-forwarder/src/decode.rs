//! Which decoder takes which message: [`rows`] is the table, read from the top.

mod alarm_configuration;
mod alarms;
mod any;
mod auto_scaling;
mod backup;
mod beanstalk;
mod cloudformation;
mod cloudtrail;
mod codebuild;
mod codecommit;
mod codedeploy;
mod compute;
mod config;
mod cost;
mod databases;
mod ecs;
pub mod envelope;
mod event;
mod guardduty;
mod health;
mod inspector;
mod kind;
mod lambda;
pub(crate) mod lenient;
pub mod notice;
mod others;
mod pipeline;
mod prometheus;
mod rows;
mod s3;
mod scanners;
mod security_hub;
mod ses;
mod subject;
mod table;

use picket_shared::{
    alarm::Alarm,
    fleet::{CostReport, RemediationMessage},
};
use serde_json::Value;

use crate::{
    decode::notice::Notice,
    message::{Body, Message},
};
use event::Event;
pub use kind::Kind;

/// What a message turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Its kind: what routes match on first.
    pub kind: Kind,
    /// What it says.
    pub content: Content,
}

/// What a message says, typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A CloudWatch alarm's change of state.
    Alarm(Box<Alarm>),
    /// Our cost reporter's message.
    CostReport(Box<CostReport>),
    /// Our remediator's message.
    Remediation(Box<RemediationMessage>),
    /// What any other dedicated decoder made of it, and what an EventBridge event without one says.
    Notice(Box<Notice>),
    /// Any other JSON.
    Json(Value),
    /// Anything else.
    Text(String),
}

/// Decodes a message; every message is taken.
pub fn decode(message: &Message) -> Decoded {
    let dedicated = rows::ROWS.iter().find_map(|row| {
        Some(Decoded {
            kind: row.kind,
            content: row.read(message)?,
        })
    });
    dedicated.unwrap_or_else(|| generic(message))
}

/// The three generic forms, of which exactly one fits any message.
fn generic(message: &Message) -> Decoded {
    let (kind, content) = match &message.body {
        Body::Json(value) => match Event::read(value) {
            Some(event) => (
                Kind::Event,
                Content::Notice(Box::new(rows::any_event(&event))),
            ),
            None => (Kind::Json, Content::Json(value.clone())),
        },
        Body::Text(text) => (Kind::Text, Content::Text(text.clone())),
    };
    Decoded { kind, content }
}

#[cfg(test)]
mod tests;
