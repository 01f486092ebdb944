//! Every kind of message, by a sample of our own: what is drawn of it is a golden file, inside every limit, and nothing
//! that is missing is named.

mod slack;

use std::{fs, path::PathBuf};

use jiff::Timestamp;
use picket_rules::routes::AlertKind;
use serde_json::{Value, json};
use slack_forwarder::{Explained, explain};

/// Words that a formatter writes where it forgot that something may be missing.
const SLIPS: [&str; 4] = ["None", "null", "undefined", "NaN"];
/// What a sample holds that nobody may read in a channel.
const SECRETS: [&str; 3] = ["SECRET", "TOKEN", "AKIAEXAMPLE"];

fn samples() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut samples: Vec<_> = fs::read_dir(folder)
        .expect("there are samples")
        .map(|entry| {
            let path = entry.expect("the folder can be listed").path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (
                name,
                fs::read_to_string(path).expect("a sample can be read"),
            )
        })
        .collect();
    samples.sort();
    samples
}

fn sns(message: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "id", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:warning", "Message": message})
}

fn explain_one(event: &Value) -> Explained {
    let mut explained = explain(event.to_string().as_bytes(), Timestamp::UNIX_EPOCH);
    assert_eq!(explained.len(), 1, "{event}");
    explained.remove(0)
}

/// The message as a reader sees it, block by block.
fn drawn(explained: &Explained) -> String {
    let payload: Value = serde_json::from_str(&explained.slack.to_json()).expect("JSON");
    let text = |value: &Value| value["text"].as_str().unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    for block in payload["blocks"].as_array().into_iter().flatten() {
        let parts = [&block["fields"], &block["elements"]];
        let listed = parts.into_iter().filter_map(Value::as_array).flatten();
        if block["text"].is_object() {
            lines.push(text(&block["text"]));
        }
        lines.extend(listed.map(|part| format!("  {}", text(part).replace('\n', ": "))));
    }
    lines.join("\n")
}

#[test]
fn every_sample_is_drawn_as_its_golden_file_says() {
    for (name, body) in samples() {
        let event = json!({"Records": [{"EventSource": "aws:sns", "Sns": sns(&body)}]});
        let explained = explain_one(&event);
        slack::assert_valid(&explained.slack);
        assert!(explained.dedicated, "{name}");
        let posted = explained.slack.to_json();
        for slip in SLIPS.iter().chain(&SECRETS) {
            assert!(!posted.contains(slip), "{name}: {slip} in {posted}");
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots/kinds" }, {
            insta::assert_snapshot!(name, drawn(&explained));
        });
    }
}

#[test]
fn the_documentation_lists_every_kind() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/delivery.md");
    let text = fs::read_to_string(path).expect("the document can be read");
    let (_, section) = text.split_once("## Kinds").expect("it has a section");
    let section = section.split("\n## ").next().unwrap_or_default();
    for kind in AlertKind::all() {
        assert!(section.contains(&format!("`{kind}`")), "{kind}");
    }
}

#[test]
fn a_message_is_the_same_whichever_way_it_comes() {
    for (name, body) in samples() {
        let published =
            explain_one(&json!({"Records": [{"EventSource": "aws:sns", "Sns": sns(&body)}]}));
        let queued = explain_one(
            &json!({"Records": [{"eventSource": "aws:sqs", "messageId": "r", "body": sns(&body).to_string()}]}),
        );
        let passed_on = explain_one(
            &json!({"Records": [{"EventSource": "aws:sns", "Sns": sns(&sns(&body).to_string())}]}),
        );
        assert_eq!(queued, published, "{name}");
        assert_eq!(passed_on, published, "{name}");
        let Ok(direct) = serde_json::from_str::<Value>(&body) else {
            continue;
        };
        assert_eq!(explain_one(&direct).kind, published.kind, "{name}");
    }
}
