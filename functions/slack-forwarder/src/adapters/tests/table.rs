use jiff::Timestamp;
use picket_shared::alarm::State;

use super::{adapters, aws, json_answer};
use crate::{
    deferred::digest::{Note, NoteKey},
    delivery_log::{Event, Row, RowKey, Stored, Written},
    incident::Change,
    ports::{KeepNote, ReadManyRows, ReadNotes, ReadRow, ReadRows, WriteRow},
};

fn key() -> RowKey {
    RowKey {
        alert: "arn".to_owned(),
        part: "webhook critical".to_owned(),
    }
}

fn row() -> Row {
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    Row::default().done(Event::Change(Change::new(State::Alarm, at)))
}

fn item(row: &str) -> serde_json::Value {
    serde_json::json!({"alert": {"S": "arn"}, "part": {"S": "webhook critical"}, "row": {"S": row}, "revision": {"N": "7"}})
}

#[tokio::test]
async fn a_row_is_read_consistently_and_none_is_the_beginning() {
    let json = serde_json::to_string(&row()).unwrap();
    let (server, config) = aws(json_answer(200, &serde_json::json!({"Item": item(&json)}))).await;
    let stored = adapters(&config).read_row(&key()).await;
    assert_eq!(
        stored.unwrap(),
        Stored {
            row: row(),
            revision: 7
        }
    );
    let asked: serde_json::Value = server.received_requests().await.unwrap()[0]
        .body_json()
        .unwrap();
    assert_eq!(asked["ConsistentRead"], true);
    assert_eq!(
        asked["Key"],
        serde_json::json!({"alert": {"S": "arn"}, "part": {"S": "webhook critical"}})
    );
    let (_server, config) = aws(json_answer(200, &serde_json::json!({}))).await;
    let stored = adapters(&config).read_row(&key()).await;
    assert_eq!(stored.unwrap(), Stored::default());
}

#[tokio::test]
async fn a_row_that_does_not_read_is_a_fault_and_not_a_beginning() {
    for row in ["", "null", r#"{"history": 1}"#] {
        let (_server, config) = aws(json_answer(
            200,
            &serde_json::json!({"Items": [item(row)], "Item": item(row)}),
        ))
        .await;
        let table = adapters(&config);
        let fault = table.read_row(&key()).await.unwrap_err();
        assert_eq!(
            fault.to_string(),
            "a row of the alerts table alerts cannot be read; delete it"
        );
        assert_eq!(table.read_rows("arn").await.unwrap(), []);
    }
}

#[tokio::test]
async fn the_rows_of_an_alert_have_their_sinks_and_one_that_does_not_read_hides_no_other() {
    let json = serde_json::to_string(&row()).unwrap();
    let items = serde_json::json!({"Items": [item("{"), item(&json)]});
    let (_server, config) = aws(json_answer(200, &items)).await;
    let rows = adapters(&config).read_rows("arn").await;
    assert_eq!(rows.unwrap(), [(key(), row())]);
}

#[tokio::test]
async fn a_row_is_written_only_over_the_one_that_was_read() {
    let at = Timestamp::from_second(1_900_000_000).unwrap();
    for (over, condition) in [(0, "attribute_not_exists(alert)"), (7, "revision = :over")] {
        let (server, config) = aws(json_answer(200, &serde_json::json!({}))).await;
        let table = adapters(&config);
        let written = table.write_row(&key(), &row(), over, at).await.unwrap();
        assert_eq!(written, Written::Written);
        let asked: serde_json::Value = server.received_requests().await.unwrap()[0]
            .body_json()
            .unwrap();
        assert_eq!(asked["ConditionExpression"], condition);
        assert_eq!(asked["Item"]["revision"]["N"], (over + 1).to_string());
        assert_eq!(asked["Item"]["expires_at"]["N"], "1900000000");
    }
    let refusal = serde_json::json!({"__type": "com.amazonaws#ConditionalCheckFailedException"});
    let (_server, config) = aws(json_answer(400, &refusal)).await;
    let written = adapters(&config).write_row(&key(), &row(), 7, at).await;
    assert_eq!(written.unwrap(), Written::Collided);
}

#[tokio::test]
async fn a_note_is_kept_under_its_day_and_read_with_it() {
    let note = Note {
        kind: "alarm".to_owned(),
        what: "orders".to_owned(),
        silence: None,
    };
    let key = NoteKey {
        date: "2026-11-20".parse().unwrap(),
        message: "message/1".to_owned(),
    };
    let (server, config) = aws(json_answer(200, &serde_json::json!({}))).await;
    let table = adapters(&config);
    table.keep_note(&key, &note).await.unwrap();
    let asked: serde_json::Value = server.received_requests().await.unwrap()[0]
        .body_json()
        .unwrap();
    assert_eq!(asked["Item"]["alert"]["S"], "digest/2026-11-20");
    assert_eq!(asked["Item"]["part"]["S"], "message/1");
    assert_eq!(asked["Item"]["expires_at"]["N"], "1795478400");
    let items = serde_json::json!([
        {"note": asked["Item"]["note"]}, {"note": {"S": "of tomorrow"}}, {"alert": {"S": "a"}}]);
    let (_server, config) = aws(json_answer(200, &serde_json::json!({"Items": items}))).await;
    let notes = adapters(&config).read_notes(key.date).await;
    assert_eq!(notes.unwrap(), [note]);
}

#[tokio::test]
async fn many_rows_are_read_a_hundred_at_a_time_and_what_dynamodb_leaves_is_asked_for_again() {
    let json = serde_json::to_string(&row()).unwrap();
    let key_of =
        |alert: &str| serde_json::json!({"alert": {"S": alert}, "part": {"S": "webhook a"}});
    let stored = serde_json::json!({"alert": {"S": "0"}, "part": {"S": "webhook a"}, "row": {"S": json}, "revision": {"N": "7"}});
    let odd = serde_json::json!({"alert": {"S": "1"}, "part": {"S": "webhook a"}, "row": {"S": "?"}, "revision": {"N": "7"}});
    let answer = serde_json::json!({"Responses": {"alerts": [stored, odd]},
        "UnprocessedKeys": {"alerts": {"Keys": [key_of("2")], "ConsistentRead": true}}});
    let (server, config) = aws(json_answer(200, &answer)).await;
    let keys: Vec<RowKey> = (0..101)
        .map(|alert| RowKey {
            alert: alert.to_string(),
            part: "webhook a".to_owned(),
        })
        .collect();
    let table = adapters(&config);
    let rows = table.read_many_rows(&keys).await.unwrap();
    // The stand-in answers each request alike.
    assert_eq!(rows.len(), 6, "a row that does not read is left out");
    assert_eq!(rows[0], (keys[0].clone(), row()));
    let asked: Vec<serde_json::Value> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.body_json().unwrap())
        .collect();
    let wanted = |request: &serde_json::Value| {
        let keys = &request["RequestItems"]["alerts"]["Keys"];
        keys.as_array().unwrap().len()
    };
    assert_eq!(
        asked.iter().map(wanted).collect::<Vec<_>>(),
        [100, 1, 1, 1, 1, 1],
        "three rounds at most for each hundred"
    );
    assert_eq!(asked[0]["RequestItems"]["alerts"]["ConsistentRead"], true);
    assert_eq!(asked[1]["RequestItems"]["alerts"]["Keys"][0], key_of("2"));
}
