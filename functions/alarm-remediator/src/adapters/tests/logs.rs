//! Log groups, their retention and their events on the wire.

use serde_json::json;

use super::*;
use crate::{
    actions::{
        diagnose::{ErrorLines, ReadErrorLines},
        set_log_retention::{LogGroup, ReadLogGroup},
    },
    setting::{Setting, Value},
};

fn retention() -> Setting {
    let group = GROUP.to_owned();
    Setting::LogRetention { group }
}

const GROUP: &str = "/aws/lambda/orders";

#[tokio::test]
async fn a_group_is_the_one_with_the_whole_name() {
    let longer = json!({"logGroupName": "/aws/lambda/orders-archive", "retentionInDays": 7});
    let own = json!({"logGroupName": GROUP, "storedBytes": 812});
    for (groups, expected) in [
        (
            json!([own, longer]),
            Some(LogGroup {
                retention_days: None,
                stored_bytes: 812,
            }),
        ),
        (json!([longer]), None),
        (json!([]), None),
    ] {
        let (ports, server) = answering(200, json!({"logGroups": groups})).await;
        assert_eq!(ports.log_group(GROUP).await.unwrap(), expected);
        assert_eq!(
            request(&server).await.2,
            json!({"logGroupNamePrefix": GROUP})
        );
    }
}

#[tokio::test]
async fn a_retention_is_set_and_removed() {
    let set = json!({"logGroups": [{"logGroupName": GROUP, "retentionInDays": 90}]});
    let (ports, _server) = answering(200, set).await;
    let found = ports.setting(&retention()).await.unwrap().unwrap();
    assert_eq!((found.value, found.settled), (Value::Number(90), true));
    for (value, operation, body) in [
        (
            Value::Number(90),
            "Logs_20140328.PutRetentionPolicy",
            json!({"logGroupName": GROUP, "retentionInDays": 90}),
        ),
        (
            Value::Absent,
            "Logs_20140328.DeleteRetentionPolicy",
            json!({"logGroupName": GROUP}),
        ),
    ] {
        let (ports, server) = answering(200, json!({})).await;
        written(&ports, retention(), &value).await.unwrap();
        let received = server.received_requests().await.unwrap().remove(0);
        assert_eq!(received.headers["x-amz-target"], operation);
        assert_eq!(request(&server).await.2, body);
    }
    let (ports, server) = answering(200, json!({})).await;
    for value in [Value::Flag(true), Value::Number(u64::MAX)] {
        assert!(written(&ports, retention(), &value).await.is_err());
    }
    assert!(server.received_requests().await.unwrap().is_empty());
    let invalid =
        json!({"__type": "InvalidParameterException", "message": "1 validation error detected"});
    let (ports, _server) = answering(400, invalid).await;
    assert_eq!(
        written(&ports, retention(), &Value::Number(4))
            .await
            .unwrap_err()
            .to_string(),
        "could not set the retention of the log group /aws/lambda/orders: AWS refused the request (InvalidParameterException)"
    );
}

#[tokio::test]
async fn error_lines_are_read_newest_first() {
    let events = json!({"events": [
        {"timestamp": 1, "message": "ERROR first"},
        {"timestamp": 3, "message": "ERROR third"},
        {"timestamp": 2, "message": "ERROR second"},
    ]});
    let (ports, server) = answering(200, events).await;
    let expected = ErrorLines {
        lines: ["ERROR third", "ERROR second", "ERROR first"]
            .map(str::to_owned)
            .into(),
        more: false,
    };
    let found = ports.error_lines(GROUP, at("2026-11-20T05:50:00Z")).await;
    assert_eq!(found.unwrap(), expected);
    let sent = request(&server).await.2;
    assert_eq!(sent["logGroupName"], GROUP);
    assert_eq!(sent["startTime"], 1_795_153_800_000_i64);
    assert_eq!(sent["startFromHead"], false);
    assert_eq!(
        sent["filterPattern"],
        "?ERROR ?Error ?Exception ?panicked ?\"Task timed out\""
    );
}

#[tokio::test]
async fn a_group_with_more_pages_than_are_read_says_so() {
    let page = json!({"events": [{"timestamp": 1, "message": "ERROR"}], "nextToken": "n"});
    let (ports, server) = answering(200, page).await;
    let found = ports
        .error_lines(GROUP, at("2026-11-20T05:50:00Z"))
        .await
        .unwrap();
    assert_eq!((found.lines.len(), found.more), (5, true));
    assert_eq!(server.received_requests().await.unwrap().len(), 5);
}

#[tokio::test]
async fn the_tags_of_a_group_are_read_by_its_arn() {
    let (ports, server) = answering(200, json!({"tags": {"picket:remediate": "true"}})).await;
    let arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/orders";
    let tags = ports.tags(arn).await.unwrap();
    assert_eq!(tags["picket:remediate"], "true");
    assert_eq!(request(&server).await.2, json!({"resourceArn": arn}));
}
