//! DynamoDB, as far as the wire.

use std::sync::Mutex;

use picket_rules::probes::Check;

use super::*;
use crate::{outcome::ProbeOutcome, run::run_all, testing::FixedClock};

/// A table that gives these answers in turn, and what it was asked.
async fn table(answers: Vec<(u16, Value)>) -> MockServer {
    let server = MockServer::start().await;
    let answers = Mutex::new(answers);
    let answer = move |_: &Asked| {
        let (status, body) = answers.lock().unwrap().remove(0);
        ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/x-amz-json-1.0")
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn asked(server: &MockServer) -> Vec<(String, Value)> {
    let requests = server.received_requests().await.unwrap();
    let asked = |request: &Asked| {
        let operation = request.headers["x-amz-target"].to_str().unwrap();
        let operation = operation.rsplit('.').next().unwrap().to_owned();
        (operation, serde_json::from_slice(&request.body).unwrap())
    };
    requests.iter().map(asked).collect()
}

async fn ask(server: &MockServer, check: &str, metric: &str) -> (ActiveProbe, ProbeOutcome) {
    let adapters = Adapters::new(&sdk(&server.uri()), &config(None));
    let check = format!("DynamoDB: {{ Target: orders, {check} }}");
    let probe = active(
        &check,
        metric,
        "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
    );
    assert!(matches!(probe.probe.check, Check::DynamoDb(_)));
    // Long enough for a local server: the wait never ends by itself.
    let request = async {
        let mut outcomes = run_all(&adapters, &Endless, &[&probe], std::time::Duration::MAX).await;
        outcomes.remove(0).1
    };
    let outcome = request.await;
    (probe, outcome)
}

/// A clock on which no wait ends.
struct Endless;

impl picket_shared::clock::Clock for Endless {
    fn now(&self) -> jiff::Timestamp {
        FixedClock::at("2026-11-20T06:05:00Z").now
    }

    async fn sleep(&self, _: std::time::Duration) {
        std::future::pending::<()>().await;
    }
}

const KEY: &str = "KeyConditionExpression: '#s = :s', ExpressionAttributeNames: { '#s': state }, ExpressionAttributeValues: { ':s': { S: open }, ':n': { N: 1.50 } }";

#[tokio::test]
async fn pages_are_counted_by_key_without_their_items() {
    let server = table(vec![
        (
            200,
            json!({"Count": 7, "ScannedCount": 9, "LastEvaluatedKey": {"id": {"S": "x"}}}),
        ),
        (200, json!({"Count": 5, "ScannedCount": 5})),
    ])
    .await;
    let (probe, outcome) = ask(
        &server,
        &format!("{KEY}, IndexName: by-state, FilterExpression: 'n > :n'"),
        "Value: count",
    )
    .await;
    assert_eq!(outcome.number(&probe.probe.metrics[0]), Some(12.0));
    let asked = asked(&server).await;
    assert_eq!(
        asked[0],
        (
            "Query".to_owned(),
            json!({
                "TableName": "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
                "IndexName": "by-state",
                "Select": "COUNT",
                "KeyConditionExpression": "#s = :s",
                "FilterExpression": "n > :n",
                "ExpressionAttributeNames": {"#s": "state"},
                "ExpressionAttributeValues": {":s": {"S": "open"}, ":n": {"N": "1.50"}}
            })
        )
    );
    assert_eq!(asked[1].1["ExclusiveStartKey"], json!({"id": {"S": "x"}}));
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn an_attribute_is_added_up_exactly_and_what_is_no_number_adds_nothing() {
    let items = json!([{"sum": {"N": "0.1"}}, {"sum": {"N": "0.2"}}, {"sum": {"S": "a"}}, {}]);
    let server = table(vec![(200, json!({"Count": 4, "Items": items}))]).await;
    let (probe, outcome) = ask(&server, &format!("{KEY}, Sum: sum"), "Value: sum").await;
    assert_eq!(outcome.number(&probe.probe.metrics[0]), Some(0.3));
    let asked = &asked(&server).await[0].1;
    assert_eq!(asked["Select"], "SPECIFIC_ATTRIBUTES");
    assert_eq!(asked["ProjectionExpression"], "#picket_sum");
    assert_eq!(asked["ExpressionAttributeNames"]["#picket_sum"], "sum");
}

#[tokio::test]
async fn a_scan_is_made_where_the_file_says_so_and_nowhere_else() {
    let server = table(vec![(200, json!({"Count": 3}))]).await;
    let (probe, outcome) = ask(&server, "Scan: true", "Value: count").await;
    assert_eq!(outcome.number(&probe.probe.metrics[0]), Some(3.0));
    let asked = asked(&server).await;
    assert_eq!(asked[0].0, "Scan");
    assert_eq!(asked[0].1.get("ExpressionAttributeNames"), None);
}

#[tokio::test]
async fn a_throttle_passes_and_a_refusal_stays() {
    let error = |status, code: &str| {
        vec![(
            status,
            json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "a message"}),
        )]
    };
    for (status, code, expected) in [
        (
            400,
            "ProvisionedThroughputExceededException",
            Reason::Unavailable,
        ),
        (500, "InternalServerError", Reason::Unavailable),
        (400, "ValidationException", Reason::Refused),
        (400, "AccessDeniedException", Reason::Refused),
        (400, "ResourceNotFoundException", Reason::Refused),
    ] {
        let server = table(error(status, code)).await;
        let (probe, outcome) = ask(&server, KEY, "Value: count").await;
        assert_eq!(outcome.number(&probe.probe.metrics[0]), None);
        assert_eq!(outcome.failure.unwrap().reason, expected, "{code}");
    }
    // A throttle on the second page: half a count is no count.
    let mut answers = vec![(
        200,
        json!({"Count": 7, "LastEvaluatedKey": {"id": {"S": "x"}}}),
    )];
    answers.extend(error(400, "ThrottlingException"));
    let server = table(answers).await;
    let (probe, outcome) = ask(&server, KEY, "Value: count").await;
    assert_eq!(outcome.number(&probe.probe.metrics[0]), None);
    assert_eq!(outcome.failure.unwrap().reason, Reason::Unavailable);
}
