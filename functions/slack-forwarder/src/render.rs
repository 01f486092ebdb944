//! What a message looks like in Slack: from what it says to a draft; [`crate::limits`] brings it inside the limits.

mod alarm;
mod cost;
mod generic;
mod remediation;
mod table;

use picket_shared::Severity;

use crate::{
    decode::{Content, Decoded},
    draft::Draft,
    message::Message,
};

/// The draft of a message.
pub fn draft(message: &Message, decoded: &Decoded, severity: Severity) -> Draft {
    match &decoded.content {
        Content::Alarm(alarm) => alarm::draft(alarm, severity),
        Content::CostReport(report) => cost::draft(report),
        Content::Remediation(remediation) => remediation::draft(remediation),
        Content::Json(value) => generic::json(message, value, severity),
        Content::Text(text) => generic::text(message, text, severity),
    }
}

/// Severity as colour. Alarms that are not in ALARM have a colour of their own.
const fn light(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🔴",
        Severity::Warning => "🟠",
        Severity::Info => "🔵",
    }
}

/// The name of a topic, from its ARN.
fn topic_name(topic: &str) -> &str {
    topic.rsplit(':').next().unwrap_or(topic)
}
