//! Configuration from disk, tried on recorded input.

use crate::{PAYLOADS, in_root, picket, written};

const RULES: &str = "Workload: orders
Rules:
  - FilterPattern: '{ ($.kind = order) && ($.total = *) }'
    MetricTransformations:
      - { MetricNamespace: Orders, MetricName: Total, MetricValue: $.total }
";

#[tokio::test]
async fn ingest_counts_by_the_rules_of_a_file_or_of_this_checkout_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let orders = written(
        folder.path(),
        "orders.ndjson",
        "{\"kind\":\"order\",\"total\":5}\n",
    );
    let rules = written(folder.path(), "metrics.yaml", RULES);
    let named = folder.path().to_string_lossy().into_owned();
    for given in [&rules, &named] {
        let answer = picket(&["ingest", "--json", "--rules", given, &orders]).await;
        assert!(answer.ended_with(0), "{}", answer.complaints);
        assert_eq!(answer.values()[0]["series"][0]["name"], "Total");
        assert!(
            answer.complaints.contains(&format!("rules: {rules}\n")),
            "{}",
            answer.complaints
        );
    }
    let answer = picket(&["ingest", "--json", &orders]).await;
    let used = "workloads/bedrock-usage/metrics.yaml";
    assert!(answer.complaints.contains(used), "{}", answer.complaints);
    assert!(
        answer
            .complaints
            .contains("prices: ../shared/rules/prices.yaml")
    );
}

#[tokio::test]
async fn ingest_says_why_nothing_matched() {
    let folder = tempfile::tempdir().unwrap();
    let rules = written(folder.path(), "metrics.yaml", RULES);
    let why = async |text: &str| {
        let file = written(folder.path(), "orders.ndjson", text);
        let answer = picket(&["ingest", "--rules", &rules, &file]).await;
        assert!(answer.ended_with(0), "{}", answer.complaints);
        answer.complaints
    };
    let missing = why("\n{\"kind\":\"order\",\"sum\":5}\n").await;
    assert!(missing.contains("orders: `"), "{missing}");
    assert!(missing.contains("the payload has no $.total"), "{missing}");
    let other = why("{\"kind\":\"refund\",\"total\":5}").await;
    assert!(
        other.contains("the payload has $.kind = refund, $.total = 5"),
        "{other}"
    );
    let text = why("order 5").await;
    assert!(
        text.contains("it is text, and 1 of the rules compare fields of JSON"),
        "{text}"
    );
    let matched = why("{\"kind\":\"order\",\"total\":5}").await;
    assert!(!matched.contains("no payload matches"), "{matched}");
}

#[tokio::test]
async fn ingest_says_why_nothing_of_a_kinesis_event_matched() {
    let folder = tempfile::tempdir().unwrap();
    let rules = written(folder.path(), "metrics.yaml", RULES);
    let sample = in_root("events/event-processor/bedrock-usage.json");
    let answer = picket(&["ingest", "--rules", &rules, &sample]).await;
    assert!(
        answer
            .complaints
            .contains("the payload has no $.kind, no $.total"),
        "{}",
        answer.complaints
    );
}

#[tokio::test]
async fn ingest_prices_usage_by_the_rows_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let payloads = written(folder.path(), "payloads.ndjson", PAYLOADS);
    let text = std::fs::read_to_string(in_root("shared/rules/prices.yaml")).unwrap();
    let row = "  - id: example-unknown
    model: example.unknown-v1:0
    from: 2026-01-01
    source: https://example.com/prices
    read: 2026-01-01
    input: 1
    output: 1
";
    let prices = written(
        folder.path(),
        "prices.yaml",
        &format!("{}\n{row}", text.trim_end()),
    );
    let answer = picket(&["ingest", "--json", "--prices", &prices, &payloads]).await;
    assert!(answer.ended_with(0), "{}", answer.complaints);
    assert_eq!(answer.values()[0]["usage"][1]["cost_usd"], "0.00001");
}

#[tokio::test]
async fn explain_routes_and_repairs_by_the_files_that_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let routes = written(
        folder.path(),
        "routes.yaml",
        "routes: [{ name: mine, sinks: [{ webhook: mine }] }]
silences: [{ name: move, match: { severity: critical }, until: 2099-01-01T00:00:00Z, reason: they move }]",
    );
    let sample = in_root("events/slack-forwarder/alarm-by-sns.json");
    let answer = picket(&["explain", "--json", "--routes", &routes, &sample]).await;
    assert!(answer.ended_with(0), "{}", answer.complaints);
    assert_eq!(answer.values()[0]["route"][0]["name"], "mine");
    assert!(
        answer.complaints.contains(&format!("routes: {routes}\n")),
        "{}",
        answer.complaints
    );
    let people = picket(&["explain", "--routes", &routes, &sample])
        .await
        .answers;
    assert!(people.contains("silenced by move"), "{people}");
    assert!(
        people.contains("without the silence to webhook mine as"),
        "{people}"
    );

    let playbooks = std::fs::read_to_string(in_root("functions/alarm-remediator/playbooks.yaml"));
    let renamed = playbooks.unwrap().replace("name: ", "name: my-");
    let playbooks = written(folder.path(), "playbooks.yaml", &renamed);
    let sample = in_root("events/alarm-remediator/throttles-of-a-reserved-function.json");
    let answer = picket(&["explain", "--json", "--playbooks", &playbooks, &sample]).await;
    let name = answer.values()[0]["playbook"].as_str().unwrap().to_owned();
    assert!(name.starts_with("my-"), "{name}");
}

#[tokio::test]
async fn a_configuration_that_is_not_valid_is_status_2_before_any_answer() {
    let folder = tempfile::tempdir().unwrap();
    let broken = written(folder.path(), "broken.yaml", "hello: world\n");
    let payloads = written(folder.path(), "payloads.ndjson", PAYLOADS);
    for (command, option) in [
        ("ingest", "--rules"),
        ("ingest", "--prices"),
        ("explain", "--routes"),
        ("explain", "--playbooks"),
    ] {
        let answer = picket(&[command, option, &broken, &payloads]).await;
        assert!(
            answer.ended_with(2) && answer.answers.is_empty(),
            "{option}: {}",
            answer.answers
        );
        assert!(
            answer.complaints.contains("broken.yaml:"),
            "{}",
            answer.complaints
        );
        let answer = picket(&[command, option, "no/such.yaml", &payloads]).await;
        assert!(answer.ended_with(2), "{option}");
        assert!(
            answer.complaints.contains("no/such.yaml cannot be read"),
            "{}",
            answer.complaints
        );
    }
}

#[tokio::test]
async fn an_unreadable_payload_is_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let first = written(folder.path(), "first.ndjson", "{}\n\n{\"broken\":\n");
    let second = written(folder.path(), "second.ndjson", "{\"broken\":\n");
    let answer = picket(&["ingest", "--json", &first, &second]).await;
    let quarantine = &answer.values()[0]["quarantine"];
    assert_eq!(
        (&quarantine[0]["file"], &quarantine[0]["line"]),
        (&first.as_str().into(), &3.into())
    );
    assert_eq!(
        (&quarantine[1]["file"], &quarantine[1]["line"]),
        (&second.as_str().into(), &1.into())
    );
    let people = picket(&["ingest", &first]).await.answers;
    assert!(people.contains(&format!("{first}:3 ")), "{people}");
}

#[tokio::test]
async fn a_pattern_that_is_not_valid_is_shown_with_a_mark_and_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "lines", "ERROR\n");
    let answer = picket(&["filter", "--pattern", "{ $.status == 500 }", &file]).await;
    assert!(
        answer.ended_with(2) && answer.answers.is_empty(),
        "{}",
        answer.answers
    );
    let lines: Vec<_> = answer.complaints.lines().collect();
    assert!(
        lines[0].contains("one `=` compares"),
        "{}",
        answer.complaints
    );
    let equals = lines[1].find("= 500").unwrap();
    assert_eq!(lines[2].find('^'), Some(equals), "{}", answer.complaints);

    let answer = picket(&["filter", "--pattern", "?ERROR ?WARN -health", &file]).await;
    assert!(
        answer
            .complaints
            .contains("warning: CloudWatch ignores the terms with ?"),
        "{}",
        answer.complaints
    );
}
