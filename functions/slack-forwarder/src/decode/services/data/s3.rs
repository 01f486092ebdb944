//! S3: a bucket's notifications, and events.

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::Node,
        notice::{Location, Notice, Status},
    },
    draft::number,
};

const PAGE: &str = "s3/object/{}?region={region}&prefix=";

pub(super) fn event(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let (bucket, key) = (detail.text("bucket/name"), detail.text("object/key"));
    let state = event.detail_type.trim_start_matches("Object ");
    let notice = event.notice(state, name(bucket.as_deref(), key.as_deref()));
    of_object(notice, bucket.as_deref(), key.as_deref())
        .because(detail.text("reason").map(|reason| format!("By {reason}")))
        .field("Size", detail.number("object/size").map(bytes))
        .field("By", detail.text("requester"))
        .field("From address", detail.text("source-ip-address"))
        .field(
            "Storage class",
            detail.first(&[
                "destination-storage-class",
                "destination-access-tier",
                "source-storage-class",
            ]),
        )
}

pub(super) fn is_notification(document: Node<'_>) -> bool {
    document.str("Records/0/eventSource") == "aws:s3"
}

pub(super) fn notification(document: Node<'_>) -> Notice {
    let records = document.list("Records");
    let first = document.at("Records/0");
    let (bucket, key) = (first.text("s3/bucket/name"), key_of(first));
    let lines = records.iter().map(|record| {
        format!(
            "{} {}",
            record.text("eventName").unwrap_or_default(),
            name(
                record.text("s3/bucket/name").as_deref(),
                key_of(*record).as_deref()
            )
        )
    });
    let more = if records.len() > 1 {
        format!(" and {} more", records.len() - 1)
    } else {
        String::new()
    };
    let state = first
        .text("eventName")
        .unwrap_or_else(|| "CHANGED".to_owned());
    let location = Location::new(None, first.text("awsRegion"));
    let lines = if records.len() > 1 {
        lines.collect()
    } else {
        Vec::new()
    };
    let notice = Notice::new(&state, name(bucket.as_deref(), key.as_deref()) + &more)
        .location(location)
        .at(first.timestamp("eventTime"));
    let status = if state.contains("Lost") || state.contains("Failed") {
        Status::Bad
    } else {
        Status::Neutral
    };
    of_object(notice, bucket.as_deref(), key.as_deref())
        .status(status)
        .field("Size", first.number("s3/object/size").map(bytes))
        .field("By", first.text("userIdentity/principalId"))
        .field(
            "From address",
            first.text("requestParameters/sourceIPAddress"),
        )
        .lines("Objects", lines)
}

fn of_object(notice: Notice, bucket: Option<&str>, key: Option<&str>) -> Notice {
    let page = key.map(|key| format!("{PAGE}{}", crate::decode::notice::encoded(key)));
    let notice = notice
        .status(Status::Neutral)
        .code("Bucket", bucket.map(str::to_owned))
        .code("Object", key.map(str::to_owned));
    match page {
        Some(page) => notice.console_of("Open in S3", &page, bucket),
        None => notice.console_of("Open in S3", "s3/buckets/{}?region={region}", bucket),
    }
}

/// Notifications spell keys as forms do: percent-encoded, a plus for a space.
fn key_of(record: Node<'_>) -> Option<String> {
    let written = record.text("s3/object/key")?.replace('+', " ");
    let mut bytes = Vec::new();
    let mut rest = written.as_bytes();
    while let [first, tail @ ..] = rest {
        let decoded = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &tail[2..] } else { tail };
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn name(bucket: Option<&str>, key: Option<&str>) -> String {
    let bucket = bucket.unwrap_or("a bucket");
    key.map_or_else(
        || format!("S3 {bucket}"),
        |key| format!("S3 {bucket}/{key}"),
    )
}

fn bytes(size: f64) -> String {
    format!("{} bytes", number::value(size))
}

pub(super) fn is_test(document: Node<'_>) -> bool {
    document.str("Event") == "s3:TestEvent"
}

pub(super) fn test(document: Node<'_>) -> Notice {
    Notice::new("TEST", name(document.text("Bucket").as_deref(), None))
        .status(Status::Neutral)
        .because(Some("The bucket can reach this topic".to_owned()))
        .at(document.timestamp("Time"))
}
