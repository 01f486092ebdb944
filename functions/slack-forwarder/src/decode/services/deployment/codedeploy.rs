//! CodeDeploy, as events and over SNS.

use crate::decode::event::{Event, last_part};
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice},
};

const PAGE: &str = "codesuite/codedeploy/deployments/{}?region={region}";

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let instance = detail
        .text("instanceId")
        .map(|id| format!(", instance {id}"))
        .unwrap_or_default();
    let application = detail
        .first(&["application", "applicationName"])
        .unwrap_or_else(|| "an application".to_owned());
    event
        .notice(
            &event.text_or("state", "CHANGED"),
            format!("CodeDeploy {application}{instance}"),
        )
        .field("Group", detail.text("deploymentGroup"))
        .code("Deployment", detail.text("deploymentId"))
        .code("Instance", detail.text("instanceId"))
        .console_of(
            "Open in CodeDeploy",
            PAGE,
            detail.text("deploymentId").as_deref(),
        )
        .incident(detail.text("deploymentId"))
}

pub(super) fn is_sns(document: Node<'_>) -> bool {
    document.has("deploymentId")
        && (document.has("eventTriggerName")
            || document.has("deploymentGroupName")
            || document.has("instanceStatus"))
}

pub(super) fn sns(document: Node<'_>) -> Notice {
    let instance = document
        .text("instanceId")
        .map(|id| last_part(&id).to_owned());
    let subject = document
        .first(&["applicationName", "deploymentId"])
        .unwrap_or_default();
    let overview = document.inner("deploymentOverview");
    let error = document.inner("errorInformation");
    let counts = Node::new(&overview)
        .pairs_here()
        .into_iter()
        .filter(|(_, count)| count != "0")
        .map(|(name, count)| format!("{count} {name}"));
    let counts: Vec<String> = counts.collect();
    let events = document.inner("lifecycleEvents");
    let events = Node::new(&events)
        .value()
        .as_array()
        .map_or(Vec::new(), |list| list.iter().map(Node::new).collect());
    let steps = events.into_iter().filter_map(|step| {
        let named = step.first(&["LifecycleEvent", "lifecycleEventName"])?;
        Some(format!(
            "{named}: {}",
            step.first(&["LifecycleEventStatus", "status"])?
        ))
    });
    let error = Node::new(&error);
    let because = error.first(&["ErrorMessage", "message"]).map(|message| {
        match error.first(&["ErrorCode", "code"]) {
            Some(code) => format!("{code}: {message}"),
            None => message,
        }
    });
    let state = document
        .first(&["status", "instanceStatus"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    Notice::new(
        &state,
        format!(
            "CodeDeploy {subject}{}",
            instance
                .as_deref()
                .map(|id| format!(", instance {id}"))
                .unwrap_or_default()
        ),
    )
    .location(Location::new(
        document.text("accountId"),
        document.text("region"),
    ))
    .because(because.or_else(|| (!counts.is_empty()).then(|| counts.join(", "))))
    .field("Group", document.text("deploymentGroupName"))
    .code("Deployment", document.text("deploymentId"))
    .field("Trigger", document.text("eventTriggerName"))
    .code("Instance", instance)
    .lines("Steps", steps.collect())
    .at(document
        .timestamp("completeTime")
        .or_else(|| document.timestamp("lastUpdatedAt"))
        .or_else(|| document.timestamp("createTime")))
    .console_of(
        "Open in CodeDeploy",
        PAGE,
        document.text("deploymentId").as_deref(),
    )
    .incident(document.text("deploymentId"))
}
