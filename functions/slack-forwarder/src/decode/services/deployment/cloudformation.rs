//! CloudFormation: events, and the text that a stack's notification topic is given.

use crate::decode::event::{Event, last_part};
use crate::{
    decode::{
        lenient::{timestamp, word},
        notice::{Location, Notice},
    },
    message::Message,
};

const PAGE: &str = "cloudformation/home?region={region}#/stacks/events?stackId={}";

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let stack = detail.first(&["stack-id", "stack-set-arn", "stack-set-operation-id"]);
    let name = stack.as_deref().map_or("a stack", stack_name).to_owned();
    let resource = detail
        .text("logical-resource-id")
        .map(|id| format!(" › {id}"))
        .unwrap_or_default();
    let state = detail.first(&[
        "status-details/status",
        "status-details/stack-drift-status",
        "status-details/detection-status",
    ]);
    event
        .notice(
            &state.unwrap_or_else(|| "CHANGED".to_owned()),
            format!("CloudFormation {name}{resource}"),
        )
        .because(detail.first(&[
            "status-details/status-reason",
            "status-details/detailed-status",
        ]))
        .field("Resource type", detail.text("resource-type"))
        .code("Physical id", detail.text("physical-resource-id"))
        .field(
            "Drifted resources",
            detail.text("drift-detection-details/drifted-stack-resource-count"),
        )
        .console_of(
            "Open in CloudFormation",
            PAGE,
            detail.text("stack-id").as_deref(),
        )
        .incident(stack)
}

/// `arn:…:stack/NAME/id`
fn stack_name(arn: &str) -> &str {
    arn.split('/').nth(1).unwrap_or_else(|| last_part(arn))
}

pub(super) fn is_text(text: &str) -> bool {
    text.contains("StackId='") && text.contains("ResourceStatus='")
}

pub(super) fn text(text: &str, _: &Message) -> Notice {
    let line = |name: &str| {
        let start = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix("='"))?;
        word(start.strip_suffix('\'').unwrap_or(start))
    };
    let arn = line("StackId");
    let stack = line("StackName")
        .unwrap_or_else(|| arn.as_deref().map_or("a stack", stack_name).to_owned());
    let resource = line("LogicalResourceId").filter(|resource| *resource != stack);
    let subject =
        resource.map_or_else(|| stack.clone(), |resource| format!("{stack} › {resource}"));
    Notice::new(
        &line("ResourceStatus").unwrap_or_else(|| "CHANGED".to_owned()),
        format!("CloudFormation {subject}"),
    )
    .location(arn.as_deref().map(Location::of_arn).unwrap_or_default())
    .because(line("ResourceStatusReason"))
    .field("Resource type", line("ResourceType"))
    .code(
        "Physical id",
        line("PhysicalResourceId").filter(|id| Some(id) != arn.as_ref()),
    )
    .at(line("Timestamp").as_deref().and_then(timestamp))
    .console_of("Open in CloudFormation", PAGE, arn.as_deref())
    .incident(arn.clone())
}
