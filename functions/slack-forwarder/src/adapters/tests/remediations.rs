use picket_shared::fleet::{Outcome, RemediationMessage};

use super::*;
use crate::ports::ReadRemediation;

fn message() -> RemediationMessage {
    RemediationMessage {
        stack: "picket-dev".into(),
        alarm_name: "orders".into(),
        alarm_arn: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders".into(),
        state_changed_at: "2026-11-20T06:02:12.345Z".parse().unwrap(),
        playbook: None,
        target: Some("orders".into()),
        outcome: Outcome::Done,
        text: "t".into(),
        requests: Vec::new(),
        plan: None,
        revert: None,
        step: None,
    }
}

#[tokio::test]
async fn the_message_of_an_audit_row_is_read_by_its_keys() {
    // As the remediator writes the row: fields that are not read here are passed over.
    let body = json!({"recorded_at": "2026-11-20T06:03:00Z", "owner": "r", "changed": true, "announced": false,
        "message": serde_json::to_value(message()).unwrap()});
    let item = json!({"Item": {"target": {"S": "orders"}, "body": {"S": body.to_string()}}});
    let (server, config) = aws(json_answer(200, &item)).await;
    let (target, entry) = message().audit_key();
    let read = adapters(&config).read_remediation(&target, &entry).await;
    assert_eq!(read.unwrap(), Some(message()));
    let asked: serde_json::Value = server.received_requests().await.unwrap()[0]
        .body_json()
        .unwrap();
    assert_eq!(
        asked,
        json!({"TableName": "remediation", "ConsistentRead": true, "Key": {
            "target": {"S": "orders"}, "entry": {"S": "audit#2026-11-20T06:02:12.345Z#orders"}}})
    );
}

#[tokio::test]
async fn a_row_that_is_absent_is_none_and_one_that_cannot_be_read_is_a_fault() {
    let (_server, config) = aws(json_answer(200, &json!({}))).await;
    let read = adapters(&config).read_remediation("a", "b").await;
    assert_eq!(read.unwrap(), None);
    for answer in [
        json_answer(200, &json!({"Item": {"target": {"S": "a"}}})),
        json_answer(200, &json!({"Item": {"body": {"S": "{}"}}})),
        json_answer(400, &json!({"__type": "ValidationException"})),
    ] {
        let (_server, config) = aws(answer).await;
        assert!(adapters(&config).read_remediation("a", "b").await.is_err());
    }
}
