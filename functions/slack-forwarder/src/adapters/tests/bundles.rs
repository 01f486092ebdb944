use picket_rules::routes::Sink;
use picket_shared::{Severity, alarm::State};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::{adapters, aws, json_answer};
use crate::{
    adapters::Adapters,
    deferred::bundle::{Bundle, HeldMessage, Meter, Reason, Slot},
    ports::{
        ClaimBundle, CloseBundle, CountMessage, HoldMessage, ListBundles, OpenBundle, ReadCount,
        ReadHeld, ReadSilences,
    },
};

fn slot() -> Slot {
    let sink = Sink::Webhook("a".to_owned());
    let now = "2026-11-20T06:11:30Z".parse().unwrap();
    Meter::storm(&sink, 20).slot(now)
}

fn bundle() -> Bundle {
    let slot = slot();
    Bundle {
        meter: slot.meter,
        sink: Sink::Webhook("a".to_owned()),
        reason: Reason::Storm(20),
        from: slot.from,
        until: slot.until,
        flapping: false,
    }
}

fn held() -> HeldMessage {
    HeldMessage {
        alert: "arn".to_owned(),
        at: "2026-11-20T06:11:12.345Z".parse().unwrap(),
        state: Some(State::Alarm),
        severity: Severity::Critical,
        headline: "h".to_owned(),
        link: None,
        mentions: Vec::new(),
    }
}

async fn table(answer: &Value) -> (MockServer, Adapters) {
    let answer: ResponseTemplate = json_answer(200, answer);
    let (server, config) = aws(answer).await;
    (server, adapters(&config))
}

/// The first request: the operation, and its body.
async fn asked(server: &MockServer) -> (String, Value) {
    let requests = server.received_requests().await.unwrap();
    let operation = requests[0].headers["x-amz-target"].to_str().unwrap();
    let operation = operation.rsplit('.').next().unwrap().to_owned();
    (operation, requests[0].body_json().unwrap())
}

#[tokio::test]
async fn a_message_is_counted_in_one_request_and_the_count_can_be_read() {
    let (server, table_) = table(&json!({"Attributes": {"messages": {"N": "21"}}})).await;
    assert_eq!(table_.count_message(&slot()).await.unwrap(), 21);
    let (operation, body) = asked(&server).await;
    assert_eq!(operation, "UpdateItem");
    let key =
        json!({"alert": {"S": "count/storm/webhook a"}, "part": {"S": "2026-11-20T06:11:00Z"}});
    assert_eq!(body["Key"], key);
    assert_eq!(
        body["UpdateExpression"],
        "ADD messages :one SET expires_at = :expires_at"
    );
    assert_eq!(body["ReturnValues"], "UPDATED_NEW");

    let (server, table_) = table(&json!({"Item": {"messages": {"N": "3"}}})).await;
    assert_eq!(table_.read_count(&slot()).await.unwrap(), 3);
    assert_eq!(asked(&server).await.1["Key"], key);
    let (_server, table) = table(&json!({})).await;
    assert_eq!(table.read_count(&slot()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_bundle_is_listed_filled_read_and_closed_under_its_keys() {
    let listed = json!({"alert": {"S": "bundles"}, "part": {"S": "2026-11-20T06:12:00Z storm/webhook a 2026-11-20T06:11:00Z"}});
    let json = serde_json::to_string(&bundle()).unwrap();
    let (server, opened) = table(&json!({})).await;
    opened.open_bundle(&bundle()).await.unwrap();
    let item = asked(&server).await.1["Item"].clone();
    assert_eq!(
        (&item["alert"], &item["part"]),
        (&listed["alert"], &listed["part"])
    );
    assert_eq!(item["bundle"]["S"], json.as_str());
    assert_eq!(
        item["expires_at"]["N"], "1795241520",
        "a day after its window"
    );

    let (_server, list) = table(&json!({"Items": [{"bundle": {"S": json}}]})).await;
    assert_eq!(list.list_bundles().await.unwrap(), [bundle()]);

    let (server, filled) = table(&json!({})).await;
    filled.hold_message(&bundle(), &held()).await.unwrap();
    let item = asked(&server).await.1["Item"].clone();
    assert_eq!(
        item["alert"]["S"],
        "bundle/storm/webhook a 2026-11-20T06:11:00Z"
    );
    assert_eq!(item["part"]["S"], "arn 2026-11-20T06:11:12.345Z ALARM");
    let (server, full) = table(&json!({"Items": [item]})).await;
    assert_eq!(full.read_held(&bundle()).await.unwrap(), [held()]);
    assert_eq!(asked(&server).await.1["ConsistentRead"], true);

    let (server, claimed) = table(&json!({})).await;
    assert!(claim(&claimed).await);
    let (operation, body) = asked(&server).await;
    assert_eq!((operation.as_str(), &body["Key"]), ("UpdateItem", &listed));
    assert_eq!(
        body["ConditionExpression"],
        "attribute_exists(alert) AND (attribute_not_exists(claimed_until) OR claimed_until <= :now OR sender = :sender)"
    );
    let values = &body["ExpressionAttributeValues"];
    assert_eq!(
        (&values[":sender"]["S"], &values[":until"]["N"]),
        (&json!("request"), &json!("1795155160000"))
    );
    let refused =
        json!({"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"});
    let (_server, config) = aws(json_answer(400, &refused)).await;
    assert!(!claim(&adapters(&config)).await, "another sender has it");

    let (server, closed) = table(&json!({})).await;
    closed.close_bundle(&bundle()).await.unwrap();
    let (operation, body) = asked(&server).await;
    assert_eq!((operation.as_str(), &body["Key"]), ("DeleteItem", &listed));
}

async fn claim(table: &Adapters) -> bool {
    let until = "2026-11-20T06:12:40Z".parse().unwrap();
    let now = "2026-11-20T06:12:10Z".parse().unwrap();
    let claimed = table.claim_bundle(&bundle(), "request", until, now).await;
    claimed.unwrap()
}

#[tokio::test]
async fn what_does_not_read_holds_up_nothing_and_is_named() {
    let json = |value: &str| json!({"S": value});
    let held_json = serde_json::to_string(&held()).unwrap();
    let bundle_json = serde_json::to_string(&bundle()).unwrap();
    let (_server, table) = table(&json!({"Items": [
        {"part": json("arn:a 2026-11-20T06:11:12Z ALARM"), "held": json("{}"), "bundle": json("")},
        {"part": json("b"), "held": json(&held_json), "bundle": json(&bundle_json)}]}))
    .await;
    assert_eq!(table.list_bundles().await.unwrap(), [bundle()]);
    let read = table.read_held(&bundle()).await.unwrap();
    assert_eq!(read[1], held());
    assert!(
        read[0]
            .headline
            .contains("cannot be read: arn:a 2026-11-20T06:11:12Z ALARM")
    );
}

#[tokio::test]
async fn silences_are_read_and_one_that_does_not_read_silences_nothing() {
    let text = r#"{"name":"move","match":{"alarm":"a"},"until":"2026-12-01T06:00:00Z","reason":"r","author":"ada"}"#;
    let items = json!({"Items": [
        {"part": {"S": "move"}, "silence": {"S": text}},
        {"part": {"S": "all"}, "silence": {"S": text.replace(r#"{"alarm":"a"}"#, "{}")}},
        {"part": {"S": "none"}},
    ]});
    let (server, table) = table(&items).await;
    let silences = table.read_silences().await.unwrap();
    let names: Vec<_> = silences
        .iter()
        .map(|silence| silence.name.as_str())
        .collect();
    assert_eq!(names, ["move"]);
    let (_, body) = asked(&server).await;
    assert_eq!(body["ExpressionAttributeValues"][":alert"]["S"], "silences");
}
