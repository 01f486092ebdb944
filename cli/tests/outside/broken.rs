//! What a new user breaks: `picket check` has a status that is not 0, and a sentence that says what to do.

use std::fs;

use super::{new_workload, picket};

/// The file, what is replaced in it by what, the exit status, and the sentence.
type Breakage = (&'static str, &'static str, &'static str, u8, &'static str);

const BREAKAGES: [Breakage; 11] = [
    (
        "metrics.yaml",
        "    Timestamp: $.timestamp",
        "\tTimestamp: $.timestamp",
        1,
        "a tab stands here, and YAML is indented by spaces: replace it",
    ),
    (
        "metrics.yaml",
        "Workload: orders\n",
        "Workload: orders\n\tSubscription: none\n",
        1,
        "a tab stands here, and YAML is indented by spaces: replace it",
    ),
    (
        "template.yaml",
        "  Errors: { Type",
        "\tErrors: { Type",
        2,
        "a tab stands here, and YAML is indented by spaces: replace it",
    ),
    (
        "metrics.yaml",
        "Timestamp:",
        "TimeStamp:",
        1,
        "unknown field `TimeStamp`: expected one of `FilterName`",
    ),
    (
        "alarms.test.yaml",
        "Series:",
        "Serie:",
        2,
        "unknown field `Serie`, expected one of Name, Series",
    ),
    (
        "metrics.yaml",
        "$.status >= 500",
        "$.status == 500",
        1,
        "one `=` compares: $.field = 500",
    ),
    (
        "alarms.test.yaml",
        "- Alarm: OrdersLatencyAlarm",
        "- Alarm: OrdersErrorsAlarm",
        1,
        "OrdersLatencyAlarm: no case",
    ),
    (
        "runbook.md",
        "## orders-latency",
        "## latency",
        1,
        "OrdersLatencyAlarm: its description links to the section orders-latency of runbook.md, which is not there: \
         write `## orders-latency`",
    ),
    (
        "metrics.yaml",
        "MetricName: Errors",
        "MetricName: Failures",
        0,
        "warning OrdersErrorsAlarm: it reads Orders Errors, which no rule of metrics.yaml makes",
    ),
    (
        "metrics.yaml",
        "DimensionSets: &total-and-route [[], [Route]]",
        "DimensionSets: &total-and-route [[Route]]",
        1,
        "OrdersErrorsAlarm: it reads Orders Errors with the dimensions [Environment], and its rule makes it with \
         [Environment, Route]",
    ),
    (
        "metrics.yaml",
        "Kind: distribution",
        "Kind: sum",
        1,
        "it reads p95 of Orders LatencyMs, whose rule keeps no values: write `Kind: distribution` there",
    ),
];

#[tokio::test]
async fn what_is_broken_is_named_with_what_to_do() {
    let (_around, folder) = new_workload("orders").await;
    let argument = folder.to_str().expect("UTF-8");
    for (file, from, to, status, expected) in BREAKAGES {
        let path = folder.join(file);
        let whole = fs::read_to_string(&path).expect("new-workload wrote it");
        assert!(whole.contains(from), "{file}: {from}");
        fs::write(&path, whole.replacen(from, to, 1)).expect("it can be written");
        let answer = picket(&["check", argument]).await;
        let printed = format!("{}{}", answer.answers, answer.complaints);
        assert!(answer.ended_with(status), "{file}: {to}: {printed}");
        assert!(printed.contains(expected), "{file}: {to}: {printed}");
        fs::write(&path, whole).expect("it can be written");
    }
}

#[tokio::test]
async fn a_file_under_another_name_or_in_another_encoding_is_named_with_what_to_do() {
    let (_around, folder) = new_workload("orders").await;
    let argument = folder.to_str().expect("UTF-8");
    for (name, wrong, expected) in [
        ("metrics.yaml", "metric.yaml", "rename it to metrics.yaml"),
        (
            "alarms.test.yaml",
            "alarms-test.yaml",
            "rename it to alarms.test.yaml",
        ),
    ] {
        let (name, wrong) = (folder.join(name), folder.join(wrong));
        fs::rename(&name, &wrong).expect("it can be renamed");
        let answer = picket(&["check", argument]).await;
        assert!(answer.ended_with(2), "{}", answer.answers);
        assert!(answer.answers.contains(expected), "{}", answer.answers);
        fs::rename(&wrong, &name).expect("it can be renamed");
    }
    fs::remove_file(folder.join("runbook.md")).expect("new-workload wrote it");
    let answer = picket(&["check", argument]).await;
    assert!(answer.ended_with(1), "{}", answer.answers);
    let missing = "links to runbook.md, which is not there";
    assert!(answer.answers.contains(missing), "{}", answer.answers);

    let rules = folder.join("metrics.yaml");
    let text = fs::read_to_string(&rules).expect("new-workload wrote it");
    let line = 1 + text.lines().count();
    let bytes = [text.as_bytes(), b"# caf\xe9\n"].concat();
    fs::write(&rules, bytes).expect("it can be written");
    let expected = format!("line {line} has a byte that is not UTF-8: save the file as UTF-8");
    let payloads = folder.join("events/orders.ndjson");
    let payloads = payloads.to_str().expect("UTF-8");
    for command in [
        &["check", argument][..],
        &["ingest", "--rules", argument, payloads],
    ] {
        let answer = picket(command).await;
        let printed = format!("{}{}", answer.answers, answer.complaints);
        assert!(
            answer.ended_with(2) && printed.contains(&expected),
            "{printed}"
        );
    }
}
