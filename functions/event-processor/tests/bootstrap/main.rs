//! The program itself, under a stand-in of Lambda's runtime API: what it asks of DynamoDB and S3, and what it answers.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "../support/mod.rs"]
mod support;

mod lambda;
mod poison;

use std::{
    process::{Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::timeout,
};
use wiremock::{MockServer, ResponseTemplate};

use crate::{
    lambda::{Table, server},
    support::{Sent, event},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_event-processor");
/// A start takes milliseconds; a machine at work on other tests may take longer.
const PATIENCE: Duration = Duration::from_mins(1);

fn program(server: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            server.trim_start_matches("http://"),
        )
        .env("AWS_LAMBDA_FUNCTION_NAME", "event-processor")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_ENDPOINT_URL", server)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// With everything that it needs to start.
fn configured(server: &str) -> Command {
    let mut command = program(server);
    command
        .env("ENVIRONMENT", "dev")
        .env("STACK_NAME", "picket-dev")
        .env("CHAIN_TABLE", "chains")
        .env("QUARANTINE_BUCKET", "quarantine")
        .env("STREAM_RETENTION_HOURS", "24");
    command
}

fn start(server: &MockServer) -> Child {
    configured(&server.uri()).spawn().unwrap()
}

fn answers(operation: &str) -> ResponseTemplate {
    let body = match operation {
        "Query" => r#"{"Items":[],"Count":0,"ScannedCount":0}"#,
        _ => "{}",
    };
    ResponseTemplate::new(200).set_body_raw(body, "application/x-amz-json-1.0")
}

fn is_missing(_operation: &str) -> ResponseTemplate {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}"#;
    ResponseTemplate::new(400).set_body_raw(body, "application/x-amz-json-1.0")
}

fn batch() -> Vec<u8> {
    let record = |number: u32, payload: &str| Sent {
        shard: "shardId-000000000000".into(),
        sequence_number: number.to_string(),
        partition_key: "agent".into(),
        arrived_at_ms: 1_795_155_245_120,
        payload: payload.into(),
    };
    event(&[record(1, "ERROR out of slots"), record(2, "{\"broken\":")])
}

#[tokio::test]
async fn a_batch_is_read_through_the_layer_committed_and_answered() {
    let (server, mut answered) = server(batch(), Table(answers)).await;
    let _program = start(&server);
    let (path, answer) = timeout(PATIENCE, answered.recv()).await.unwrap().unwrap();
    assert_eq!(path, "/2018-06-01/runtime/invocation/one/response");
    assert_eq!(answer, serde_json::json!({ "batchItemFailures": [] }));
    let requests = server.received_requests().await.unwrap();
    let puts: Vec<_> = requests
        .iter()
        .filter(|request| request.method.as_str() == "PUT")
        .collect();
    assert_eq!(puts.len(), 1);
    let key = "/records/events/shardId-000000000000/0011.0000000000-0012.0000000000-";
    assert!(puts[0].url.path().contains(key), "{}", puts[0].url);
    let commit = requests
        .iter()
        .rev()
        .find(|request| request.headers.contains_key("x-amz-target"))
        .unwrap();
    let commit: Value = serde_json::from_slice(&commit.body).unwrap();
    assert_eq!(
        commit["ConditionExpression"],
        "attribute_not_exists(#chain)"
    );
    assert_eq!(commit["Item"]["chain"]["S"], "events/shardId-000000000000");
    assert_eq!(commit["Item"]["mark"]["S"], "000");
    assert_eq!(commit["Item"]["after"]["S"], "0012.0000000000");
}

#[tokio::test]
async fn a_missing_table_is_an_error_that_names_it() {
    let (server, mut answered) = server(batch(), Table(is_missing)).await;
    let _program = start(&server);
    let (path, answer) = timeout(PATIENCE, answered.recv()).await.unwrap().unwrap();
    assert_eq!(path, "/2018-06-01/runtime/invocation/one/error");
    assert_eq!(answer["errorType"], "Misconfigured");
    let message = answer["errorMessage"].as_str().unwrap();
    assert!(
        message.contains(
            "the chain table chains does not exist; deploy the stack or correct CHAIN_TABLE"
        ),
        "{message}"
    );
}

#[tokio::test]
async fn another_functions_event_is_an_error_that_says_so() {
    let (server, mut answered) = server(
        br#"{"version":"0","source":"aws.scheduler"}"#.to_vec(),
        Table(answers),
    )
    .await;
    let _program = start(&server);
    let (_, answer) = timeout(PATIENCE, answered.recv()).await.unwrap().unwrap();
    assert_eq!(answer["errorType"], "UnreadableEvent");
    assert!(
        answer["errorMessage"]
            .as_str()
            .unwrap()
            .contains("missing field `Records`"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_start_without_configuration_names_every_variable_that_it_needs() {
    let Output { status, stderr, .. } = program("http://127.0.0.1:1").output().await.unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(!status.success());
    let required = event_processor::config::ENV.iter();
    for name in required.filter(|name| **name != "OVERRIDE_BUCKET") {
        assert!(said.contains(&format!("{name} is not set")), "{said}");
    }
}
