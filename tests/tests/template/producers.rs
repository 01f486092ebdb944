//! The producers of `deploy/producers`: what Kinesis does not take is put again, and nothing else.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

use picket_line::aws::Clients;
use serde_json::{Value, json};

use crate::load::{root, text};

#[path = "../../../deploy/producers/put_records.rs"]
#[expect(
    clippy::disallowed_methods,
    reason = "an example for other programs, which have no clock of ours"
)]
#[expect(
    unreachable_pub,
    reason = "a producer is for a crate that is not this one"
)]
mod put_records;

/// A client that takes every second entry of the first request, and all of the others.
const PYTHON: &str = r#"
import sys
sys.path.insert(0, sys.argv[1])
from put_records import put_records

class Kinesis:
    calls = []
    def put_records(self, StreamName, Records):
        self.calls.append([record["PartitionKey"] for record in Records])
        return {"Records": [
            {"ErrorCode": "ProvisionedThroughputExceededException"} if len(self.calls) == 1 and index % 2 else {}
            for index in range(len(Records))
        ]}

class Full:
    calls = 0
    def put_records(self, StreamName, Records):
        self.calls += 1
        return {"Records": [{"ErrorCode": "InternalFailure"} for _ in Records]}

kinesis, waits = Kinesis(), []
put_records(kinesis, "events", [{"event_id": name} for name in "abcd"], waits.append)
assert kinesis.calls == [["a", "b", "c", "d"], ["b", "d"]], kinesis.calls
assert len(waits) == 1, waits
kinesis.calls.clear()
put_records(kinesis, "events", [{"event_id": str(number)} for number in range(1001)], waits.append)
assert [len(call) for call in kinesis.calls] == [500, 250, 500, 1], kinesis.calls
full = Full()
try:
    put_records(full, "events", [{"event_id": "a"}], waits.append)
    raise SystemExit("a full stream took it")
except RuntimeError as error:
    assert "1 events" in str(error) and full.calls == 8, error
"#;

#[test]
fn the_producer_in_python_puts_again_what_was_not_taken() {
    let output = Command::new(root().join(".venv/bin/python"))
        .args(["-B", "-c", PYTHON])
        .arg(root().join("deploy/producers"))
        .output()
        .expect("the Python of .venv runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The body of a request.
fn request(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Kinesis, which takes every second entry of the first request; the keys of each request.
fn kinesis() -> (String, Arc<Mutex<Vec<Vec<Value>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let calls: Arc<Mutex<Vec<Vec<Value>>>> = Arc::default();
    let seen = Arc::clone(&calls);
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let Some(body) = request(&stream) else {
                continue;
            };
            let entries = body["Records"].as_array().expect("entries");
            let is_first = seen.lock().expect("no panic").is_empty();
            let answer = |index: usize| {
                if is_first && index % 2 == 1 {
                    json!({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "full"})
                } else {
                    json!({"SequenceNumber": "1", "ShardId": "shardId-000000000000"})
                }
            };
            let answers: Vec<Value> = (0..entries.len()).map(answer).collect();
            let keys = entries.iter().map(|entry| entry["PartitionKey"].clone());
            seen.lock().expect("no panic").push(keys.collect());
            let body = json!({"FailedRecordCount": 0, "Records": answers}).to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close\r\n";
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            stream
                .write_all(answer.as_bytes())
                .expect("the answer is read");
        }
    });
    (address, calls)
}

#[tokio::test]
async fn the_producer_in_rust_puts_again_what_was_not_taken() {
    let (address, calls) = kinesis();
    let clients = Clients::new(&address).await;
    let events =
        ["a", "b", "c", "d"].map(|id| (id.to_owned(), json!({"event_id": id}).to_string()));
    let put = put_records::put_records(&clients.kinesis(), "events", &events).await;
    assert!(put.is_ok(), "{put:?}");
    let calls = calls.lock().expect("no panic");
    assert_eq!(
        *calls,
        [
            vec![json!("a"), json!("b"), json!("c"), json!("d")],
            vec![json!("b"), json!("d")]
        ]
    );
}

#[test]
fn every_producer_is_named_and_asks_for_the_same() {
    let document = text("docs/deploy-sources.md");
    for file in [
        "put_records.py",
        "putRecords.mjs",
        "PutRecords.java",
        "putrecords.go",
        "put_records.rs",
    ] {
        assert!(
            document.contains(&format!("../deploy/producers/{file}")),
            "{file}"
        );
        let code = text(&format!("deploy/producers/{file}"));
        assert!(
            code.contains("500") && code.to_lowercase().contains("attempts"),
            "{file}"
        );
    }
}

/// The scopes that the forwarder's calls need (docs/delivery.md), and the one of webhooks.
#[test]
fn the_manifest_of_the_slack_app_has_the_scopes_of_its_calls() {
    let manifest: Value = serde_saphyr::from_str(&text("deploy/slack-app.yaml")).expect("YAML");
    let scopes = &manifest["oauth_config"]["scopes"];
    assert_eq!(
        scopes["bot"],
        json!(["chat:write", "files:write", "incoming-webhook"])
    );
    assert!(scopes["user"].is_null());
    assert_eq!(manifest["settings"]["token_rotation_enabled"], false);
    let document = text("docs/deploy-channels.md");
    for scope in ["chat:write", "files:write", "incoming-webhook"] {
        assert!(document.contains(&format!("`{scope}`")), "{scope}");
    }
}
