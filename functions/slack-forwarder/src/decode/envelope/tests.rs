use serde_json::json;

use super::*;

fn open(event: &Value) -> Result<Input, Unrecognised> {
    read(event.to_string().as_bytes())
}

fn sns(message: &str) -> Value {
    json!({"EventSource": "aws:sns", "Sns": {"Message": message, "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "MessageId": "id"}})
}

#[test]
fn every_sns_record_is_a_message_even_one_without_a_message() {
    let event = json!({"Records": [sns("one"), {"EventSource": "aws:sns"}, sns("two")]});
    let input = open(&event).unwrap();
    let bodies: Vec<_> = input
        .messages()
        .map(|message| message.body.clone())
        .collect();
    let bare = Body::Json(json!({"EventSource": "aws:sns"}));
    assert_eq!(
        bodies,
        [
            Body::Text("one".to_owned()),
            bare,
            Body::Text("two".to_owned())
        ]
    );
}

#[test]
fn a_failure_record_gives_back_the_event_that_failed() {
    let failure = json!({
        "version": "1.0", "timestamp": "2026-11-20T06:00:00.000Z",
        "requestContext": {"condition": "RetriesExhausted", "approximateInvokeCount": 3},
        "requestPayload": {"Records": [sns("lost")]}, "responseContext": {"statusCode": 200, "functionError": "Unhandled"}
    });
    let event = json!({"Records": [
        {"eventSource": "aws:sqs", "messageId": "a", "body": failure.to_string()},
        {"eventSource": "aws:sqs", "messageId": "b", "body": "not a record"},
        {"eventSource": "aws:sqs"},
    ]});
    let Input::Redelivery(failed_records) = open(&event).unwrap() else {
        panic!("a redelivery");
    };
    let receipts: Vec<_> = failed_records
        .iter()
        .map(|failed_record| failed_record.receipt.as_str())
        .collect();
    assert_eq!(receipts, ["a", "b", ""]);
    assert_eq!(
        failed_records[0].failed_at,
        Some("2026-11-20T06:00:00Z".parse().unwrap())
    );
    assert_eq!(
        failed_records[0].messages[0].body,
        Body::Text("lost".to_owned())
    );
    assert_eq!(
        failed_records[1].messages[0].body,
        Body::Text("not a record".to_owned())
    );
    assert_eq!(failed_records[1].failed_at, None);
}

#[test]
fn an_event_of_another_source_is_refused_and_still_one_message() {
    for event in [
        json!({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": "e30="}}]}),
        json!({"Records": []}),
        json!({}),
        json!(null),
        json!("text"),
    ] {
        let generic = open(&event).unwrap_err().into_generic();
        assert_eq!(generic.messages().count(), 1, "{event}");
    }
    assert_eq!(
        read(&[0xff, 0xfe])
            .unwrap_err()
            .into_generic()
            .messages()
            .count(),
        1
    );
    assert_eq!(read(b"").unwrap_err().into_generic().messages().count(), 1);
}

#[test]
fn a_bare_array_is_as_many_messages_as_it_has_recognised_entries() {
    let event = |id: &str| json!({"id": id, "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "detail": {}});
    let alarm = json!({"AlarmName": "orders", "NewStateValue": "ALARM", "StateChangeTime": "2026-11-20T06:03:12.345+0000",
        "NewStateReason": "r", "Region": "EU (Ireland)", "AWSAccountId": "111122223333"});
    let notification =
        json!({"Type": "Notification", "MessageId": "id", "TopicArn": "t", "Message": "hello"});
    let queued = |body: &str| json!({"eventSource": "aws:sqs", "messageId": "m", "body": body});
    let text = |value: &Value| Value::from(value.to_string());
    for (entries, count) in [
        (json!([event("a")]), 1),
        (json!([event("a"), event("b"), event("c")]), 3),
        (json!([alarm, event("a")]), 2),
        (json!([notification, notification]), 2),
        (
            json!([queued("hello"), queued(&notification.to_string())]),
            2,
        ),
        (
            json!([text(&event("a")), text(&alarm), text(&notification)]),
            3,
        ),
    ] {
        let Input::Event(messages) = open(&entries).unwrap() else {
            panic!("nothing of a queue that can be reported: {entries}");
        };
        assert_eq!(messages.len(), count, "{entries}");
    }
    let Input::Event(messages) = open(&json!([queued(&notification.to_string())])).unwrap() else {
        panic!("an event");
    };
    assert_eq!(messages[0].body, Body::Text("hello".to_owned()));
    for entries in [
        json!([]),
        json!([{"a": 1}]),
        json!([event("a"), {"a": 1}]),
        json!(["hello"]),
        json!([event("a"), 5]),
    ] {
        let unrecognised = open(&entries).unwrap_err();
        let whole = unrecognised.into_generic();
        assert_eq!(whole.messages().count(), 1, "{entries}");
    }
    let findings = json!([{"SchemaVersion": "2018-10-08", "ProductArn": "p"}, {"SchemaVersion": "2018-10-08", "ProductArn": "p"}]);
    assert_eq!(open(&findings).unwrap().messages().count(), 1);
}
