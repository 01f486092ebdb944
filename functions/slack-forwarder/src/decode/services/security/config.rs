//! AWS Config: events, SNS notifications and a custom rule's invocation, which hold the same document.

use crate::decode::event::Event;
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    of_document(event.detail, event.location()).at(event.whole.timestamp("time"))
}

pub(super) fn is_sns(document: Node<'_>) -> bool {
    let kind = document.str("messageType");
    let is_config = [
        "Configuration",
        "Compliance",
        "Oversized",
        "ConfigRules",
        "Scheduled",
    ]
    .iter()
    .any(|begin| kind.starts_with(begin));
    is_config && kind.ends_with(|end: char| end.is_ascii_alphabetic())
}

pub(super) fn sns(document: Node<'_>) -> Notice {
    let account = document.first(&["awsAccountId", "configurationItem/awsAccountId"]);
    let region = document.first(&["awsRegion", "configurationItem/awsRegion"]);
    of_document(document, Location::new(account, region))
}

pub(super) fn is_rule_invocation(document: Node<'_>) -> bool {
    document.has_all(&["configRuleArn", "invokingEvent"])
}

pub(super) fn rule_invocation(document: Node<'_>) -> Notice {
    let inner = document.inner("invokingEvent");
    let message = of_document(
        Node::new(&inner),
        Location::of_arn(document.str("configRuleArn")),
    );
    let name = document
        .text("configRuleName")
        .unwrap_or_else(|| "a rule".to_owned());
    Notice {
        subject: format!(
            "Config rule {name}: {}",
            message.subject.trim_start_matches("Config: ")
        ),
        ..message
    }
}

fn of_document(document: Node<'_>, location: Location) -> Notice {
    if document.has("newEvaluationResult") {
        return compliance(document, location);
    }
    let item = document.at("configurationItem");
    let summary = document.at("configurationItemSummary");
    let item = if item.value().is_null() {
        summary
    } else {
        item
    };
    let kind = document
        .text("messageType")
        .unwrap_or_else(|| "CHANGED".to_owned());
    let change = document.first(&["configurationItemDiff/changeType"]);
    let subject = match (
        item.text("resourceType"),
        item.first(&["resourceName", "resourceId"]),
    ) {
        (Some(kind), Some(name)) => format!("{kind} {name}"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => kind.clone(),
    };
    let changed = document
        .at("configurationItemDiff/changedProperties")
        .value()
        .as_object();
    let changed = changed
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default();
    let state = change
        .or_else(|| item.text("configurationItemStatus"))
        .unwrap_or_else(|| delivery(&kind).to_owned());
    let bucket = document.first(&["s3Bucket", "s3DeliverySummary/s3BucketLocation"]);
    Notice::new(&state, format!("Config: {subject}"))
        .status(if state.contains("Fail") {
            Status::Bad
        } else {
            Status::Neutral
        })
        .location(location.or(Location::of_arn(item.str("ARN"))))
        .because(document.first(&[
            "s3DeliverySummary/errorMessage",
            "deliveryStatus/errorMessage",
        ]))
        .code("Resource", item.text("ARN"))
        .field("Status", item.text("configurationItemStatus"))
        .field("Zone", item.text("availabilityZone"))
        .code("Delivered to", bucket)
        .code("Object", document.text("s3ObjectKey"))
        .lines("Changed", changed)
        .at(item
            .timestamp("configurationItemCaptureTime")
            .or_else(|| document.timestamp("notificationCreationTime")))
        .tags(item.pairs("tags"))
        .console("Open in Config", "config/home?region={region}#/dashboard")
}

/// `ConfigurationSnapshotDeliveryCompleted` ends in its state.
fn delivery(kind: &str) -> &str {
    ["Completed", "Failed", "Started"]
        .into_iter()
        .find(|end| kind.ends_with(end))
        .unwrap_or("CHANGED")
}

fn compliance(document: Node<'_>, location: Location) -> Notice {
    let state = document
        .text("newEvaluationResult/complianceType")
        .unwrap_or_else(|| "UNKNOWN".to_owned());
    let rule = document
        .text("configRuleName")
        .unwrap_or_else(|| "a rule".to_owned());
    let resource = document.text("resourceId");
    Notice::new(
        &state,
        format!(
            "Config rule {rule}: {}",
            resource.clone().unwrap_or_default()
        ),
    )
    .location(location)
    .because(document.text("newEvaluationResult/annotation"))
    .code("Resource", resource)
    .field("Resource type", document.text("resourceType"))
    .field("Was", document.text("oldEvaluationResult/complianceType"))
    .at(document.timestamp("newEvaluationResult/resultRecordedTime"))
    .console_of(
        "Open in Config",
        "config/home?region={region}#/rules/details?configRuleName={}",
        document.text("configRuleName").as_deref(),
    )
    .incident(document.text("configRuleARN"))
}
