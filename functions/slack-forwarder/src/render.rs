//! Rendering: from a message's content to a draft, which [`crate::draft::limits`] fits into Slack's limits.
//!
//! One grammar for all: a mark, the state, the severity and the name; why, in numbers where there are any; what and
//! where; since when; links.

mod alarm;
mod console;
mod cost;
mod description;
mod generic;
mod health;
mod notice;
mod reason;
mod remediation;
mod sparkline;
mod table;
mod usage;

pub(crate) use usage::with_usage;

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use picket_rules::routes::AlertKind;
use picket_shared::Severity;

use crate::{
    confirmation::Confirmation,
    decode::{Content, Decoded, notice::Status},
    draft::{
        Draft,
        mrkdwn::{Mrkdwn, visible},
        time::utc,
    },
    message::Message,
};

/// The draft of an OK that CloudWatch does not confirm, from the draft of the OK.
pub(crate) fn unconfirmed(
    decoded: &Decoded,
    severity: Severity,
    confirmation: Confirmation,
    draft: Draft,
) -> Draft {
    let name = decoded.alarm().map_or("", |alarm| &alarm.name);
    let why = match confirmation {
        Confirmation::Contradicted(state) => {
            let state = state.as_str();
            format!("CloudWatch has the alarm in {state}, and had before this OK was sent.")
        }
        Confirmation::Early => "It is of a time to come.".to_owned(),
        Confirmation::Confirmed | Confirmation::Unreachable => {
            "The alarm could not be read from CloudWatch; it is tried again.".to_owned()
        }
    };
    let mark = mark(Status::Unknown, severity);
    Draft {
        headline: visible(&format!("{mark} OK, not confirmed · {severity} · {name}")).into_owned(),
        reason: Mrkdwn::new()
            .text(format!("{why} Nothing was resolved.\n"))
            .append(draft.reason),
        ..draft
    }
}

/// The draft of a message.
pub fn draft(message: &Message, decoded: &Decoded, severity: Severity) -> Draft {
    let draft = rendered(message, decoded, severity);
    let seen = |(label, value): (String, Mrkdwn)| (visible(&label).into_owned(), value);
    Draft {
        headline: visible(&draft.headline).into_owned(),
        fields: draft.fields.into_iter().map(seen).collect(),
        ..draft
    }
}

fn rendered(message: &Message, decoded: &Decoded, severity: Severity) -> Draft {
    match &decoded.content {
        Content::Alarm(alarm) => Draft {
            footnote: footnote(message, decoded.kind),
            ..alarm::draft(alarm, severity)
        },
        Content::CostReport(report) => cost::draft(report),
        Content::HealthReport(report) => health::draft(report),
        Content::Remediation(remediation) => remediation::draft(remediation),
        Content::Notice(notice) => notice::draft(message, decoded.kind, notice, severity),
        Content::Json(value) => generic::json(message, value, severity),
        Content::Text(text) => generic::text(message, text, severity),
    }
}

/// The reason, and the time to respond: `Respond within 15 min, by 2026-11-20 06:18 UTC`. It runs from the change that
/// the message reports.
pub(crate) fn with_response_time(
    reason: Mrkdwn,
    limit: Duration,
    since: Option<Timestamp>,
) -> Mrkdwn {
    let minutes = limit.as_secs() / 60;
    let length = match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    let until = since.and_then(|since| since.checked_add(limit).ok());
    let until = until.map(|until| {
        let until = until.to_zoned(TimeZone::UTC);
        until.strftime(", by %Y-%m-%d %H:%M UTC").to_string()
    });
    let begin = if reason.is_blank() {
        reason
    } else {
        reason.text("\n")
    };
    begin.text(format!(
        "Respond within {length}{}",
        until.unwrap_or_default()
    ))
}

/// Severity as colour.
const fn light(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🔴",
        Severity::Warning => "🟠",
        Severity::Info => "🔵",
    }
}

/// Bad news has the colour of its severity, other news a mark of its own.
const fn mark(status: Status, severity: Severity) -> &'static str {
    match status {
        Status::Bad => light(severity),
        Status::Good => "🟢",
        Status::Progress => "⏳",
        Status::Neutral => "ℹ️",
        Status::Unknown => "⚪",
    }
}

fn location_fields(account: Option<&str>, region: Option<&str>) -> Vec<(String, Mrkdwn)> {
    let field = |label: &str, value: Option<&str>| {
        let value = value.filter(|value| !value.trim().is_empty())?;
        Some((label.to_owned(), Mrkdwn::new().text(value)))
    };
    [field("Account", account), field("Region", region)]
        .into_iter()
        .flatten()
        .collect()
}

fn since(at: Option<Timestamp>) -> Option<(String, Mrkdwn)> {
    at.map(|at| ("Since".to_owned(), Mrkdwn::new().text(utc(at))))
}

/// When something begins that is announced.
fn starts(at: Option<Timestamp>) -> Option<(String, Mrkdwn)> {
    at.map(|at| ("Starts".to_owned(), Mrkdwn::new().text(utc(at))))
}

/// `team=orders, stage=prod`
fn tags_field<'a>(tags: impl Iterator<Item = &'a (String, String)>) -> Option<(String, Mrkdwn)> {
    let tags: Vec<String> = tags
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!tags.is_empty()).then(|| ("Tags".to_owned(), Mrkdwn::new().text(tags.join(", "))))
}

/// The kind of the message, and its carrier.
fn footnote(message: &Message, kind: AlertKind) -> Mrkdwn {
    let topic = message
        .topic
        .as_deref()
        .map(|topic| format!(" · by topic {}", topic_name(topic)));
    Mrkdwn::new().text(format!("{}{}", kind.as_str(), topic.unwrap_or_default()))
}

/// The name of a topic, from its ARN.
fn topic_name(topic: &str) -> &str {
    topic.rsplit(':').next().unwrap_or(topic)
}
