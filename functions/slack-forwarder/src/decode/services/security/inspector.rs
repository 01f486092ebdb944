//! Inspector: findings and scans, and the runs of Inspector Classic.

use super::guardduty::status;
use crate::decode::event::{Event, last_part};
use crate::decode::scan::{counts, is_grave};
use crate::{
    decode::{
        lenient::Node,
        notice::{Location, Notice, Status},
    },
    draft::number,
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    if !event.detail_type.contains("Finding") {
        return scan(event);
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
        .status(if is_open {
            status(&severity)
        } else {
            Status::Good
        })
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
        .at(detail.timestamp("firstObservedAt"))
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

fn scan(event: &Event<'_>) -> Notice {
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
        .status(if is_grave(detail) {
            Status::Bad
        } else {
            Status::of(&state)
        })
        .because(counts(detail.at("finding-severity-counts")))
        .field("Tags", detail.text("image-tags"))
        .code("Digest", detail.text("image-digest"))
        .console(
            "Open in Inspector",
            "inspector/v2/home?region={region}#/findings/all",
        )
}

pub(super) fn is_classic(document: Node<'_>) -> bool {
    document.has_all(&["template", "target", "event"])
        && document.str("template").contains(":inspector:")
}

/// Inspector Classic over SNS.
pub(super) fn classic(document: Node<'_>) -> Notice {
    let event = document.text("event").unwrap_or_default();
    Notice::new(&event, "Inspector assessment")
        .location(Location::of_arn(document.str("template")))
        .because(
            document
                .text("findingsCount")
                .map(|found| format!("Findings: {found}"))
                .or_else(|| document.text("finding")),
        )
        .code("Run", document.text("run"))
        .code("Target", document.text("target"))
        .at(document.timestamp("time"))
}
