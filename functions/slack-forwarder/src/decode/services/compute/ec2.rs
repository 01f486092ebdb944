//! EC2, EBS, Batch, Glue and Step Functions.

use crate::decode::event::{Event, last_part};
use crate::{
    decode::notice::{Notice, Status},
    draft::number,
};

const INSTANCE: &str = "ec2/home?region={region}#InstanceDetails:instanceId={}";

pub(super) fn ec2(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let instance = detail.first(&["instance-id", "instanceId"]);
    let reservation = detail.first(&["capacity-reservation-id", "capacityReservationId"]);
    let subject = instance
        .clone()
        .or_else(|| reservation.clone())
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
    event
        .notice(&state, format!("EC2 {subject}"))
        .bad_if(is_warning)
        .because(
            detail
                .text("instance-action")
                .map(|action| format!("Will {action} in two minutes"))
                .or_else(|| detail.first(&["description", "ErrorMessage", "reason"])),
        )
        .code("Instance", instance.clone())
        .field("Action", detail.text("instance-action"))
        .code("Reservation", reservation)
        .field("Ends", detail.first(&["end-date", "endDate"]))
        .code("Request", detail.text("spot-instance-request-id"))
        .console_of("Open in EC2", INSTANCE, instance.as_deref())
        .incident(event.resource())
}

pub(super) fn ebs(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let named = detail
        .first(&["snapshot_id", "volume-id"])
        .or_else(|| event.resource());
    let named = named.as_deref().map_or("a volume", last_part).to_owned();
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
    // The state is that of the first job; the event reports that its queue is blocked.
    let (state, status) = if event.detail_type.contains("Blocked") {
        ("BLOCKED".to_owned(), Status::Bad)
    } else {
        (
            event.text_or("status", "CHANGED"),
            Status::of(detail.str("status")),
        )
    };
    event
        .notice(&state, format!("Batch {job}"))
        .status(status)
        .because(detail.first(&[
            "statusReason",
            "container/reason",
            "attempts/0/container/reason",
            "blockedReason",
            "reason",
        ]))
        .field(
            "Queue",
            detail
                .first(&["jobQueue", "jobQueueArn"])
                .map(|arn| last_part(&arn).to_owned()),
        )
        .field("Exit code", detail.text("container/exitCode"))
        .field("Attempts", (attempts > 0).then(|| attempts.to_string()))
        .code("Image", detail.text("container/image"))
        .code("Log stream", log)
        .code("Job", detail.text("jobId"))
        .at(detail
            .timestamp("stoppedAt")
            .or_else(|| detail.timestamp("startedAt"))
            .or_else(|| event.whole.timestamp("time")))
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
    let named = match detail.text("tableName") {
        Some(table) if detail.text("databaseName").is_some() => format!("{named}.{table}"),
        _ => named,
    };
    let state = detail
        .first(&["state", "typeOfChange", "resultStatus"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    event
        .notice(&state, format!("Glue {named}"))
        .bad_if(detail.str("severity") == "ERROR")
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
    let machine = detail.text("stateMachineArn").map_or_else(
        || "a state machine".to_owned(),
        |arn| last_part(&arn).to_owned(),
    );
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
            .timestamp("stopDate")
            .or_else(|| detail.timestamp("startDate"))
            .or_else(|| event.whole.timestamp("time")))
        .console_of(
            "Open in Step Functions",
            "states/home?region={region}#/v2/executions/details/{}",
            detail.text("executionArn").as_deref(),
        )
        .incident(detail.text("executionArn"))
}
