//! What `picket usage` answers on recordings of the ledger and of CloudWatch, written for this test.

mod support;

use std::{path::PathBuf, process::ExitCode};

use serde_json::{Value, json};

async fn picket(arguments: &[&str]) -> (String, String, String) {
    let (exit, answers, complaints) = support::picket(arguments).await;
    (support::status(exit), answers, complaints)
}

fn status(status: u8) -> String {
    support::status(ExitCode::from(status))
}

fn recording(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    folder.join(name).to_string_lossy().into_owned()
}

/// The figures were worked out with Python's `decimal`: 3 and 15 dollars a million tokens of input and output, 0.25 and
/// 1.25 for the smaller model.
#[tokio::test]
async fn a_day_is_added_up_to_the_last_digit() {
    let (exit, answers, complaints) = picket(&[
        "usage",
        "--json",
        "--ledger",
        &recording("ledger-query.json"),
        "--metrics",
        &recording("get-metric-data.json"),
        "--from",
        "2026-11-19",
    ])
    .await;
    assert_eq!((exit, complaints), (status(0), String::new()));
    let answer: Value = serde_json::from_str(&answers).unwrap();
    assert_eq!(answer["cost_usd"], "0.9932455");
    assert_eq!(answer["requests"], 242);
    assert_eq!(answer["unpriced_requests"], 2);
    let names = |rows: &Value| -> Vec<(String, Value)> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["name"].as_str().unwrap().to_owned(),
                row["cost_usd"].clone(),
            )
        })
        .collect()
    };
    let rows = |rows: &[(&str, Value)]| -> Vec<(String, Value)> {
        rows.iter()
            .map(|(name, cost)| ((*name).to_owned(), cost.clone()))
            .collect()
    };
    assert_eq!(
        names(&answer["agents"]),
        rows(&[
            ("cloud-engineer", json!("0.675")),
            ("error-analysis", json!("0.1755")),
            ("knowledge-base", json!("0.1427455")),
            ("jira", json!(null)),
        ])
    );
    assert_eq!(
        names(&answer["incidents"]["all"]),
        rows(&[
            ("INC-20261119-0001", json!("0.8055")),
            ("INC-20261119-0002", json!("0.045")),
        ])
    );
    // The second incident has requests without a price.
    assert_eq!(answer["incidents"]["per_incident_usd"], "0.8055");
    assert_eq!(answer["incidents"]["unpriced"], 1);
    let measured = &answer["measured"];
    assert_eq!(measured["throughput"][1]["per_minute"], 30.0);
    assert_eq!(measured["latency"]["average_ms"], 1_118.75);
    assert_eq!(measured["latency"]["p95_ms"], json!([2_140.5, 2_140.5]));
}

#[tokio::test]
async fn a_person_reads_tables() {
    let (exit, answers, _) = picket(&[
        "usage",
        "--ledger",
        &recording("ledger-query.json"),
        "--metrics",
        &recording("get-metric-data.json"),
        "--from",
        "2026-11-18",
        "--to",
        "2026-11-19",
        "--top",
        "2",
    ])
    .await;
    assert_eq!(exit, status(0));
    insta::assert_snapshot!("usage_for_people", answers);
}

#[tokio::test]
async fn the_cost_of_a_successful_incident_needs_the_ids_and_every_price() {
    let folder = tempfile::tempdir().unwrap();
    let ids = folder.path().join("resolved.txt");
    std::fs::write(&ids, "INC-20261119-0001\n\nINC-20261001-0007\n").unwrap();
    let prices = folder.path().join("prices.yaml");
    let row = "  - { id: unheard-of, model: 'example.unheard-of*', from: 2026-11-01, source: 'https://example.com', read: 2026-11-19, input: 1, output: 1 }";
    let built_in = picket_rules::prices::BUILT_IN.1.trim_end();
    std::fs::write(&prices, format!("{built_in}\n{row}\n")).unwrap();
    let (ids, prices) = (ids.to_string_lossy(), prices.to_string_lossy());
    let ledger = recording("ledger-query.json");
    let common = [
        "usage",
        "--json",
        "--from",
        "2026-11-19",
        "--ledger",
        &ledger,
        "--succeeded",
        &ids,
    ];
    let (_, answers, _) = picket(&common).await;
    let answer: Value = serde_json::from_str(&answers).unwrap();
    let incidents = &answer["incidents"];
    assert_eq!(incidents["successful"], 1);
    assert_eq!(incidents["per_successful_incident_usd"], json!(null));
    let (_, answers, _) = picket(&[&common[..], &["--prices", &prices]].concat()).await;
    let answer: Value = serde_json::from_str(&answers).unwrap();
    // Both incidents were worked on, and one succeeded.
    assert_eq!(
        answer["incidents"]["per_successful_incident_usd"],
        "0.85109"
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let ledger = recording("ledger-query.json");
    for (arguments, complaint) in [
        (
            vec!["--from", "2026-11-19", "--to", "2026-11-18"],
            "--to is before --from",
        ),
        (vec!["--for", "0d"], "is no period"),
        (
            vec!["--for", "1d", "--from", "2026-11-19"],
            "cannot be used with",
        ),
        (vec!["--metrics", &ledger], ""),
    ] {
        let arguments = [&["usage", "--ledger", &ledger][..], &arguments].concat();
        let (exit, _, complaints) = picket(&arguments).await;
        assert!(complaints.contains(complaint), "{complaints}");
        let is_refused = !complaint.is_empty();
        assert_eq!(
            exit,
            status(if is_refused { 2 } else { 0 }),
            "{arguments:?}"
        );
    }
    let (exit, _, complaints) = picket(&["usage"]).await;
    assert_eq!(exit, status(2));
    assert!(complaints.contains("--stack"), "{complaints}");
}

#[tokio::test]
async fn the_queries_are_those_that_the_recording_answers() {
    let (exit, answers, _) = picket(&[
        "usage",
        "--queries",
        "--json",
        "--stack",
        "t",
        "--for",
        "1h",
        "--environment",
        "prod",
    ])
    .await;
    assert_eq!(exit, status(0));
    let queries: Value = serde_json::from_str(&answers).unwrap();
    let recorded = std::fs::read_to_string(recording("get-metric-data.json")).unwrap();
    for query in queries.as_array().unwrap() {
        let id = query["Id"].as_str().unwrap();
        assert!(recorded.contains(&format!("\"{id}\"")), "{id}");
        assert_eq!(
            query["MetricStat"]["Metric"]["Dimensions"][0]["Value"],
            "prod"
        );
    }
}
