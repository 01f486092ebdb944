//! What has a type of its own in the shared crate: alarms, and the messages of our own functions.

use picket_shared::{
    alarm,
    fleet::{Ceiling, FleetMessage, ReachedCeiling, SeriesCeiling},
};
use serde_json::Value;

use crate::decode::Content;
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

pub(super) fn alarm(value: &Value) -> Option<Content> {
    let alarm = alarm::read_any(value).ok()?;
    Some(Content::Alarm(Box::new(alarm)))
}

/// An alarm's message without its time or state: too little for an incident, enough for a message.
pub(super) fn is_incomplete(document: Node<'_>) -> bool {
    document.has_all(&["AlarmName", "NewStateValue"]) && alarm::read_any(document.value()).is_err()
}

pub(super) fn incomplete(document: Node<'_>) -> Notice {
    let state = document
        .first(&["NewStateValue"])
        .unwrap_or_else(|| "UNKNOWN".to_owned());
    let location = Location::of_arn(document.str("AlarmArn"));
    let own = Location::new(document.text("AWSAccountId"), document.text("Region"));
    let name = document.text("AlarmName");
    Notice::new(&state, name.unwrap_or_else(|| "an alarm".to_owned()))
        .bad_if(state == "ALARM")
        .location(location.or(own))
        .because(document.text("NewStateReason"))
        .field("Was", document.text("OldStateValue"))
        .code("Metric", document.text("Trigger/MetricName"))
        .at(document.timestamp("StateChangeTime"))
        .prose(document.text("AlarmDescription"))
        .console_of(
            "Open in CloudWatch",
            "cloudwatch/home?region={region}#alarmsV2:alarm/{}",
            document.text("AlarmName").as_deref(),
        )
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

pub(super) fn health_report(value: &Value) -> Option<Content> {
    match fleet(value)? {
        FleetMessage::HealthReport(report) => Some(Content::HealthReport(report)),
        _ => None,
    }
}

pub(super) fn series_ceiling(value: &Value) -> Option<Content> {
    match fleet(value)? {
        FleetMessage::SeriesCeiling(warning) => {
            Some(Content::Notice(Box::new(ceiling_notice(&warning))))
        }
        _ => None,
    }
}

fn ceiling_notice(warning: &SeriesCeiling) -> Notice {
    let line = |metric: &ReachedCeiling| {
        let (series, ceiling) = (metric.series, metric.ceiling);
        let ceiling = match metric.reached {
            Ceiling::Metric => format!("{series} series, as many as its rule allows"),
            Ceiling::Stack => {
                format!("{series} of its own {ceiling} series, and the stack has no room")
            }
        };
        format!("{} {}: {ceiling}", metric.namespace, metric.name)
    };
    let subject = match warning.metrics.as_slice() {
        [only] => format!("{} {}", only.namespace, only.name),
        all => format!("{} metrics", all.len()),
    };
    Notice::new("CEILING", subject)
        .status(Status::Bad)
        .because(Some(
            "More series came than there may be. Every value is counted; the later series' are together in one that says Other."
                .to_owned(),
        ))
        .lines("At their ceiling", warning.metrics.iter().map(line).collect())
        .field(
            "Series of the stack",
            Some(format!("{} of {}", warning.stack_series, warning.stack_ceiling)),
        )
        .code("Stack", Some(warning.stack.clone()))
        .field("Said", Some(format!("once a metric and day, for {}", warning.date)))
        .prose(Some(
            "Take a field that never repeats out of DimensionSets, or raise MaximumSeries: $0.30 a series a month."
                .to_owned(),
        ))
}

/// A message of ours. One that this build cannot read is shown in the generic form: an alert is better plain than late.
fn fleet(value: &Value) -> Option<FleetMessage> {
    FleetMessage::read(value)?.ok()
}
