//! What has a type of its own in the shared crate: alarms, and the messages of our own functions.

use picket_shared::{alarm, fleet::FleetMessage};
use serde_json::Value;

use super::Content;

pub(super) fn alarm(value: &Value) -> Option<Content> {
    let alarm = alarm::read_any(value).ok()?;
    Some(Content::Alarm(Box::new(alarm)))
}

pub(super) fn cost_report(value: &Value) -> Option<Content> {
    match fleet(value)? {
        FleetMessage::CostReport(report) => Some(Content::CostReport(report)),
        _ => None,
    }
}

pub(super) fn remediation(value: &Value) -> Option<Content> {
    match fleet(value)? {
        FleetMessage::Remediation(remediation) => Some(Content::Remediation(remediation)),
        _ => None,
    }
}

/// A message of ours. One that this build cannot read is shown in the generic form: an alert is better plain than late.
fn fleet(value: &Value) -> Option<FleetMessage> {
    FleetMessage::read(value)?.ok()
}
