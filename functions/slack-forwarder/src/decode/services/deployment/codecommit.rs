//! CodeCommit: repositories, pull requests, comments, and a repository's triggers.

use crate::decode::event::{Event, last_part};
use crate::decode::{
    lenient::{Node, words},
    notice::{Location, Notice, Status},
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let repository = detail
        .first(&["repositoryName", "repositoryNames", "repositoryId"])
        .or_else(|| event.resource().map(|arn| last_part(&arn).to_owned()));
    let template = detail.text("approvalRuleTemplateName");
    let opened = repository.clone();
    let repository = repository
        .or(template)
        .unwrap_or_else(|| "a repository".to_owned());
    let request = detail.text("pullRequestId");
    let state = detail
        .first(&["pullRequestStatus", "event"])
        .unwrap_or_else(|| "CHANGED".to_owned());
    let subject = match (&request, detail.text("title")) {
        (Some(id), Some(title)) => format!("{repository} #{id}: {title}"),
        (Some(id), None) => format!("{repository} #{id}"),
        _ => format!(
            "{repository} {}",
            detail.text("referenceName").unwrap_or_default()
        ),
    };
    event
        .notice(&words(&state), format!("CodeCommit {}", subject.trim()))
        .status(Status::Neutral)
        .because(detail.first(&["notificationBody", "description"]))
        .field(
            "By",
            detail
                .first(&["author", "callerUserArn"])
                .map(|arn| last_part(&arn).to_owned()),
        )
        .field(
            "Event",
            detail
                .text("event")
                .map(|event| words(&event).to_lowercase()),
        )
        .code("From", detail.text("sourceReference"))
        .code("To", detail.text("destinationReference"))
        .code(
            "Commit",
            detail.first(&["commitId", "sourceCommit", "afterCommitId"]),
        )
        .field("Merged", detail.text("isMerged"))
        .console_of(
            "Open in CodeCommit",
            "codesuite/codecommit/repositories/{}/browse?region={region}",
            opened.as_deref(),
        )
}

pub(super) fn is_trigger(document: Node<'_>) -> bool {
    document.str("Records/0/eventSource") == "aws:codecommit"
}

pub(super) fn trigger(document: Node<'_>) -> Notice {
    let record = document.at("Records/0");
    let arn = record.str("eventSourceARN");
    let references = record.list("codecommit/references");
    let lines = references.iter().filter_map(|reference| {
        Some(format!(
            "{} {}",
            reference.text("ref")?,
            reference.text("commit").unwrap_or_default()
        ))
    });
    let repository = last_part(arn).to_owned();
    Notice::new("PUSHED", format!("CodeCommit {repository}"))
        .status(Status::Neutral)
        .location(Location::of_arn(arn).or(Location::new(None, record.text("awsRegion"))))
        .field(
            "By",
            record
                .text("userIdentityARN")
                .map(|arn| last_part(&arn).to_owned()),
        )
        .field("Trigger", record.text("eventTriggerName"))
        .field("Data", record.text("customData"))
        .lines("References", lines.collect())
        .at(record.timestamp("eventTime"))
        .console_of(
            "Open in CodeCommit",
            "codesuite/codecommit/repositories/{}/browse?region={region}",
            Some(&repository),
        )
}
