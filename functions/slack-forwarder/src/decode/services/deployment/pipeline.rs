//! CodePipeline: executions, stages and actions, approvals, and the job that a pipeline gives to a function.

use crate::decode::event::Event;
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

const PAGE: &str = "codesuite/codepipeline/pipelines/{}/view?region={region}";

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let parts: Vec<String> = ["pipeline", "stage", "action"]
        .iter()
        .filter_map(|part| detail.text(part))
        .collect();
    let failed = event
        .whole
        .list("additionalAttributes/failedActions")
        .into_iter()
        .filter_map(|action| {
            Some(format!(
                "{}: {}",
                action.text("action")?,
                action.text("additionalInformation").unwrap_or_default()
            ))
        });
    let kind = ["type/owner", "type/category", "type/provider"]
        .iter()
        .filter_map(|part| detail.text(part))
        .collect::<Vec<_>>();
    event
        .notice(
            &event.text_or("state", "CHANGED"),
            format!("CodePipeline {}", parts.join(" › ")),
        )
        .because(detail.first(&[
            "execution-result/external-execution-summary",
            "execution-trigger/trigger-detail",
        ]))
        .field("Error", detail.text("execution-result/error-code"))
        .field("Action", (!kind.is_empty()).then(|| kind.join(" ")))
        .field("Trigger", detail.text("execution-trigger/trigger-type"))
        .code("Execution", detail.text("execution-id"))
        .field("Version", detail.text("version"))
        .lines("Failed actions", failed.collect())
        .console_of(
            "Open in CodePipeline",
            PAGE,
            detail.text("pipeline").as_deref(),
        )
        .link(
            "Open the action",
            detail.text("execution-result/external-execution-url"),
        )
        .incident(event.resource())
}

pub(super) fn is_approval(document: Node<'_>) -> bool {
    document.has_all(&["approval/pipelineName", "approval/actionName"])
}

/// The token that approves is left out: not every reader of the channel may approve.
pub(super) fn approval(document: Node<'_>) -> Notice {
    let approval = document.at("approval");
    let parts: Vec<String> = ["pipelineName", "stageName", "actionName"]
        .iter()
        .filter_map(|part| approval.text(part))
        .collect();
    Notice::new(
        "APPROVAL NEEDED",
        format!("CodePipeline {}", parts.join(" › ")),
    )
    .status(Status::Progress)
    .location(Location::new(None, document.text("region")))
    .because(approval.text("customData"))
    .field("Expires", approval.text("expires"))
    .aws_link(
        "Approve or reject",
        approval
            .text("approvalReviewLink")
            .or_else(|| document.text("consoleLink")),
    )
    .link("To be reviewed", approval.text("externalEntityLink"))
}

const JOB: &str = "CodePipeline.job";

pub(super) fn is_job(document: Node<'_>) -> bool {
    document.has(JOB)
}

/// The job's credentials are left out.
pub(super) fn job(document: Node<'_>) -> Notice {
    let job = document.at(JOB);
    let configuration = job.at("data/actionConfiguration/configuration");
    let function = configuration
        .text("FunctionName")
        .unwrap_or_else(|| "a function".to_owned());
    Notice::new("JOB STARTED", format!("CodePipeline job for {function}"))
        .location(Location::new(job.text("accountId"), None))
        .field("Parameters", configuration.text("UserParameters"))
        .field("Input", job.each("data/inputArtifacts", "name"))
        .field("Output", job.each("data/outputArtifacts", "name"))
        .code("Job", job.text("id"))
}
