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
fn an_event_of_somebody_else_is_refused_and_still_one_message() {
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
