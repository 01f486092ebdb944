//! Macie and IAM Access Analyzer.

use super::guardduty::status;
use crate::decode::event::Event;
use crate::decode::notice::{Notice, Status};

pub(super) fn macie(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let severity = detail
        .first(&["severity/description", "severity", "risk-score"])
        .unwrap_or_else(|| "FINDING".to_owned());
    let types = detail
        .list("classificationDetails/result/sensitiveData")
        .into_iter()
        .filter_map(|found| {
            Some(format!(
                "{}: {}",
                found.text("category")?,
                found.text("totalCount").unwrap_or_default()
            ))
        });
    event
        .notice(
            &severity.to_ascii_uppercase(),
            format!(
                "Macie: {}",
                detail
                    .first(&["title", "summary/Description", "name", "type"])
                    .unwrap_or_else(|| "a finding".to_owned())
            ),
        )
        .status(status(&severity))
        .because(detail.first(&["description", "summary/Description"]))
        .code("Type", detail.text("type"))
        .code(
            "Bucket",
            detail.first(&["resourcesAffected/s3Bucket/name", "actor"]),
        )
        .code("Object", detail.text("resourcesAffected/s3Object/key"))
        .field(
            "Seen",
            detail.text("count").map(|count| format!("{count} times")),
        )
        .field(
            "Public access",
            detail.text("resourcesAffected/s3Bucket/publicAccess/effectivePermission"),
        )
        .lines("Sensitive data", types.collect())
        .at(detail.timestamp("createdAt"))
        .tags(detail.pairs("resourcesAffected/s3Bucket/tags"))
        .console_of(
            "Open in Macie",
            "macie/home?region={region}#findings?search=id%3D{}&macros=current&itemId={}",
            detail.text("id").as_deref(),
        )
        .incident(detail.text("id"))
}

pub(super) fn access_analyzer(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let state = event.text_or("status", "CHANGED");
    let is_public = detail.at("isPublic").value().as_bool() == Some(true);
    let status = if state == "ACTIVE" {
        Status::Bad
    } else {
        Status::Good
    };
    let resource = detail
        .text("resource")
        .unwrap_or_else(|| "a resource".to_owned());
    let principals = detail
        .pairs("principal")
        .into_iter()
        .map(|(kind, who)| format!("{kind} {who}"))
        .collect::<Vec<_>>();
    event
        .notice(
            &state,
            format!(
                "Access Analyzer: {}{resource}",
                if is_public { "public: " } else { "" }
            ),
        )
        .status(if detail.has("status") {
            status
        } else {
            Status::Neutral
        })
        .because(
            (!principals.is_empty())
                .then(|| format!("Open to {}", principals.join(", ")))
                .or_else(|| detail.text("findingType")),
        )
        .code("Resource", detail.text("resource"))
        .field("Resource type", detail.text("resourceType"))
        .field("Public", detail.text("isPublic"))
        .code("Actions", detail.text("action"))
        .at(detail.timestamp("createdAt"))
        .console(
            "Open in IAM",
            "access-analyzer/home?region={region}#/findings",
        )
        .incident(detail.first(&["id"]))
}
