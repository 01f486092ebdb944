//! The sinks of messages.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::name::Name;
use crate::{
    Invalid,
    severity::Severity,
    yaml::{Fields, Log, Node},
};

/// A sink of messages. Serializes as it is written: `{"webhook": "alerts"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sink {
    /// A Slack incoming webhook, by the name of the parameter that holds its URL.
    Webhook(String),
    /// A Slack channel, by its id, posted to with the bot token: its messages are edited and have threads.
    Slack(String),
    /// A PagerDuty integration, by the name of the parameter that holds its key.
    #[serde(rename = "pagerduty")]
    PagerDuty(String),
    /// The stack's e-mail topic of this severity.
    Email(Severity),
}

impl Sink {
    /// Its kind, as it is written in a route.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::PagerDuty(_) => "pagerduty",
            Self::Email(_) => "email",
        }
    }

    /// Its name, as it is written in a route.
    pub fn name(&self) -> &str {
        match self {
            Self::Webhook(name) | Self::Slack(name) | Self::PagerDuty(name) => name,
            Self::Email(severity) => severity.as_str(),
        }
    }
}

/// Formats the sink as in errors and logs: `webhook critical`.
impl fmt::Display for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.name())
    }
}

/// Reads what `Display` writes.
impl FromStr for Sink {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (kind, name) = text.split_once(' ').unwrap_or((text, ""));
        match kind {
            _ if name.is_empty() => None,
            "webhook" => Some(Self::Webhook(name.to_owned())),
            "slack" => Some(Self::Slack(name.to_owned())),
            "pagerduty" => Some(Self::PagerDuty(name.to_owned())),
            "email" => name.parse().ok().map(Self::Email),
            _ => None,
        }
        .ok_or_else(|| Invalid(format!("{text:?} is not a sink such as `webhook critical`")))
    }
}

pub(super) fn sink(node: &Node, log: &mut Log) -> Option<Sink> {
    let mut fields = Fields::of(node, "a sink", log)?;
    let webhook = fields.parse::<Name>("webhook", log);
    let slack = fields.parse::<Channel>("slack", log);
    let pagerduty = fields.parse::<Name>("pagerduty", log);
    let email = fields.parse::<Severity>("email", log);
    let named = ["webhook", "slack", "pagerduty", "email"]
        .into_iter()
        .filter(|kind| fields.optional(kind).is_some())
        .count();
    fields.finish(log);
    if named != 1 {
        log.at(
            node.at,
            "a sink is one of `webhook`, `slack`, `pagerduty` and `email`: write for example `{ webhook: alerts }`",
        );
        return None;
    }
    let sinks = [
        webhook.map(|name| Sink::Webhook(name.0)),
        slack.map(|channel| Sink::Slack(channel.0)),
        pagerduty.map(|name| Sink::PagerDuty(name.0)),
        email.map(Sink::Email),
    ];
    sinks.into_iter().flatten().next()
}

/// A Slack channel's id: a message can be edited by it alone, and a channel that is renamed keeps it.
struct Channel(String);

impl FromStr for Channel {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_id = text.starts_with(['C', 'G'])
            && (2..=32).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_id {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid(format!(
                "{text:?} is not a channel's id such as C024BE91L: it is at the end of the channel's details in Slack"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sink_is_read_from_what_it_is_written_as() {
        for sink in [
            Sink::Webhook("critical".to_owned()),
            Sink::Slack("C024BE91L".to_owned()),
            Sink::PagerDuty("on-call".to_owned()),
            Sink::Email(Severity::Info),
        ] {
            assert_eq!(sink.to_string().parse(), Ok(sink));
        }
        for text in ["", "webhook", "webhook ", "email loud", "pigeon a"] {
            assert!(text.parse::<Sink>().is_err(), "{text:?}");
        }
    }
}
