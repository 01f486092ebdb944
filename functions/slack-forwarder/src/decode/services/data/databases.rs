//! RDS, Redshift, ElastiCache and DMS: events, and the SNS form with an "Event Source" that three of them share.

use crate::decode::event::{Event, last_part};
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

/// Words of an event that signal a problem.
const TROUBLE: [&str; 13] = [
    "fail",
    "error",
    "not available",
    "unavailable",
    "low storage",
    "is low",
    "storage full",
    "out of",
    "exceed",
    "incompatible",
    "crash",
    "unable",
    "cannot",
];

/// A failover is no failure: it is news when it begins, and good news when it is over.
fn status(said: &str, categories: &str) -> Status {
    let words = format!("{said} {categories}").to_lowercase();
    let has = |words: &str, list: &[&str]| list.iter().any(|word| words.contains(word));
    let is_over = [
        "completed",
        "complete",
        "restarted",
        "succe",
        "available",
        "recovered",
        "finished",
    ];
    if has(
        &words.replace("failover", "").replace("failed over", ""),
        &TROUBLE,
    ) {
        Status::Bad
    } else if has(&words, &is_over) {
        Status::Good
    } else if words.contains("failover") {
        Status::Bad
    } else {
        Status::Neutral
    }
}

fn state(status: Status, category: Option<String>) -> String {
    category.map_or_else(
        || {
            if status == Status::Bad {
                "FAILURE"
            } else {
                "NOTICE"
            }
            .to_owned()
        },
        |category| category.to_uppercase(),
    )
}

pub(super) fn rds(event: &Event<'_>) -> Notice {
    of_event(event, "RDS").console("Open in RDS", "rds/home?region={region}#databases:")
}

pub(super) fn elasticache_event(event: &Event<'_>) -> Notice {
    of_event(event, "ElastiCache")
        .console("Open in ElastiCache", "elasticache/home?region={region}#/")
}

pub(super) fn redshift_event(event: &Event<'_>) -> Notice {
    of_event(event, "Redshift").console(
        "Open in Redshift",
        "redshiftv2/home?region={region}#clusters",
    )
}

pub(super) fn dms_event(event: &Event<'_>) -> Notice {
    of_event(event, "DMS").console("Open in DMS", "dms/v2/home?region={region}#tasks")
}

fn of_event(event: &Event<'_>, service: &str) -> Notice {
    let detail = event.detail;
    let said = detail
        .first(&[
            "Message",
            "message",
            "detailMessage",
            "eventMessage",
            "statementName",
        ])
        .unwrap_or_default();
    let category = detail.first(&[
        "EventCategories",
        "eventCategories",
        "eventType",
        "category",
        "state",
        "status",
    ]);
    let source = detail
        .first(&[
            "SourceIdentifier",
            "sourceIdentifier",
            "resourceId",
            "clusterId",
        ])
        .or_else(|| event.resource().map(|arn| last_part(&arn).to_owned()))
        .unwrap_or_else(|| "a resource".to_owned());
    let kind = detail
        .first(&["SourceType", "sourceType", "type"])
        .map(|kind| kind.to_lowercase().replace('_', "-"));
    let status = status(&said, category.as_deref().unwrap_or_default());
    let id = detail.first(&["EventID", "eventId", "event-id"]);
    event
        .notice(
            &state(status, category),
            format!("{service} {} {source}", kind.clone().unwrap_or_default()).replace("  ", " "),
        )
        .status(status)
        .because(Some(said).filter(|said| !said.is_empty()))
        .field("Source type", kind)
        .code(
            "Source",
            detail
                .first(&["SourceArn", "sourceArn"])
                .or_else(|| event.resource()),
        )
        .field("Event", id)
        .at(detail.timestamp("Date"))
        .tags(detail.pairs("Tags"))
        .incident(event.resource())
}

/// Which service writes this "Event Source" form; they differ in their links alone.
fn writer(document: Node<'_>) -> Option<&'static str> {
    if !document.has("Event Source") || !document.has("Event Message") {
        return None;
    }
    let links = format!(
        "{} {} {}",
        document.str("Identifier Link"),
        document.str("Event ID"),
        document.str("About this Event")
    );
    let links = links.to_ascii_lowercase();
    let is_replication = document.str("Event Source").starts_with("replication");
    Some(if links.contains("redshift") {
        "Redshift"
    } else if links.contains("dms") || is_replication {
        "DMS"
    } else {
        "RDS"
    })
}

pub(super) fn is_rds(document: Node<'_>) -> bool {
    writer(document) == Some("RDS")
}

pub(super) fn is_redshift(document: Node<'_>) -> bool {
    writer(document) == Some("Redshift")
}

pub(super) fn is_dms(document: Node<'_>) -> bool {
    writer(document) == Some("DMS")
}

pub(super) fn sns(document: Node<'_>) -> Notice {
    let service = writer(document).unwrap_or("RDS");
    let said = document.text("Event Message").unwrap_or_default();
    let source = document
        .first(&["Source ID", "SourceId", "Resource"])
        .unwrap_or_else(|| "a resource".to_owned());
    let status = status(&said, document.str("Severity"));
    let about = document.first(&["Event ID", "About this Event"]);
    let event = about
        .as_deref()
        .and_then(|url| url.trim().rsplit_once('#'))
        .map(|(_, id)| id.to_owned());
    let region = document
        .str("Identifier Link")
        .split_once("region=")
        .map(|(_, rest)| {
            rest.chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
                .collect::<String>()
        });
    let arn = document.str("Source ARN");
    Notice::new(
        &state(status, document.text("Severity")),
        format!(
            "{service} {} {source}",
            document.text("Event Source").unwrap_or_default()
        ),
    )
    .status(status)
    .location(Location::of_arn(arn).or(Location::new(None, region)))
    .because(Some(said).filter(|said| !said.is_empty()))
    .field("Source type", document.text("Event Source"))
    .code("Source", document.text("Source ARN").or(Some(source)))
    .field("Event", event)
    .at(document.timestamp("Event Time"))
    .tags(document.pairs("Tags"))
    .aws_link(
        &format!("Open in {service}"),
        document.text("Identifier Link"),
    )
    .aws_link("About the event", about)
    .incident(document.text("Source ARN"))
}

fn cache_entry(document: Node<'_>) -> Option<(String, String)> {
    let object = document.value().as_object()?;
    let (name, value) = object
        .iter()
        .find(|(name, _)| name.starts_with("ElastiCache:"))?;
    Some((
        name["ElastiCache:".len()..].to_owned(),
        value.as_str().unwrap_or_default().to_owned(),
    ))
}

pub(super) fn is_elasticache(document: Node<'_>) -> bool {
    cache_entry(document).is_some()
}

/// `{"ElastiCache:SnapshotComplete": "cluster"}`
pub(super) fn elasticache(document: Node<'_>) -> Notice {
    let (event, about) = cache_entry(document).unwrap_or_default();
    let others = document
        .pairs_here()
        .into_iter()
        .filter(|(name, _)| !name.starts_with("ElastiCache:"));
    Notice::new(
        &event,
        format!(
            "ElastiCache {}",
            about.split(" : ").next().unwrap_or(&about)
        ),
    )
    .because(Some(about.clone()).filter(|about| about.contains(" : ")))
    .lines(
        "Details",
        others
            .map(|(name, value)| format!("{name}: {value}"))
            .collect(),
    )
}
