//! AWS Backup: events, and the text of a vault's notifications.

use crate::decode::event::{Event, last_part};
use crate::{
    decode::{
        lenient::{timestamp, word},
        notice::{Location, Notice, Status},
    },
    message::Message,
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let job = event.detail_type.trim_end_matches(" State Change");
    let resource = detail
        .first(&[
            "resourceArn",
            "createdResourceArn",
            "sourceBackupVaultArn",
            "backupVaultArn",
        ])
        .or_else(|| event.resource());
    let others = [
        "backupPlanName",
        "backupVaultName",
        "frameworkName",
        "backupPlanId",
    ];
    let named = resource
        .as_deref()
        .map(|arn| last_part(arn).to_owned())
        .or_else(|| detail.first(&others));
    let subject = match named {
        Some(named) => format!("{job} of {named}"),
        None => job.to_owned(),
    };
    event
        .notice(
            &detail
                .first(&["state", "status"])
                .unwrap_or_else(|| "CHANGED".to_owned()),
            subject,
        )
        .because(detail.first(&["statusMessage", "messageCategory"]))
        .code("Resource", resource)
        .field("Resource type", detail.text("resourceType"))
        .field(
            "Vault",
            detail.first(&["backupVaultName", "destinationBackupVaultArn"]),
        )
        .code(
            "Job",
            detail.first(&["backupJobId", "copyJobId", "restoreJobId", "reportJobId"]),
        )
        .at(detail
            .timestamp("completionDate")
            .or_else(|| detail.timestamp("creationDate")))
        .console("Open in Backup", "backup/home?region={region}#/jobs")
        .incident(detail.first(&["backupJobId", "copyJobId", "restoreJobId"]))
}

/// `An AWS Backup job was completed successfully. Recovery point ARN: ….`
pub(super) fn is_text(text: &str) -> bool {
    let says = |list: &[&str]| list.iter().any(|words| text.contains(words));
    let begins = [
        "An AWS ",
        "An Amazon ",
        "A recovery point ",
        "A Recovery Point ",
    ];
    let begins = begins
        .iter()
        .any(|begin| text.trim_start().starts_with(begin));
    let jobs = [
        "Backup job",
        "Backup Job",
        "BackupJob",
        "Copy job",
        "Copy Job",
        "Restore job",
        "Restore Job",
        "ecovery point",
        "ecovery Point",
    ];
    begins && says(&jobs) || says(&["BackupJob ID :", "Copy Job Id :", "Restore Job Id :"])
}

pub(super) fn text(text: &str, message: &Message) -> Notice {
    let attribute = |name: &str| message.attributes.get(name).and_then(|value| word(value));
    let said = text.split(". ").next().unwrap_or(text).trim().to_owned();
    let named = |label: &str| {
        let (_, rest) = text.split_once(label)?;
        let value = rest.trim_start_matches([' ', ':']);
        word(value.split_whitespace().next()?.trim_end_matches('.'))
    };
    let resource = named("Resource ARN");
    let (lower, state) = (said.to_lowercase(), attribute("State"));
    let state = state.unwrap_or_else(|| {
        [
            "failed",
            "completed",
            "expired",
            "aborted",
            "started",
            "successful",
        ]
        .into_iter()
        .find(|word| lower.contains(word))
        .unwrap_or("changed")
        .to_uppercase()
    });
    let job = attribute("EventType").map_or_else(
        || "backup job".to_owned(),
        |kind| kind.replace('_', " ").to_lowercase(),
    );
    let subject = resource
        .as_deref()
        .map(|arn| format!(" of {}", last_part(arn)))
        .unwrap_or_default();
    Notice::new(&state, format!("AWS Backup: {job}{subject}"))
        .status(if state == "PARTIAL" {
            Status::Bad
        } else {
            Status::of(&state)
        })
        .location(
            resource
                .as_deref()
                .map(Location::of_arn)
                .unwrap_or_default()
                .or(Location::new(attribute("AccountId"), None)),
        )
        .because(Some(said))
        .code("Resource", resource)
        .code("Recovery point", named("Recovery point ARN"))
        .code(
            "Job",
            named("Job ID")
                .or_else(|| named("Job Id"))
                .or_else(|| attribute("Id")),
        )
        .field("Started", attribute("StartTime"))
        .at(attribute("StartTime").as_deref().and_then(timestamp))
        .console("Open in Backup", "backup/home?region={region}#/jobs")
        .incident(attribute("Id"))
}
