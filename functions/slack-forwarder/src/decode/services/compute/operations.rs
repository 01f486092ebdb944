//! Schedules and Systems Manager.

use crate::decode::event::{Event, last_part};
use crate::decode::notice::{Notice, Status};

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
        .status(Status::Neutral)
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
