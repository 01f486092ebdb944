use picket_shared::fleet::Outcome;
use serde_json::{Value, json};

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

fn rows(server: &Server) -> RemediationRows {
    let client = Client::new(&server.config(connector()));
    RemediationRows::new(client, "picket-remediations")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A row as the remediator writes it, with a field that this reader does not know.
fn item(target: &str, step: Option<&str>, recorded_at: &str) -> Value {
    let message = RemediationMessage {
        stack: "picket-dev".into(),
        alarm_name: "throttles".into(),
        alarm_arn: "arn".into(),
        state_changed_at: at("2026-11-20T06:00:00.100Z"),
        playbook: Some("lambda-throttles".into()),
        target: Some(target.into()),
        outcome: Outcome::Done,
        text: "Picket did it.".into(),
        requests: Vec::new(),
        plan: None,
        revert: None,
        step: step.map(str::to_owned),
    };
    let (target, entry) = message.audit_key();
    let body = json!({"recorded_at": recorded_at, "owner": "r-1", "changed": true, "record": {"stage": "made", "approved_by": "ana", "write": {"to": 15}},
        "message": message});
    json!({"target": {"S": target}, "entry": {"S": entry}, "body": {"S": body.to_string()}, "outcome": {"S": "done"}})
}

#[tokio::test]
async fn the_rows_of_a_target_are_read_by_its_key_and_are_newest_first() {
    let pages = [
        json!({"Items": [item("checkout", None, "2026-11-20T06:01:00Z"), {"target": {"S": "checkout"}}],
            "LastEvaluatedKey": {"target": {"S": "checkout"}, "entry": {"S": "x"}}}),
        json!({"Items": [item("checkout", Some("verified"), "2026-11-20T06:16:00Z")]}),
    ];
    let server = Server::answering(pages.iter().map(StubResponse::json)).await;
    let since = at("2026-11-20T00:00:00Z");
    let read = rows(&server).of_target("checkout", since).await.unwrap();
    let entries: Vec<_> = read.rows.iter().map(|row| row.entry.as_str()).collect();
    let first = "audit#2026-11-20T06:00:00.100Z#throttles";
    assert_eq!(entries, [format!("{first}#verified").as_str(), first]);
    assert_eq!((read.unreadable, read.is_whole), (1, true));
    assert_eq!(
        (read.rows[0].changed, read.rows[0].stage),
        (true, Some(Stage::Stands))
    );
    assert_eq!(read.rows[0].approved_by.as_deref(), Some("ana"));
    assert_eq!(server.operations().await, ["Query", "Query"]);
    let asked = &server.bodies().await[0];
    assert_eq!(
        asked["ExpressionAttributeValues"],
        json!({":target": {"S": "checkout"}, ":since": {"S": "audit#2026-11-20T00:00:00.000Z#"}, ":after": {"S": "audit~"}})
    );
}

#[test]
fn a_change_stands_until_it_is_reverted_or_was_never_made() {
    let plan = json!({"waiting": {"plan": "1a2b3c4d", "expires_at": "2026-11-20T06:30:00Z"}});
    let ended = |ending: &str| json!({"ended": ending});
    for (stage, expected) in [
        (json!("proposed"), Stage::Over),
        (plan, Stage::Waits),
        (json!("begun"), Stage::Stands),
        (json!("made"), Stage::Stands),
        (ended("final"), Stage::Stands),
        (ended("given-up"), Stage::Stands),
        (ended("reverted"), Stage::Over),
        (ended("kept"), Stage::Over),
        (ended("superseded"), Stage::Over),
        (ended("not-made"), Stage::Over),
        (ended("declined"), Stage::Over),
    ] {
        assert_eq!(Stage::read(&stage), expected, "{stage}");
    }
}

#[tokio::test]
async fn a_scan_ends_at_its_limit_of_pages_and_says_so() {
    let more = json!({"Items": [item("a", None, "2026-11-20T06:01:00Z"), item("b", None, "2026-11-20T06:02:00Z")],
        "LastEvaluatedKey": {"target": {"S": "b"}, "entry": {"S": "x"}}});
    let server = Server::answering([StubResponse::json(&more)]).await;
    let read = rows(&server)
        .of_all(Timestamp::UNIX_EPOCH, 2)
        .await
        .unwrap();
    assert_eq!((read.rows.len(), read.is_whole), (4, false));
    assert_eq!(read.rows[0].target, "b");
    assert_eq!(server.operations().await, ["Scan", "Scan"]);

    let last = json!({"Items": [item("a", None, "2026-11-20T06:01:00Z")]});
    let server = Server::answering([&more, &last].map(StubResponse::json)).await;
    let read = rows(&server)
        .of_all(Timestamp::UNIX_EPOCH, 2)
        .await
        .unwrap();
    assert_eq!((read.rows.len(), read.is_whole), (3, true));
    let asked = &server.bodies().await[0];
    assert_eq!(
        asked["FilterExpression"],
        "#entry BETWEEN :since AND :after"
    );
}

#[tokio::test]
async fn a_plan_that_waits_points_to_its_row() {
    let pointer = json!({"target": {"S": "plan#1a2b3c4d"}, "entry": {"S": "plan"}, "plan_target": {"S": "checkout"},
        "plan_entry": {"S": "audit#x"}, "expires_at": {"N": "1763620000"}});
    let broken = json!({"target": {"S": "plan#2"}, "entry": {"S": "plan"}});
    let server =
        Server::answering([StubResponse::json(&json!({"Items": [pointer, broken]}))]).await;
    let read = rows(&server).waiting_plans(1).await.unwrap();
    assert_eq!(
        read.rows,
        [WaitingPlan {
            plan: "1a2b3c4d".to_owned(),
            row: ("checkout".to_owned(), "audit#x".to_owned()),
            expires_at: Timestamp::from_second(1_763_620_000).unwrap(),
        }]
    );
    assert_eq!(read.unreadable, 1);
    let asked = &server.bodies().await[0];
    assert_eq!(
        asked["ExpressionAttributeValues"],
        json!({":plan": {"S": "plan#"}, ":entry": {"S": "plan"}})
    );
}

#[tokio::test]
async fn a_row_is_read_by_its_keys_and_a_table_that_refuses_is_an_error() {
    let found = json!({"Item": item("checkout", None, "2026-11-20T06:01:00Z")});
    let server = Server::answering([StubResponse::json(&found), StubResponse::ok("{}")]).await;
    let row = rows(&server).row("checkout", "audit#x").await.unwrap();
    assert_eq!(row.unwrap().message.text, "Picket did it.");
    assert_eq!(rows(&server).row("a", "b").await.unwrap(), None);
    let server = Server::answering([StubResponse::error(400, "AccessDeniedException")]).await;
    let fault = rows(&server).waiting_plans(1).await.unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("may not read the remediation table"),
        "{fault}"
    );
}
