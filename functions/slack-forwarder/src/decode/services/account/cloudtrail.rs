//! CloudTrail: records as events and as they stand in a trail, and the notice that a trail's file was delivered.

use crate::decode::event::Event;
use crate::decode::{
    lenient::Node,
    notice::{Location, Notice, Status},
};

pub(super) fn read(event: &Event<'_>) -> Notice {
    if event.detail_type.contains("Insight") {
        return insight(event);
    }
    of_record(event.detail, event.location())
}

pub(super) fn is_record(document: Node<'_>) -> bool {
    let is_one = |record: Node<'_>| {
        record.has_all(&["eventName", "eventSource", "eventVersion"])
            && record.str("eventSource").contains('.')
    };
    is_one(document) || is_one(document.at("Records/0"))
}

pub(super) fn record(document: Node<'_>) -> Notice {
    let records = document.list("Records");
    let Some(first) = records.first() else {
        return of_record(document, Location::default());
    };
    let lines = records.iter().map(|record| {
        format!(
            "{} by {}",
            record.text("eventName").unwrap_or_default(),
            who(*record).unwrap_or_else(|| "an unknown principal".to_owned())
        )
    });
    of_record(*first, Location::default()).lines(
        "Records",
        if records.len() > 1 {
            lines.collect()
        } else {
            Vec::new()
        },
    )
}

fn of_record(record: Node<'_>, location: Location) -> Notice {
    let service = record
        .text("eventSource")
        .map(|source| source.split('.').next().unwrap_or_default().to_owned());
    let name = record
        .text("eventName")
        .unwrap_or_else(|| "a call".to_owned());
    let error = record.text("errorCode");
    let login = record.text("responseElements/ConsoleLogin");
    let state = error.clone().or(login).unwrap_or_else(|| {
        if record.str("eventType") == "AwsServiceEvent" {
            "SERVICE EVENT"
        } else {
            "CALLED"
        }
        .to_owned()
    });
    let is_root = record.str("userIdentity/type") == "Root";
    let status = if error.is_some() || is_root || Status::of(&state) == Status::Bad {
        Status::Bad
    } else {
        Status::Neutral
    };
    let who = who(record);
    let reason = match (&who, record.text("errorMessage")) {
        (Some(who), Some(error)) => Some(format!("{who}: {error}")),
        (Some(who), None) => Some(format!("By {who}")),
        (None, error) => error,
    };
    let parameters = record
        .at("requestParameters")
        .pairs_here()
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}"));
    let own = Location::new(
        record.first(&["recipientAccountId", "userIdentity/accountId"]),
        record.text("awsRegion"),
    );
    Notice::new(
        &state,
        format!(
            "{} {name}",
            service.unwrap_or_else(|| "CloudTrail".to_owned())
        ),
    )
    .status(status)
    .location(own.or(location))
    .because(reason)
    .field("By", who)
    .field("Identity", record.text("userIdentity/type"))
    .field("From address", record.text("sourceIPAddress"))
    .field(
        "Multi-factor",
        record.first(&[
            "additionalEventData/MFAUsed",
            "userIdentity/sessionContext/attributes/mfaAuthenticated",
        ]),
    )
    .field("Agent", record.text("userAgent"))
    .lines("Request", parameters.collect())
    .at(record.timestamp("eventTime"))
    .console_of(
        "Open in CloudTrail",
        "cloudtrailv2/home?region={region}#/events/{}",
        record.text("eventID").as_deref(),
    )
}

fn who(record: Node<'_>) -> Option<String> {
    if record.str("userIdentity/type") == "Root" {
        return Some("root".to_owned());
    }
    record.first(&[
        "userIdentity/userName",
        "userIdentity/sessionContext/sessionIssuer/userName",
        "userIdentity/arn",
        "userIdentity/invokedBy",
        "userIdentity/principalId",
        "userIdentity/type",
    ])
}

fn insight(event: &Event<'_>) -> Notice {
    let detail = event.detail.at("insightDetails");
    let numbers = (
        detail.text("insightContext/statistics/insight/average"),
        detail.text("insightContext/statistics/baseline/average"),
    );
    let because = match numbers {
        (Some(now), Some(usual)) => Some(format!("{now} a minute against {usual}")),
        _ => None,
    };
    event
        .notice(
            &detail
                .text("insightType")
                .unwrap_or_else(|| "INSIGHT".to_owned()),
            format!(
                "CloudTrail insight: {}",
                detail.text("eventName").unwrap_or_default()
            ),
        )
        .status(if detail.str("state") == "End" {
            Status::Good
        } else {
            Status::Bad
        })
        .because(because)
        .field("Service", detail.text("eventSource"))
        .field("State", detail.text("state"))
}

pub(super) fn is_delivery(document: Node<'_>) -> bool {
    document.has_all(&["s3Bucket", "s3ObjectKey"]) && !document.has("messageType")
}

pub(super) fn delivery(document: Node<'_>) -> Notice {
    let files = document
        .list("s3ObjectKey")
        .into_iter()
        .filter_map(|key| key.value().as_str().map(str::to_owned));
    Notice::new(
        "LOG DELIVERED",
        format!(
            "CloudTrail to {}",
            document.text("s3Bucket").unwrap_or_default()
        ),
    )
    .status(Status::Neutral)
    .code("Bucket", document.text("s3Bucket"))
    .lines("Files", files.collect())
}
