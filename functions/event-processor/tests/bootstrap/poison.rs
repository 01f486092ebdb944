//! A record that aborts the process: a real abort, three processes.

use std::{
    os::unix::process::ExitStatusExt,
    sync::{Arc, Mutex},
};

use serde_json::json;
use wiremock::{Request, Respond};

use super::*;
use crate::lambda::operation;

/// SIGABRT (POSIX).
const ABORT: i32 = 6;

/// A table that keeps the attempts' item, and nothing else.
#[derive(Clone, Default)]
struct Attempts(Arc<Mutex<Option<Value>>>);

impl Respond for Attempts {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        let mut kept = self.0.lock().unwrap();
        let is_of_attempts = asked.pointer("/Item/chain/S") == Some(&json!("attempts"))
            || asked
                .pointer("/ExpressionAttributeValues/:attempts")
                .is_some();
        let items: Vec<&Value> = kept.iter().filter(|_| is_of_attempts).collect();
        let body = match operation(request) {
            "Query" => json!({ "Items": items }),
            _ => json!({}),
        };
        if operation(request) == "PutItem" && is_of_attempts {
            *kept = Some(asked["Item"].clone());
        }
        ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/x-amz-json-1.0")
    }
}

fn poison() -> Vec<u8> {
    event(&[Sent {
        shard: "shardId-000000000000".into(),
        sequence_number: "7".into(),
        partition_key: "agent".into(),
        arrived_at_ms: 1_795_155_245_120,
        payload: b"poison".to_vec(),
    }])
}

fn start_dying(server: &MockServer) -> Child {
    configured(&server.uri())
        .env("PICKET_FAULT", "poison:1")
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_record_that_aborts_two_processes_is_set_apart_by_the_third() {
    let attempts = Attempts::default();
    for number in 1..=2 {
        let (server, _answered) = server(poison(), attempts.clone()).await;
        let mut program = start_dying(&server);
        let status = timeout(PATIENCE, program.wait()).await.unwrap().unwrap();
        assert_eq!(status.signal(), Some(ABORT));
        let kept = attempts.0.lock().unwrap().clone().unwrap();
        assert_eq!(kept["number"]["N"], number.to_string());
    }
    let (server, mut answered) = server(poison(), attempts).await;
    let _program = start_dying(&server);
    let (_, answer) = timeout(PATIENCE, answered.recv()).await.unwrap().unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let requests = server.received_requests().await.unwrap();
    let put = requests
        .iter()
        .find(|request| request.method.as_str() == "PUT")
        .unwrap();
    let key = "/records/events/shardId-000000000000/0017.0000000000-0017.4294967295-";
    assert!(put.url.path().contains(key), "{}", put.url);
    let line: Value = serde_json::from_slice(&put.body).unwrap();
    assert_eq!(line["data"], "cG9pc29u");
    assert!(
        line["reason"]
            .as_str()
            .unwrap()
            .starts_with("two processes died")
    );
}
