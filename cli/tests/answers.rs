//! What the commands answer, on the samples under events/ and on recordings written for this test.

mod alarms;
mod check;
mod dashboards;
mod formats;
mod outside;
mod piped;
mod support;
mod tried;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use insta::assert_snapshot;
use serde_json::Value;

struct Answer {
    exit: ExitCode,
    answers: String,
    complaints: String,
}

async fn picket(arguments: &[&str]) -> Answer {
    let (exit, answers, complaints) = support::picket(arguments).await;
    Answer {
        exit,
        answers,
        complaints,
    }
}

impl Answer {
    fn values(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).expect("each line is JSON of its own");
        self.answers.lines().map(parse).collect()
    }

    fn ended_with(&self, status: u8) -> bool {
        support::status(self.exit) == support::status(ExitCode::from(status))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn in_root(path: &str) -> String {
    root().join(path).to_string_lossy().into_owned()
}

fn recording() -> String {
    in_root("cli/tests/recordings/get-cost-and-usage.json")
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a temporary folder can be written to");
    path.to_string_lossy().into_owned()
}

fn samples(function: &str) -> Vec<String> {
    let folder = std::fs::read_dir(root().join("events").join(function))
        .expect("every function has samples");
    let mut paths: Vec<_> = folder
        .map(|entry| {
            entry
                .expect("the folder can be listed")
                .path()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    paths.sort();
    paths
}

const PAYLOADS: &str = concat!(
    r#"{"timestamp":"2026-11-20T06:14:03.512Z","request_id":"a","agent_id":"triage","model_id":"amazon.nova-micro-v1:0","incident_id":"INC-7","region":"us-east-1","input_tokens":1000,"output_tokens":100,"status":200}"#,
    "\n",
    r#"{"timestamp":"2026-11-20T06:14:04Z","request_id":"b","agent_id":"triage","model_id":"example.unknown-v1:0","input_tokens":7,"output_tokens":3,"status":429}"#,
    "\n",
    r#"{"hello":"world"}"#,
    "\n",
);

#[tokio::test]
async fn ingest_answers_with_records_series_usage_and_quarantine() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "payloads.ndjson", PAYLOADS);
    let answer = picket(&["ingest", "--json", &file]).await;
    assert!(answer.ended_with(0));
    let values = answer.values();
    let [totals] = values.as_slice() else {
        panic!("one total, not {}", answer.answers)
    };
    assert_eq!(totals["records"]["read"], 3);
    assert_eq!(totals["records"]["matched"], 2);
    // 1,000 × $0.035 + 100 × $0.14, a million tokens each.
    assert_eq!(totals["usage"][0]["cost_usd"], "0.000049");
    assert_eq!(totals["usage"][1]["cost_usd"], Value::Null);
    assert_snapshot!(
        "ingest_payloads",
        serde_json::to_string_pretty(totals).unwrap()
    );
    assert_snapshot!(
        "ingest_payloads_for_people",
        picket(&["ingest", &file]).await.answers
    );
}

#[tokio::test]
async fn ingest_sets_each_broken_line_apart_with_its_own_reason_and_loses_none() {
    let long = "x".repeat((1 << 20) + 1);
    let deep = format!("{{\"a\":{}", "[".repeat(1_000));
    let broken: &[(&[u8], &str)] = &[
        (b"{\"request_id\":\"cut", "EOF while parsing a string"),
        (b"{'request_id':1}", "key must be a string"),
        (b"{\"request_id\":\"a\"} up", "trailing characters"),
        (deep.as_bytes(), "recursion limit exceeded"),
        (b"caf\xe9", "not UTF-8 text: byte 3"),
        (b"\x1f\x8bnot gzip", "begins like gzip"),
        (
            b"\xf3\x89\x9a\xc2and no more than the magic number",
            "its MD5 differs",
        ),
        (long.as_bytes(), "1048577 bytes, and 1048576 are allowed"),
        (
            br#"{"request_id":"a","model_id":"m","input_tokens":-5}"#,
            "input tokens are \"-5\"",
        ),
        (
            br#"{"request_id":"a","model_id":"","input_tokens":5}"#,
            "names no model",
        ),
        (
            br#"{"usage":{"inputTokens":1,"outputTokens":1}}"#,
            "no request id",
        ),
        (
            br#"{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[]}"#,
            "no log events",
        ),
    ];
    // Neither broken nor asked for: a line of text, values that are no object, white space.
    let mut file: Vec<u8> = b"a line\n42\n[1]\nnull\n\n  \r\n".to_vec();
    for (line, _) in broken {
        file.extend(*line);
        file.push(b'\n');
    }
    file.extend(PAYLOADS.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.ndjson");
    std::fs::write(&path, file).unwrap();

    let answer = picket(&["ingest", "--json", &path.to_string_lossy()]).await;
    let totals = &answer.values()[0];
    let quarantine = totals["quarantine"].as_array().unwrap();
    for ((line, reason), quarantined) in broken.iter().zip(quarantine) {
        let line = String::from_utf8_lossy(&line[..line.len().min(60)]);
        let said = quarantined["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{line}: {said}");
    }
    assert_eq!(
        totals["records"],
        serde_json::json!({"read": 19, "matched": 2, "unmatched": 5, "quarantined": broken.len()})
    );
    assert_eq!(quarantine.len(), broken.len());
}

#[tokio::test]
async fn ingest_reads_every_sample_of_the_event_processor() {
    for sample in samples("event-processor") {
        let answer = picket(&["ingest", "--json", &sample]).await;
        assert!(answer.ended_with(0), "{sample}");
        assert!(
            answer.values()[0]["records"].is_object(),
            "{sample}: {}",
            answer.answers
        );
    }
}

#[tokio::test]
async fn ingest_of_something_else_is_a_line_with_an_error() {
    for sample in samples("slack-forwarder") {
        let answer = picket(&["ingest", "--json", &sample]).await;
        assert!(answer.ended_with(2), "{sample}");
        let values = answer.values();
        assert_eq!(values.len(), 1, "{sample}");
        assert!(
            values[0]["error"].is_string(),
            "{sample}: {}",
            answer.answers
        );
    }
}

#[tokio::test]
async fn explain_answers_a_line_a_message_with_file_route_slack_and_playbook() {
    for sample in samples("slack-forwarder")
        .into_iter()
        .chain(samples("alarm-remediator"))
    {
        let answer = picket(&["explain", "--json", &sample]).await;
        assert!(answer.ended_with(0), "{sample}");
        for value in answer.values() {
            assert_eq!(value["file"], sample.as_str());
            assert!(
                value["kind"].is_string() && value["dedicated"].is_boolean(),
                "{sample}"
            );
            assert!(
                value["route"].is_array() && value.get("playbook").is_some(),
                "{sample}"
            );
            // An alarm has a playbook, or the reason for none.
            if value["kind"].as_str() == Some("alarm") {
                assert!(
                    value["playbook"].is_string() != value["no_playbook"].is_string(),
                    "{sample}"
                );
            }
            assert!(
                value["slack"]["text"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{sample}"
            );
        }
        let people = picket(&["explain", &sample]).await.answers;
        assert!(people.contains(&sample), "{people}");
    }
}

#[tokio::test]
async fn explain_names_the_playbook_of_an_alarm_or_the_reason_for_none() {
    let folder = tempfile::tempdir().unwrap();
    let alarm = r#"{"AlarmName":"throttled","AlarmArn":"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:throttled","AlarmDescription":null,"NewStateValue":"ALARM","OldStateValue":"OK","NewStateReason":"Threshold Crossed","StateChangeTime":"2026-11-20T06:14:00.000+0000","Trigger":{"MetricName":"Throttles","Namespace":"AWS/Lambda","StatisticType":"Statistic","Statistic":"SUM","Dimensions":[{"name":"FunctionName","value":"booking"}],"Period":60,"EvaluationPeriods":1,"ComparisonOperator":"GreaterThanThreshold","Threshold":0.0,"TreatMissingData":"notBreaching"}}"#;
    let message = serde_json::json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:eu-west-1:111122223333:critical:1",
        "Sns": {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:critical",
                "Subject": "ALARM", "Message": alarm, "Timestamp": "2026-11-20T06:14:00.000Z"}}]});
    let file = written(folder.path(), "throttled.json", &message.to_string());
    let line = &picket(&["explain", "--json", &file]).await.values()[0];
    assert_eq!(
        (&line["kind"], &line["dedicated"]),
        (&"alarm".into(), &true.into())
    );
    assert_eq!(line["severity"], "critical");
    assert!(line["playbook"].is_string(), "{line}");
    assert_eq!((line.get("no_playbook"), line.get("error")), (None, None));

    let other = message.to_string().replace("Throttles", "DeadLetterErrors");
    let file = written(folder.path(), "other.json", &other);
    let line = &picket(&["explain", "--json", &file]).await.values()[0];
    let reason = "no playbook is for AWS/Lambda DeadLetterErrors";
    assert_eq!(
        (&line["playbook"], &line["no_playbook"]),
        (&serde_json::Value::Null, &reason.into())
    );
    let people = picket(&["explain", &file]).await.answers;
    assert!(
        people.contains(&format!("no playbook: {reason}")),
        "{people}"
    );

    let configuration = r#"{"version":"0","id":"1","detail-type":"CloudWatch Alarm Configuration Change","source":"aws.cloudwatch","account":"111122223333","time":"2026-11-20T06:14:00Z","region":"eu-west-1","resources":["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:throttled"],"detail":{"alarmName":"throttled","operation":"delete"}}"#;
    let file = written(folder.path(), "configuration.json", configuration);
    let line = &picket(&["explain", "--json", &file]).await.values()[0];
    assert_eq!(line["kind"], "alarm-configuration");
    assert_eq!(
        line["no_playbook"],
        "the alarm's configuration changed, not its state"
    );
}

#[tokio::test]
async fn explain_shows_what_is_no_event_in_the_generic_form_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.txt", "hello"),
        ("b.json", "[1, 2"),
        ("c.json", "{\"a\":1}"),
        ("d.json", ""),
    ] {
        let file = written(folder.path(), name, text);
        let answer = picket(&["explain", "--json", &file]).await;
        assert!(answer.ended_with(2));
        let line = &answer.values()[0];
        assert!(
            line["error"].is_string() && line["dedicated"] == false,
            "{name}: {line}"
        );
    }
}

#[tokio::test]
async fn report_adds_up_a_recorded_day_in_decimals() {
    let answer = picket(&[
        "report",
        "--json",
        "--date",
        "2026-11-19",
        "--cost-explorer",
        &recording(),
    ])
    .await;
    assert!(answer.ended_with(0));
    let report = &answer.values()[0];
    assert_eq!(report["total"], "4.0200000000");
    assert_eq!(report["previous_total"], "3.6615926536");
    assert_eq!(report["by_service"][0]["amount"], "4.0000000001");
    assert_snapshot!("report", serde_json::to_string_pretty(report).unwrap());
    let people = picket(&[
        "report",
        "--date",
        "2026-11-19",
        "--cost-explorer",
        &recording(),
        "--budget",
        "100",
    ])
    .await;
    assert_snapshot!("report_for_people", people.answers);
    let budgets = recording().replace("get-cost-and-usage", "describe-budgets");
    let with_budgets = picket(&[
        "report",
        "--date",
        "2026-11-19",
        "--cost-explorer",
        &recording(),
        &budgets,
    ])
    .await;
    assert_snapshot!("report_with_budgets", with_budgets.answers);
}

#[tokio::test]
async fn report_without_the_day_or_of_something_else_is_a_line_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = written(folder.path(), "a.txt", "hello");
    for arguments in [
        [
            "report",
            "--json",
            "--date",
            "2020-01-01",
            "--cost-explorer",
            &recording(),
        ],
        [
            "report",
            "--json",
            "--date",
            "2026-11-19",
            "--cost-explorer",
            &text,
        ],
    ] {
        let answer = picket(&arguments).await;
        assert!(answer.ended_with(2));
        assert!(
            answer.values()[0]["error"].is_string(),
            "{}",
            answer.answers
        );
    }
}

#[tokio::test]
async fn filter_says_of_each_line_whether_it_matches_and_what_was_extracted() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(
        folder.path(),
        "lines",
        "{\"status\": 500}\n{\"status\": 200}\nnot JSON\n",
    );
    let answer = picket(&[
        "filter",
        "--json",
        "--pattern",
        "{ $.status >= 500 }",
        &file,
    ])
    .await;
    assert!(answer.ended_with(0));
    assert_snapshot!("filter", answer.answers);
    let people = picket(&["filter", "--pattern", "{ $.status >= 500 }", &file]).await;
    assert_snapshot!("filter_for_people", people.answers);
    let broken = picket(&["filter", "--json", "--pattern", "{ $.status", &file]).await;
    assert!(broken.ended_with(2) && broken.values()[0]["error"].is_string());
    let no_line = picket(&["filter", "--pattern", "{ $.status = 404 }", &file]).await;
    assert!(no_line.ended_with(3), "{}", no_line.complaints);
}

#[tokio::test]
async fn check_says_where_a_file_is_wrong_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "routes.yaml", "routes:\n  - nmae: x\n");
    let answer = picket(&["check", "--json", &file]).await;
    assert!(answer.ended_with(1));
    let value = &answer.values()[0];
    assert_eq!(
        (&value["valid"], &value["format"]),
        (&false.into(), &"routes".into())
    );
    assert_eq!(value["problems"][0]["line"], 2);
    let unknown = written(folder.path(), "notes.txt", "hello");
    let answer = picket(&["check", "--json", &unknown]).await;
    assert!(answer.ended_with(2) && answer.values()[0]["error"].is_string());
}

#[tokio::test]
async fn check_says_what_a_deployed_stack_would_refuse_as_an_override() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "Workload: nobody\nRules: []\n";
    let file = written(folder.path(), "metrics.yaml", rules);
    assert!(picket(&["check", &file]).await.ended_with(0));
    let answer = picket(&["check", "--json", "--override", &file]).await;
    assert!(answer.ended_with(1));
    let problem = &answer.values()[0]["problems"][0];
    assert_eq!(problem["line"], 1);
    assert!(
        problem["message"]
            .as_str()
            .unwrap()
            .starts_with("no workload \"nobody\" is built in")
    );
    assert!(
        picket(&["check", "--override"]).await.ended_with(2),
        "of what is built in there is nothing to ask"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_status_2_and_the_others_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let good = written(folder.path(), "payloads.ndjson", PAYLOADS);
    let missing = folder
        .path()
        .join("missing.json")
        .to_string_lossy()
        .into_owned();
    let answer = picket(&["ingest", "--json", &missing, &good]).await;
    assert!(answer.ended_with(2));
    assert!(
        answer.complaints.contains("missing.json cannot be read"),
        "{}",
        answer.complaints
    );
    assert_eq!(answer.values()[0]["records"]["read"], 3);
    for arguments in [
        vec!["explain", &missing],
        vec!["check", &missing],
        vec!["filter", "--pattern", "x", &missing],
        vec![
            "report",
            "--date",
            "2026-11-19",
            "--cost-explorer",
            &recording(),
            &missing,
        ],
    ] {
        let answer = picket(&arguments).await;
        assert!(
            answer.ended_with(2) && answer.answers.is_empty(),
            "{arguments:?}: {}",
            answer.answers
        );
    }
}

#[tokio::test]
async fn replay_refuses_what_is_no_recording_before_it_looks_for_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "requests.csv", "a,b\n1,2\n");
    let answer = picket(&["replay", "--json", &file]).await;
    assert!(answer.ended_with(2), "{}", answer.complaints);
    assert!(
        answer.values()[0]["error"].is_string(),
        "{}",
        answer.answers
    );
    assert!(picket(&["replay", "/no/such.csv"]).await.ended_with(2));
}

#[tokio::test]
async fn a_command_line_that_makes_no_sense_is_status_2_and_help_is_not() {
    assert!(picket(&["no-such-command"]).await.ended_with(2));
    let help = picket(&["--help"]).await;
    assert!(help.ended_with(0) && help.answers.contains("ingest"));
}

#[tokio::test]
async fn a_silence_that_makes_no_sense_is_refused_before_anything_is_asked_of_aws() {
    for (arguments, expected) in [
        (&["--match", "colour=red", "--for", "1h"][..], "colour"),
        (&["--match", "alarm=a", "--for", "0s"], "over already"),
        (&["--match", "alarm=a"], "--for"),
        (&["--for", "1h"], "--match"),
    ] {
        let whole = [
            "silence", "add", "s", "--stack", "t", "--reason", "r", "--author", "a",
        ];
        let whole: Vec<&str> = whole.iter().chain(arguments).copied().collect();
        let answer = picket(&whole).await;
        assert!(answer.ended_with(2), "{arguments:?}");
        assert!(
            answer.complaints.contains(expected),
            "{}",
            answer.complaints
        );
    }
}

#[tokio::test]
async fn a_rule_and_a_probe_that_feed_one_metric_are_not_valid_together() {
    let folder = tempfile::tempdir().unwrap();
    let rules = written(
        folder.path(),
        "metrics.yaml",
        "Workload: shop\nRules:\n  - FilterPattern: ''\n    MetricTransformations:\n      - { MetricNamespace: Picket/Shop, MetricName: Status, MetricValue: 1 }\n",
    );
    let probes = written(
        folder.path(),
        "probes.yaml",
        "Workload: shop\nProbes:\n  - Name: front\n    Every: 1m\n    Http: { Target: shop }\n    Metrics:\n      - { Value: status, MetricNamespace: Picket/Shop, MetricName: Status }\n",
    );
    let alone = picket(&["check", "--json", &probes]).await;
    assert!(alone.ended_with(0), "{}", alone.answers);
    let both = picket(&["check", "--json", &rules, &probes]).await;
    assert!(both.ended_with(1), "{}", both.answers);
    let values = both.values();
    assert_eq!(
        (&values[0]["valid"], &values[1]["valid"]),
        (&true.into(), &false.into())
    );
    let message = values[1]["problems"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("has its source elsewhere already"),
        "{message}"
    );
    assert_eq!(values[1]["problems"][0]["line"], 7);
}

/// The text in the encodings in which editors and shells of Windows write it, each with its name.
fn encoded(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let marked = format!("\u{feff}{text}");
    let utf16 =
        |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
    vec![
        ("utf-8", text.as_bytes().to_vec()),
        ("utf-8-mark", marked.clone().into_bytes()),
        ("utf-16le-mark", utf16(&marked, u16::to_le_bytes)),
        ("utf-16be-mark", utf16(&marked, u16::to_be_bytes)),
        ("utf-16le", utf16(text, u16::to_le_bytes)),
        ("utf-16be", utf16(text, u16::to_be_bytes)),
    ]
}

#[tokio::test]
async fn a_file_reads_the_same_in_every_encoding_or_is_refused_by_its_name() {
    let read = |path: &str| std::fs::read_to_string(in_root(path)).unwrap();
    let rules = read("workloads/scheduling-agent/metrics.yaml");
    let csv = "TIMESTAMP,ContextTokens,GeneratedTokens\nno time,1,2\n";
    let line = r#"{"event":"session_started","event_id":"a","channel":"web","timestamp":"2026-11-20T06:00:00Z"}"#;
    let date = "--date=2026-11-19";
    let cases: [(&[&str], &str, String); 6] = [
        (
            &["explain"],
            "a.json",
            read("events/slack-forwarder/alarm-by-sns.json"),
        ),
        (
            &["ingest"],
            "a.json",
            read("events/event-processor/bedrock-usage.json"),
        ),
        (&["ingest"], "a.ndjson", line.to_owned()),
        (
            &["filter", "--pattern", "{ $.event = \"session_started\" }"],
            "a.log",
            line.to_owned(),
        ),
        (
            &["report", date, "--cost-explorer"],
            "a.json",
            read("cli/tests/recordings/get-cost-and-usage.json"),
        ),
        (&["replay"], "a.csv", csv.to_owned()),
    ];
    for (command, name, text) in cases {
        let mut answers = Vec::new();
        for (encoding, bytes) in encoded(&text) {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            let file = file.to_string_lossy().into_owned();
            let arguments: Vec<&str> = command.iter().copied().chain([&*file, "--json"]).collect();
            let answer = picket(&arguments).await;
            // The recording of requests has a time that is none, so that its lines are seen to be read.
            let status = if command == ["replay"] { 2 } else { 0 };
            assert!(
                answer.ended_with(status),
                "{encoding} {command:?}: {}",
                answer.complaints
            );
            answers.push(answer.answers.replace(&file, name));
        }
        assert!(!answers[0].is_empty());
        assert!(
            answers.iter().all(|answer| *answer == answers[0]),
            "{command:?}: {answers:?}"
        );
    }
    // A deployed stack reads rules as UTF-8, so that other encodings are not valid.
    for (encoding, bytes) in encoded(&rules) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("metrics.yaml");
        std::fs::write(&file, bytes).unwrap();
        let answer = picket(&["check", "--json", &file.to_string_lossy()]).await;
        if encoding.starts_with("utf-8") {
            assert_eq!(
                answer.values()[0]["valid"],
                true,
                "{encoding}: {}",
                answer.answers
            );
        } else {
            assert!(
                answer.answers.contains("UTF-16"),
                "{encoding}: {}",
                answer.answers
            );
        }
    }
    for (bytes, name) in [
        (&b"\xff\xfe{\0\0"[..], "UTF-16"),
        (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        std::fs::write(&file, bytes).unwrap();
        let answer = picket(&["explain", &file.to_string_lossy()]).await;
        assert!(
            answer.ended_with(2) && answer.complaints.contains(name),
            "{}",
            answer.complaints
        );
    }
}

#[tokio::test]
async fn a_pattern_may_begin_with_a_hyphen() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "lines", "INFO started\nERROR failed\n");
    for (pattern, expected) in [
        ("-INFO", [false, true]),
        ("-\"INFO started\"", [false, true]),
        ("-INFO -ERROR", [false, false]),
        ("ERROR -INFO", [false, true]),
    ] {
        let answer = picket(&["filter", "--json", "--pattern", pattern, &file]).await;
        let matched: Vec<_> = answer
            .values()
            .iter()
            .map(|line| line["matched"].clone())
            .collect();
        assert_eq!(
            matched, expected,
            "{pattern}: {}{}",
            answer.answers, answer.complaints
        );
    }
}

#[tokio::test]
async fn events_of_other_sources_are_refused_by_the_source_and_arrays_are_as_many_events() {
    let folder = tempfile::tempdir().unwrap();
    let queue = written(
        folder.path(),
        "queue.json",
        r#"{"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}"#,
    );
    let answer = picket(&["ingest", "--json", &queue]).await;
    let error = answer.values()[0]["error"].as_str().unwrap().to_owned();
    assert!(
        error.contains("aws:sqs") && error.contains("not from aws:kinesis"),
        "{error}"
    );
    let event = r#"{"detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "detail": {"state": "stopped"}}"#;
    let pipe = written(folder.path(), "pipe.json", &format!("[{event}, {event}]"));
    let answer = picket(&["explain", "--json", &pipe]).await;
    let values = answer.values();
    assert_eq!(values.len(), 2, "{}", answer.answers);
    assert!(
        values
            .iter()
            .all(|value| value["kind"] == "ec2" && value["error"].is_null())
    );
}

#[tokio::test]
async fn events_that_no_rule_of_the_workload_matches_are_not_sent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = written(folder.path(), "payloads.ndjson", "{\"x\":1}\n");
    let answer = picket(&["send", &in_root("workloads/bedrock-usage"), &file]).await;
    assert!(answer.ended_with(1));
    for expected in ["no rule of", "nothing is sent", "picket ingest --rules"] {
        let complaints = &answer.complaints;
        assert!(complaints.contains(expected), "{complaints}");
    }
}

#[tokio::test]
async fn a_workload_that_is_none_is_said_before_anything_is_sent() {
    let file = in_root("events/event-processor/bedrock-usage.json");
    let answer = picket(&["send", "no-such-workload", &file]).await;
    assert!(answer.ended_with(2));
    let complaints = answer.complaints;
    assert!(complaints.contains("no-such-workload"), "{complaints}");
}
