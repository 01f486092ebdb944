//! Inspector, Macie and IAM Access Analyzer.

use super::{
    event::{Event, last_part},
    guardduty::mood,
};
use crate::{
    look::Look,
    notice::{Mood, Notice, Place},
    number,
};

pub(super) fn inspector(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    if !event.detail_type.contains("Finding") {
        return inspector_scan(event);
    }
    let severity = event.text_or("severity", "FINDING");
    let is_open = !matches!(detail.str("status"), "CLOSED" | "SUPPRESSED");
    let state = if is_open {
        severity.clone()
    } else {
        format!("{severity} {}", detail.str("status"))
    };
    let package = detail
        .list("packageVulnerabilityDetails/vulnerablePackages")
        .into_iter()
        .filter_map(|package| {
            let fixed = package
                .text("fixedInVersion")
                .map(|version| format!(", fixed in {version}"))
                .unwrap_or_default();
            Some(format!(
                "{} {}{fixed}",
                package.text("name")?,
                package.text("version").unwrap_or_default()
            ))
        });
    event
        .notice(
            &state,
            format!("Inspector: {}", event.text_or("title", "a finding")),
        )
        .mood(if is_open { mood(&severity) } else { Mood::Good })
        .because(detail.text("description"))
        .code("Resource", detail.each("resources", "id"))
        .field("Score", detail.number("inspectorScore").map(number::value))
        .field("Exploit available", detail.text("exploitAvailable"))
        .field("Fix available", detail.text("fixAvailable"))
        .code(
            "Vulnerability",
            detail.text("packageVulnerabilityDetails/vulnerabilityId"),
        )
        .field("Resource type", detail.each("resources", "type"))
        .lines("Packages", package.collect())
        .prose(detail.text("remediation/recommendation/text"))
        .at(detail.moment("firstObservedAt"))
        .tags(detail.pairs("resources/0/tags"))
        .console(
            "Open in Inspector",
            "inspector/v2/home?region={region}#/findings/all",
        )
        .link(
            "Vulnerability",
            detail.text("packageVulnerabilityDetails/sourceUrl"),
        )
        .incident(detail.text("findingArn"))
}

fn inspector_scan(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let state = detail
        .first(&[
            "scan-status/statusCodeValue",
            "scan-status",
            "scanStatus/statusCode",
            "scanStatus",
        ])
        .unwrap_or_else(|| "CHANGED".to_owned());
    let subject = detail
        .first(&[
            "repository-name",
            "instance-id",
            "resourceId",
            "function-name",
        ])
        .or_else(|| event.resource());
    event
        .notice(
            &state,
            format!(
                "Inspector: {}",
                subject.as_deref().map_or(event.detail_type, last_part)
            ),
        )
        .mood(if is_grave(detail) {
            Mood::Bad
        } else {
            Mood::of(&state)
        })
        .because(counts(detail.at("finding-severity-counts")))
        .field("Tags", detail.text("image-tags"))
        .code("Digest", detail.text("image-digest"))
        .console(
            "Open in Inspector",
            "inspector/v2/home?region={region}#/findings/all",
        )
}

/// Whether a scan found what should not wait.
pub(super) fn is_grave(scan: Look<'_>) -> bool {
    ["CRITICAL", "HIGH"].iter().any(|level| {
        let count = scan.number(&format!("finding-severity-counts/{level}"));
        count.is_some_and(|count| count > 0.0)
    })
}

/// `2 CRITICAL, 5 HIGH`; the worst first.
pub(super) fn counts(counts: Look<'_>) -> Option<String> {
    let known = [
        "CRITICAL",
        "HIGH",
        "MEDIUM",
        "LOW",
        "INFORMATIONAL",
        "UNTRIAGED",
        "UNDEFINED",
    ];
    let found = known.iter().filter_map(|name| {
        let count = counts
            .number(name)
            .or_else(|| counts.number(&name.to_ascii_lowercase()))?;
        // The word is ECR's own; in a message it reads like a slip.
        let name = if *name == "UNDEFINED" {
            "unrated"
        } else {
            name
        };
        (count > 0.0).then(|| format!("{} {name}", number::value(count)))
    });
    let found: Vec<String> = found.collect();
    (!found.is_empty()).then(|| found.join(", "))
}

pub(super) fn is_inspector_run(document: Look<'_>) -> bool {
    document.has_all(&["template", "run", "event"]) && document.str("run").contains(":inspector:")
}

/// Inspector Classic over SNS.
pub(super) fn inspector_run(document: Look<'_>) -> Notice {
    let event = document.text("event").unwrap_or_default();
    Notice::new(&event, "Inspector assessment")
        .place(Place::of_arn(document.str("run")))
        .because(
            document
                .text("findingsCount")
                .map(|found| format!("Findings: {found}"))
                .or_else(|| document.text("finding")),
        )
        .code("Run", document.text("run"))
        .code("Target", document.text("target"))
        .at(document.moment("time"))
}

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
        .mood(mood(&severity))
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
        .at(detail.moment("createdAt"))
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
    let status = event.text_or("status", "CHANGED");
    let is_public = detail.at("isPublic").value().as_bool() == Some(true);
    let mood = if status == "ACTIVE" {
        Mood::Bad
    } else {
        Mood::Good
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
            &status,
            format!(
                "Access Analyzer: {}{resource}",
                if is_public { "public: " } else { "" }
            ),
        )
        .mood(if detail.has("status") {
            mood
        } else {
            Mood::Neutral
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
        .at(detail.moment("createdAt"))
        .console(
            "Open in IAM",
            "access-analyzer/home?region={region}#/findings",
        )
        .incident(detail.first(&["id"]))
}
