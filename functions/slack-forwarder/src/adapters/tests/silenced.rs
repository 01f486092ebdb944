//! What silences hold back, on the wire.

use picket_shared::alarm::State;
use serde_json::{Value, json};

use super::{adapters, aws, json_answer};
use crate::{
    deferred::silenced::Silenced,
    incident::Change,
    message::{Body, Message},
    ports::{ForgetSilenced, KeepSilenced, ListSilenced},
};

fn silenced(topic: Option<&str>) -> Silenced {
    let message = Message::bare(Body::Json(json!({"AlarmName": "orders"})));
    Silenced {
        alert: "arn:orders".to_owned(),
        change: Change::new(State::Alarm, "2026-11-20T06:03:12.345Z".parse().unwrap()),
        until: "2026-11-20T06:30:00Z".parse().unwrap(),
        message: Message {
            topic: topic.map(str::to_owned),
            ..message
        },
    }
}

async fn asked(server: &wiremock::MockServer) -> Value {
    let requests = server.received_requests().await.unwrap();
    requests[0].body_json().unwrap()
}

#[tokio::test]
async fn an_alarm_is_kept_over_an_older_one_and_read_as_it_was() {
    for (topic, condition) in [
        (
            Some("arn:topic"),
            "attribute_not_exists(alert) OR #at <= :at",
        ),
        (None, "attribute_not_exists(alert) OR #at < :at"),
    ] {
        let (server, config) = aws(json_answer(200, &json!({}))).await;
        let table = adapters(&config);
        table.keep_silenced(&silenced(topic)).await.unwrap();
        let put = asked(&server).await;
        assert_eq!(put["ConditionExpression"], condition);
        assert_eq!(put["Item"]["alert"]["S"], "silenced");
        assert_eq!(put["Item"]["part"]["S"], Silenced::part("arn:orders"));
        assert_eq!(put["Item"]["at"]["N"], "1795154592345");
        let items = json!({"Items": [{"silenced": {"S": "{"}}, put["Item"]]});
        let (_server, config) = aws(json_answer(200, &items)).await;
        let read = adapters(&config).list_silenced().await;
        assert_eq!(read.unwrap(), [silenced(topic)]);
    }
}

#[tokio::test]
async fn what_is_newer_is_neither_written_over_nor_forgotten_and_that_is_no_fault() {
    let newer = json!({"__type": "com.amazonaws#ConditionalCheckFailedException"});
    let (server, config) = aws(json_answer(400, &newer)).await;
    let table = adapters(&config);
    let at = silenced(None).change.at;
    table.forget_silenced("arn:orders", at).await.unwrap();
    table.keep_silenced(&silenced(None)).await.unwrap();
    let delete = asked(&server).await;
    assert_eq!(delete["Key"]["part"]["S"], Silenced::part("arn:orders"));
    assert_eq!(
        delete["ConditionExpression"],
        "attribute_not_exists(alert) OR #at <= :at"
    );
    let (_server, config) = aws(json_answer(
        400,
        &json!({"__type": "com.amazonaws#ResourceNotFoundException"}),
    ))
    .await;
    let table = adapters(&config);
    assert!(table.forget_silenced("arn:orders", at).await.is_err());
}
