//! Each sample event of this function gives its golden report; every other function's is refused.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, which the lint's exemption does not reach"
)]

mod support;

use std::{fs, path::PathBuf};

use cost_reporter::Answer;
use jiff::civil::Date;
use picket_shared::usage::{TokenCounts, Usage, UsageKey, UsageRow};

use support::Account;

/// The present of every sample.
const NOW: &str = "2026-11-20T06:00:00Z";

fn row(agent: &str, model: &str, input: u64, output: u64) -> UsageRow {
    UsageRow {
        key: UsageKey {
            date: Date::constant(2026, 11, 19),
            agent: agent.into(),
            model: model.into(),
            incident: None,
            price: None,
            batch: false,
        },
        usage: Usage {
            requests: 12,
            tokens: TokenCounts {
                input,
                output,
                ..TokenCounts::default()
            },
        },
    }
}

fn samples(function: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events")).join(function);
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn each_sample_gives_its_golden_report() {
    let recording = include_bytes!("answers/two-months.json");
    let answer = Answer::read(recording).unwrap().remove(0);
    let files = samples("cost-reporter");
    assert!(files.len() >= 3);
    for file in files {
        let account = Account {
            recorded: Some(answer.clone()),
            forecast: None,
            ledger: vec![
                row("triage", "amazon.nova-micro-v1:0", 48_211, 1_903),
                row("triage", "example.unheard-of-v1", 10, 20),
            ],
            ..Account::default()
        };
        let event = fs::read(&file).unwrap();
        let report = account.handle(&event, NOW).await.remove(0);
        let (subject, message) = account.published.into_inner().unwrap().remove(0);
        let message: serde_json::Value = serde_json::from_str(&message).unwrap();
        assert_eq!(
            message["total"],
            serde_json::to_value(report.total).unwrap()
        );
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        insta::assert_json_snapshot!(
            name,
            serde_json::json!({"subject": subject, "message": message})
        );
    }
}

#[test]
fn the_samples_of_the_other_functions_are_refused() {
    for function in [
        "event-processor",
        "metrics-publisher",
        "slack-forwarder",
        "alarm-remediator",
    ] {
        for file in samples(function) {
            let event = fs::read(&file).unwrap();
            assert!(cost_reporter::read(&event).is_err(), "{}", file.display());
        }
    }
}
