//! Auto Scaling (events and SNS), EC2, EBS, Batch, Glue and Step Functions.

use super::event::{Event, last_part};
use crate::{
    look::Look,
    notice::{Mood, Notice, Place},
    number,
};

const GROUP: &str = "ec2/home?region={region}#AutoScalingGroupDetails:id={};view=activity";
const INSTANCE: &str = "ec2/home?region={region}#InstanceDetails:instanceId={}";

pub(super) fn auto_scaling(event: &Event<'_>) -> Notice {
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
    scaling(notice, detail, group)
}

pub(super) fn is_auto_scaling(document: Look<'_>) -> bool {
    document.has("AutoScalingGroupName")
        && (document.has("Event") || document.has("LifecycleTransition"))
}

pub(super) fn auto_scaling_sns(document: Look<'_>) -> Notice {
    let group = document.text("AutoScalingGroupName");
    let event = document
        .first(&["Event", "LifecycleTransition"])
        .unwrap_or_default();
    let state = event.trim_start_matches("autoscaling:").to_owned();
    let mood = if state.starts_with("TEST")
        || event.contains("LAUNCHING")
        || event.contains("TERMINATING")
    {
        Mood::Neutral
    } else {
        Mood::of(&state)
    };
    let place = Place::of_arn(document.str("AutoScalingGroupARN"))
        .or(Place::new(document.text("AccountId"), None));
    let notice = Notice::new(
        &state,
        format!("Auto Scaling {}", group.clone().unwrap_or_default()),
    )
    .mood(
        if mood == Mood::Neutral && state.starts_with("EC2_INSTANCE") {
            Mood::Good
        } else {
            mood
        },
    )
    .place(place)
    .at(document.moment("Time"));
    scaling(notice, document, group)
}

fn scaling(notice: Notice, detail: Look<'_>, group: Option<String>) -> Notice {
    let instance = detail.text("EC2InstanceId");
    notice
        .because(detail.first(&["StatusMessage", "Cause", "Description"]))
        .code("Instance", instance)
        .field("Status", detail.text("StatusCode"))
        .field("Zone", detail.text("Details/Availability Zone"))
        .field("Hook", detail.text("LifecycleHookName"))
        .field("Transition", detail.text("LifecycleTransition"))
        .code("Refresh", detail.text("InstanceRefreshId"))
        .at(detail.moment("EndTime"))
        .prose(
            detail
                .text("Cause")
                .filter(|_| detail.text("StatusMessage").is_some()),
        )
        .console_of("Open in EC2", GROUP, group.as_deref())
        .incident(detail.text("AutoScalingGroupARN"))
}

pub(super) fn ec2(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let instance = detail.first(&["instance-id", "instanceId"]);
    let subject = instance
        .clone()
        .or_else(|| event.resource().map(|arn| last_part(&arn).to_owned()))
        .unwrap_or_else(|| "EC2".to_owned());
    let is_warning = ["Warning", "Recommendation", "Error"]
        .iter()
        .any(|word| event.detail_type.contains(word));
    let state = if is_warning {
        event.detail_type.trim_start_matches("EC2 ").to_owned()
    } else {
        detail
            .first(&["state", "State", "status", "sub-type"])
            .unwrap_or_else(|| event.detail_type.to_owned())
    };
    let notice = event.notice(&state, format!("EC2 {subject}"));
    let mood = if is_warning { Mood::Bad } else { notice.mood };
    notice
        .mood(mood)
        .because(
            detail
                .text("instance-action")
                .map(|action| format!("Will {action} in two minutes"))
                .or_else(|| detail.first(&["description", "ErrorMessage", "reason"])),
        )
        .code("Instance", instance.clone())
        .field("Action", detail.text("instance-action"))
        .code("Request", detail.text("spot-instance-request-id"))
        .console_of("Open in EC2", INSTANCE, instance.as_deref())
        .incident(event.resource())
}

pub(super) fn ebs(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let named = detail
        .first(&["snapshot_id", "volume-id"])
        .or_else(|| event.resource());
    let named = named
        .as_deref()
        .map(last_part)
        .unwrap_or("a volume")
        .to_owned();
    event
        .notice(
            &detail
                .first(&["result", "event"])
                .unwrap_or_else(|| "CHANGED".to_owned()),
            format!("EBS {} {named}", event.text_or("event", "")).replace("  ", " "),
        )
        .because(detail.first(&["cause", "message"]))
        .code("Source", detail.text("source"))
        .field("From", detail.text("startTime"))
        .field("To", detail.text("endTime"))
        .console("Open in EC2", "ec2/home?region={region}#Volumes:")
}

pub(super) fn batch(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let job = detail
        .first(&["jobName", "jobQueueName"])
        .or_else(|| event.resource())
        .unwrap_or_else(|| "a job".to_owned());
    let log = detail.text("container/logStreamName");
    let attempts = detail.list("attempts").len();
    event
        .notice(&event.text_or("status", "BLOCKED"), format!("Batch {job}"))
        .mood(if event.detail_type.contains("Blocked") {
            Mood::Bad
        } else {
            Mood::of(detail.str("status"))
        })
        .because(detail.first(&[
            "statusReason",
            "container/reason",
            "attempts/0/container/reason",
            "blockedReason",
        ]))
        .field(
            "Queue",
            detail
                .text("jobQueue")
                .map(|arn| last_part(&arn).to_owned()),
        )
        .field("Exit code", detail.text("container/exitCode"))
        .field("Attempts", (attempts > 0).then(|| attempts.to_string()))
        .code("Image", detail.text("container/image"))
        .code("Log stream", log)
        .code("Job", detail.text("jobId"))
        .at(detail
            .moment("stoppedAt")
            .or_else(|| detail.moment("startedAt"))
            .or_else(|| event.whole.moment("time")))
        .tags(detail.pairs("tags"))
        .console_of(
            "Open in Batch",
            "batch/home?region={region}#jobs/detail/{}",
            detail.text("jobId").as_deref(),
        )
        .incident(event.resource())
}

pub(super) fn glue(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let named = detail
        .first(&[
            "jobName",
            "crawlerName",
            "databaseName",
            "rulesetNames",
            "context/jobName",
        ])
        .unwrap_or_else(|| "a job".to_owned());
    let state = detail
        .first(&["state", "typeOfChange", "resultStatus"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    let notice = event.notice(&state, format!("Glue {named}"));
    let mood = if detail.str("severity") == "ERROR" {
        Mood::Bad
    } else {
        notice.mood
    };
    notice
        .mood(mood)
        .because(detail.first(&[
            "errorMessage",
            "message",
            "notificationCondition/NotifyDelayAfter",
        ]))
        .code("Run", detail.text("jobRunId"))
        .field("Severity", detail.text("severity"))
        .field("Tables created", detail.text("tablesCreated"))
        .field("Tables updated", detail.text("tablesUpdated"))
        .field("Tables deleted", detail.text("tablesDeleted"))
        .field("Table", detail.first(&["tableName", "changedTables"]))
        .field("Score", detail.number("score").map(number::value))
        .console_of(
            "Open in Glue",
            "gluestudio/home?region={region}#/editor/job/{}/runs",
            detail.text("jobName").as_deref(),
        )
        .incident(detail.text("jobRunId"))
}

pub(super) fn step_functions(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let machine = detail
        .text("stateMachineArn")
        .map(|arn| last_part(&arn).to_owned())
        .unwrap_or_else(|| "a state machine".to_owned());
    let because = match (detail.text("error"), detail.text("cause")) {
        (Some(error), Some(cause)) => Some(format!("{error}: {cause}")),
        (one, other) => one.or(other),
    };
    event
        .notice(
            &event.text_or("status", "CHANGED"),
            format!("Step Functions {machine}"),
        )
        .because(because)
        .code("Execution", detail.text("name"))
        .at(detail
            .moment("stopDate")
            .or_else(|| detail.moment("startDate"))
            .or_else(|| event.whole.moment("time")))
        .console_of(
            "Open in Step Functions",
            "states/home?region={region}#/v2/executions/details/{}",
            detail.text("executionArn").as_deref(),
        )
        .incident(detail.text("executionArn"))
}
