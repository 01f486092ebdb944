//! ECS and ECR.

use crate::decode::event::{Event, last_part};
use crate::decode::scan::{counts, is_grave};
use crate::decode::{
    lenient::Node,
    notice::{Notice, Status},
};

const PAGE: &str = "ecs/v2/clusters/{}?region={region}";

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let resource = event.resource();
    // `arn:…:service/CLUSTER/name`
    let of_service = resource.as_deref().and_then(|arn| {
        let (_, path) = arn.split_once(":service/")?;
        Some(path.split_once('/')?.0.to_owned())
    });
    let cluster = detail
        .text("clusterArn")
        .map(|arn| last_part(&arn).to_owned())
        .or(of_service);
    let notice = match event.detail_type {
        "ECS Task State Change" => task(event),
        "ECS Container Instance State Change" => instance(event),
        _ => service(event),
    };
    notice
        .field("Cluster", cluster.clone())
        .tags(detail.pairs("tags"))
        .console_of("Open in ECS", PAGE, cluster.as_deref())
}

fn task(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let group = detail.text("group").unwrap_or_else(|| "a task".to_owned());
    let containers = detail.list("containers");
    let failed =
        |container: &Node<'_>| container.number("exitCode").is_some_and(|code| code != 0.0);
    let exits = containers.iter().filter_map(|container| {
        let name = container.text("name")?;
        let code = container
            .text("exitCode")
            .map(|code| format!(", exit code {code}"))
            .unwrap_or_default();
        let reason = container
            .text("reason")
            .map(|reason| format!(", {reason}"))
            .unwrap_or_default();
        Some(format!(
            "{name}: {}{code}{reason}",
            container.text("lastStatus").unwrap_or_default()
        ))
    });
    let state = event.text_or("lastStatus", "CHANGED");
    let broken = containers.iter().any(failed)
        || matches!(
            detail.str("stopCode"),
            "TaskFailedToStart" | "SpotInterruption" | "TerminationNotice"
        );
    event
        .notice(&state, format!("ECS task of {group}"))
        .status(if broken {
            Status::Bad
        } else if state == "STOPPED" {
            Status::Neutral
        } else {
            Status::Progress
        })
        .because(detail.first(&["stoppedReason"]))
        .field("Stop code", detail.text("stopCode"))
        .field("Wanted", detail.text("desiredStatus"))
        .field(
            "Definition",
            detail
                .text("taskDefinitionArn")
                .map(|arn| arn.rsplit('/').next().unwrap_or(&arn).to_owned()),
        )
        .code(
            "Task",
            detail.text("taskArn").map(|arn| last_part(&arn).to_owned()),
        )
        .field("Launch type", detail.text("launchType"))
        .lines("Containers", exits.collect())
        .at(detail
            .timestamp("stoppedAt")
            .or_else(|| detail.timestamp("updatedAt")))
        .incident(detail.text("taskArn"))
}

fn instance(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let connected = detail.at("agentConnected").value().as_bool();
    let notice = event.notice(
        &event.text_or("status", "CHANGED"),
        format!(
            "ECS container instance {}",
            event.text_or("ec2InstanceId", "of a cluster")
        ),
    );
    notice
        .status(if connected == Some(false) {
            Status::Bad
        } else {
            Status::Neutral
        })
        .because((connected == Some(false)).then(|| "The agent is not connected".to_owned()))
        .field("Agent connected", detail.text("agentConnected"))
        .field("Running tasks", detail.text("runningTasksCount"))
        .field("Pending tasks", detail.text("pendingTasksCount"))
        .field("Agent", detail.text("versionInfo/agentVersion"))
        .code(
            "Instance",
            detail
                .text("containerInstanceArn")
                .map(|arn| last_part(&arn).to_owned()),
        )
        .at(detail.timestamp("updatedAt"))
}

/// Service actions and deployments name their state twice: `eventType` says how bad, `eventName` says what.
fn service(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let name = event.text_or("eventName", event.detail_type);
    let service = event
        .resource()
        .map_or_else(|| "a service".to_owned(), |arn| last_part(&arn).to_owned());
    let state = name.trim_start_matches("SERVICE_");
    let notice = event.notice(state, format!("ECS service {service}"));
    let status = match detail.str("eventType") {
        "ERROR" | "WARN" => Status::Bad,
        _ => notice.status,
    };
    notice
        .status(status)
        .because(detail.first(&["reason", "serviceDeploymentArn"]))
        .field("Type", detail.text("eventType"))
        .code("Deployment", detail.text("deploymentId"))
        .code("Service", event.resource())
        .field("Failed tasks", detail.text("failedTasks"))
        .at(detail
            .timestamp("updatedAt")
            .or_else(|| detail.timestamp("createdAt")))
        .incident(event.resource())
}

pub(super) fn ecr(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let repository = event.text_or("repository-name", "a repository");
    let tag = detail.first(&["image-tag", "image-tags", "reference-tag"]);
    let image = tag
        .as_deref()
        .map_or_else(|| repository.clone(), |tag| format!("{repository}:{tag}"));
    let found = counts(detail.at("finding-severity-counts"));
    let state = detail
        .first(&["scan-status", "result", "sync-status", "action-type"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    event
        .notice(&state, format!("ECR {image}"))
        .bad_if(is_grave(detail))
        .because(
            found
                .or_else(|| (state == "COMPLETE").then(|| "Nothing found".to_owned()))
                .or_else(|| detail.text("failure-reason")),
        )
        .field("Action", detail.text("action-type"))
        .field("Scan", detail.text("scan-type"))
        .code("Digest", detail.first(&["image-digest", "manifest-digest"]))
        .console_of(
            "Open in ECR",
            "ecr/repositories?region={region}&search={}",
            Some(&repository),
        )
}
