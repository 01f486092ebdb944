//! What is too small for a file of its own: schedules, Systems Manager, certificates, SNS itself, our heartbeat.

use super::event::{Event, last_part};
use crate::decode::{
    lenient::Look,
    notice::{Mood, Notice, Place},
};

pub(super) fn scheduled(event: &Event<'_>) -> Notice {
    let rule = event.resource().map(|arn| last_part(&arn).to_owned());
    let detail = event
        .detail
        .pairs_here()
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}"));
    event
        .notice(
            "SCHEDULED",
            rule.clone().unwrap_or_else(|| "a schedule".to_owned()),
        )
        .mood(Mood::Neutral)
        .code("Rule", rule.clone())
        .lines("Detail", detail.collect())
        .console_of(
            "Open in EventBridge",
            "events/home?region={region}#/eventbus/default/rules/{}",
            rule.as_deref(),
        )
}

pub(super) fn systems_manager(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let named = detail.first(&[
        "name",
        "Definition",
        "document-name",
        "window-id",
        "resource-id",
        "associationName",
        "title",
    ]);
    let state = detail
        .first(&[
            "status",
            "Status",
            "operation",
            "compliance-status",
            "state",
        ])
        .unwrap_or_else(|| "CHANGED".to_owned());
    event
        .notice(
            &state,
            format!(
                "Systems Manager {}",
                named.or_else(|| event.resource()).unwrap_or_default()
            ),
        )
        .because(detail.first(&["description", "FailureMessage"]))
        .field("Event", Some(event.detail_type.to_owned()))
        .code("Instance", detail.first(&["instance-id", "resource-id"]))
        .code(
            "Execution",
            detail.first(&["command-id", "ExecutionId", "window-execution-id"]),
        )
        .console(
            "Open in Systems Manager",
            "systems-manager/home?region={region}",
        )
}

pub(super) fn certificate(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let days = detail.text("DaysToExpiry");
    let state = detail.text("Action").unwrap_or_else(|| {
        event
            .detail_type
            .trim_start_matches("ACM Certificate ")
            .to_owned()
    });
    event
        .notice(
            &state,
            format!(
                "Certificate {}",
                detail
                    .first(&["CommonName"])
                    .or_else(|| event.resource())
                    .unwrap_or_default()
            ),
        )
        .mood(if event.detail_type.ends_with("Available") {
            Mood::Good
        } else {
            Mood::Bad
        })
        .because(days.map(|days| format!("{days} days to its expiry")))
        .field("Kind", detail.text("CertificateType"))
        .field("Exported", detail.text("Exported"))
        .field("In use", detail.text("InUse"))
        .code("Certificate", event.resource())
        .console(
            "Open in Certificate Manager",
            "acm/home?region={region}#/certificates/list",
        )
}

pub(super) fn is_subscription(document: Look<'_>) -> bool {
    matches!(
        document.str("Type"),
        "SubscriptionConfirmation" | "UnsubscribeConfirmation"
    ) && document.has("TopicArn")
}

/// The token stays out; the address is for whoever owns the topic.
pub(super) fn subscription(document: Look<'_>) -> Notice {
    let topic = document.str("TopicArn");
    let state = if document.str("Type").starts_with("Un") {
        "UNSUBSCRIBED"
    } else {
        "CONFIRMATION NEEDED"
    };
    Notice::new(state, format!("SNS topic {}", last_part(topic)))
        .mood(Mood::Progress)
        .place(Place::of_arn(topic))
        .because(Some(
            "Somebody asked SNS to send this topic here; the owner confirms it in the console"
                .to_owned(),
        ))
        .code("Topic", document.text("TopicArn"))
        .at(document.moment("Timestamp"))
}

pub(super) fn is_heartbeat(document: Look<'_>) -> bool {
    document.str("picket/kind") == "heartbeat" && document.has("sent_at")
}

pub(super) fn heartbeat(document: Look<'_>) -> Notice {
    Notice::new(
        "ALIVE",
        format!(
            "Heartbeat of {}",
            document
                .text("stack")
                .unwrap_or_else(|| "a stack".to_owned())
        ),
    )
    .mood(Mood::Good)
    .at(document.moment("sent_at"))
}
