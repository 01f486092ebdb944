use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

fn read_detail(detail: &Value) -> Notice {
    let event = json!({"detail-type": "AWS Health Event", "source": "aws.health", "account": "111122223333",
        "time": "2026-11-20T06:00:00Z", "region": "eu-west-1", "detail": detail});
    read(&Event::read(&event).unwrap())
}

fn field(notice: &Notice, label: &str) -> Option<String> {
    let field = notice.fields.iter().find(|field| field.label == label)?;
    Some(field.value.clone())
}

#[test]
fn the_page_is_named_where_there_are_several() {
    for (page, pages, expected) in [
        (json!("2"), json!("3"), Some("2 of 3")),
        (json!(2), json!(3), Some("2 of 3")),
        (json!("1"), json!("1"), None),
        (json!("1"), Value::Null, None),
        (Value::Null, json!("3"), None),
    ] {
        let notice = read_detail(&json!({"page": page, "totalPages": pages}));
        assert_eq!(
            field(&notice, "Page").as_deref(),
            expected,
            "{page} {pages}"
        );
    }
}

#[test]
fn an_event_to_come_starts_and_any_other_has_since_been_there() {
    let at = |text: &str| -> Option<Timestamp> { Some(text.parse().unwrap()) };
    let (past, future) = (
        "Fri, 20 Nov 2026 05:00:00 GMT",
        "Sat, 21 Nov 2026 05:00:00 GMT",
    );
    for (status, start, since, starts) in [
        (
            json!("upcoming"),
            json!(future),
            None,
            at("2026-11-21T05:00:00Z"),
        ),
        (
            json!("upcoming"),
            json!(past),
            None,
            at("2026-11-20T05:00:00Z"),
        ),
        (
            json!("open"),
            json!(future),
            None,
            at("2026-11-21T05:00:00Z"),
        ),
        (json!("open"), json!(past), at("2026-11-20T05:00:00Z"), None),
        (
            json!("closed"),
            json!("2026-11-20T05:00:00Z"),
            at("2026-11-20T05:00:00Z"),
            None,
        ),
        (Value::Null, json!(future), None, at("2026-11-21T05:00:00Z")),
        // Without a time of its own, an event is as old as its message.
        (
            json!("upcoming"),
            Value::Null,
            at("2026-11-20T06:00:00Z"),
            None,
        ),
        (
            json!("upcoming"),
            json!("soon"),
            at("2026-11-20T06:00:00Z"),
            None,
        ),
    ] {
        let notice = read_detail(&json!({"statusCode": status, "startTime": start}));
        assert_eq!(
            (notice.at, notice.starts),
            (since, starts),
            "{status} {start}"
        );
    }
}

#[test]
fn the_end_is_written_like_the_start_or_as_it_came() {
    for (end, expected) in [
        ("Sat, 21 Nov 2026 05:00:00 GMT", "2026-11-21 05:00:00 UTC"),
        ("2026-11-21T05:00:00Z", "2026-11-21 05:00:00 UTC"),
        ("to be announced", "to be announced"),
    ] {
        let notice = read_detail(&json!({"endTime": end}));
        assert_eq!(field(&notice, "Ends").as_deref(), Some(expected));
    }
}
