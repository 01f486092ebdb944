//! Auto Scaling, as events and over SNS.

use crate::decode::event::Event;
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

const GROUP: &str = "ec2/home?region={region}#AutoScalingGroupDetails:id={};view=activity";

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let group = detail.text("AutoScalingGroupName");
    let what = event
        .detail_type
        .trim_start_matches("EC2 Auto Scaling ")
        .trim_start_matches("EC2 ");
    let notice = event.notice(
        what,
        format!(
            "Auto Scaling {}",
            group.clone().unwrap_or_else(|| "a group".to_owned())
        ),
    );
    scaling(notice, detail, group.as_deref())
}

/// Application Auto Scaling: what scales is a table, a service or a fleet rather than a group of instances.
pub(super) fn application(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let target = event.text_or("resourceId", "a target");
    let limit = |name: &str| detail.text(name);
    let state = event.text_or("statusCode", "CHANGED");
    let notice = event.notice(&state, format!("Application Auto Scaling {target}"));
    let capacity = limit("newDesiredCapacity").map(|new| match limit("oldDesiredCapacity") {
        Some(old) => format!("{old} → {new}"),
        None => new,
    });
    notice
        .because(detail.first(&["statusMessage", "description", "cause"]))
        .field("Capacity", capacity)
        .field("Service", detail.text("serviceNamespace"))
        .field("Dimension", detail.text("scalableDimension"))
        .field("Least", limit("minCapacity"))
        .field("Most", limit("maxCapacity"))
        .prose(detail.text("cause").filter(|_| detail.has("statusMessage")))
        .at(detail.timestamp("endTime"))
}

pub(super) fn is_sns(document: Node<'_>) -> bool {
    document.has("AutoScalingGroupName")
        && (document.has("Event") || document.has("LifecycleTransition"))
}

pub(super) fn sns(document: Node<'_>) -> Notice {
    let group = document.text("AutoScalingGroupName");
    let event = document
        .first(&["Event", "LifecycleTransition"])
        .unwrap_or_default();
    let state = event.trim_start_matches("autoscaling:").to_owned();
    let status = if state.starts_with("TEST")
        || event.contains("LAUNCHING")
        || event.contains("TERMINATING")
    {
        Status::Neutral
    } else {
        Status::of(&state)
    };
    let location = Location::of_arn(document.str("AutoScalingGroupARN"))
        .or(Location::new(document.text("AccountId"), None));
    let notice = Notice::new(
        &state,
        format!("Auto Scaling {}", group.clone().unwrap_or_default()),
    )
    .status(
        if status == Status::Neutral && state.starts_with("EC2_INSTANCE") {
            Status::Good
        } else {
            status
        },
    )
    .location(location)
    .at(document.timestamp("Time"));
    scaling(notice, document, group.as_deref())
}

fn scaling(notice: Notice, detail: Node<'_>, group: Option<&str>) -> Notice {
    let instance = detail.text("EC2InstanceId");
    notice
        .because(detail.first(&["StatusMessage", "Cause", "Description"]))
        .code("Instance", instance)
        .field("Status", detail.text("StatusCode"))
        .field("Zone", detail.text("Details/Availability Zone"))
        .field("Hook", detail.text("LifecycleHookName"))
        .field("Transition", detail.text("LifecycleTransition"))
        .code("Refresh", detail.text("InstanceRefreshId"))
        .at(detail.timestamp("EndTime"))
        .prose(
            detail
                .text("Cause")
                .filter(|_| detail.text("StatusMessage").is_some()),
        )
        .console_of("Open in EC2", GROUP, group)
        .incident(detail.text("AutoScalingGroupARN"))
}
