//! `picket check` on files, folders and checkouts.

use std::{fs, path::Path};

use picket_rules::{health, metrics, probes};
use serde_json::Value;

use crate::{in_root, picket, root, written};

#[tokio::test]
async fn everything_in_this_checkout_is_checked_and_valid() {
    let answer = picket(&["check", "--json"]).await;
    assert!(
        answer.ended_with(0),
        "{}{}",
        answer.answers,
        answer.complaints
    );
    let values = answer.values();
    assert!(values.iter().all(|value| value["valid"] == true));
    let count = |format: &str| {
        values
            .iter()
            .filter(|value| value["format"] == format)
            .count()
    };
    assert_eq!(count("metrics"), metrics::BUILT_IN.len());
    assert_eq!(count("probes"), probes::BUILT_IN.len());
    assert_eq!(count("health"), health::BUILT_IN.len());
    for (format, least) in [
        ("routes", 1),
        ("playbooks", 1),
        ("prices", 1),
        ("imported prices", 1),
        ("dashboards", 3),
        ("parameters", 1),
    ] {
        assert!(count(format) >= least, "{format}");
    }
    let workloads = fs::read_dir(root().join("workloads")).unwrap();
    let cases = workloads.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let cases = cases.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".test.yaml")
    });
    assert_eq!(count("cases"), cases.count());
    for value in values.iter().filter(|value| value["format"] == "metrics") {
        let ceiling = &value["ceilings"][0];
        assert!(ceiling["series"].as_u64() >= Some(1) && ceiling["cost_usd"].is_string());
    }
}

const RULES: &str = "Workload: orders
Rules:
  - FilterPattern: '{ $.total = * }'
    MetricTransformations:
      - { MetricNamespace: Orders, MetricName: Orders, MetricValue: 1 }
";

/// A checkout with a workload `orders`, whose namespace the publisher's role allows where `allowed`.
fn checkout(allowed: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for path in ["line", "workloads/orders"] {
        fs::create_dir_all(folder.path().join(path)).expect("it can be made");
    }
    written(folder.path(), "line/requirements.lock", "");
    let namespaces = if allowed {
        "[Picket, Orders]"
    } else {
        "[Picket]"
    };
    let template = format!(
        "Resources:
  MetricsPublisherRole:
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - Sid: Metrics
                Condition:
                  StringEquals:
                    cloudwatch:namespace: {namespaces}
"
    );
    written(folder.path(), "template.yaml", &template);
    written(folder.path(), "workloads/orders/metrics.yaml", RULES);
    folder
}

fn orders(checkout: &Path) -> String {
    checkout
        .join("workloads/orders")
        .to_string_lossy()
        .into_owned()
}

#[tokio::test]
async fn a_namespace_that_the_publishers_role_does_not_allow_is_not_valid() {
    let folder = checkout(false);
    let file = format!("{}/metrics.yaml", orders(folder.path()));
    let answer = picket(&["check", "--json", &file]).await;
    assert!(answer.ended_with(1), "{}", answer.answers);
    let problem = &answer.values()[0]["problems"][0];
    assert_eq!(problem["line"], 5);
    let message = problem["message"].as_str().unwrap();
    let change = "write `cloudwatch:namespace: [Picket, Orders]` in template.yaml, line 10";
    assert!(message.contains(change), "{message}");

    let folder = checkout(true);
    let file = format!("{}/metrics.yaml", orders(folder.path()));
    let answer = picket(&["check", &file]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
}

#[tokio::test]
async fn a_pattern_that_probably_says_something_else_has_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let rules = RULES.replace("'{ $.total = * }'", "'?ERROR ?WARN -health'");
    let file = written(folder.path(), "metrics.yaml", &rules);
    let answer = picket(&["check", "--json", &file]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
    let warning = answer.values()[0]["warnings"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(warning.contains("ignores the terms with ?"), "{warning}");
    let people = picket(&["check", &file]).await.answers;
    assert!(people.contains("warning `"), "{people}");
}

#[tokio::test]
async fn a_file_of_a_workload_that_nothing_reads_is_status_2_with_its_right_name() {
    let folder = checkout(true);
    let orders = orders(folder.path());
    for (name, text, expected) in [
        ("metric.yaml", RULES, "rename it to metrics.yaml"),
        ("metrics.yml", RULES, "rename it to metrics.yaml"),
        ("notes.yaml", "hello: world", "a workload has metrics.yaml"),
    ] {
        let file = written(Path::new(&orders), name, text);
        for argument in [&file, &orders] {
            let answer = picket(&["check", "--json", argument]).await;
            assert!(answer.ended_with(2), "{argument}: {}", answer.answers);
            assert!(answer.answers.contains(expected), "{}", answer.answers);
        }
        fs::remove_file(&file).unwrap();
    }
    // A nested stack beside template.yaml is neither.
    written(Path::new(&orders), "nested.yaml", "Resources: {}");
    assert!(picket(&["check", &orders]).await.ended_with(0));
    fs::create_dir_all(folder.path().join("workloads/empty")).unwrap();
    let empty = folder
        .path()
        .join("workloads/empty")
        .to_string_lossy()
        .into_owned();
    assert!(picket(&["check", &empty]).await.ended_with(2));
}

#[tokio::test]
async fn a_file_that_was_not_checked_is_status_2_beside_valid_ones() {
    let folder = tempfile::tempdir().unwrap();
    let valid = written(folder.path(), "metrics.yaml", RULES);
    let latin = folder.path().join("routes.yaml");
    fs::write(&latin, b"routes: [{ name: caf\xe9 }]").unwrap();
    let unknown = written(folder.path(), "notes.txt", "hello");
    for file in [latin.to_string_lossy().into_owned(), unknown] {
        let answer = picket(&["check", "--json", &valid, &file]).await;
        assert!(answer.ended_with(2), "{file}: {}", answer.answers);
        let values = answer.values();
        assert_eq!(values[0]["valid"], true);
        assert!(values[1]["error"].is_string(), "{}", answer.answers);
    }
}

#[tokio::test]
async fn the_cases_of_alarms_are_run_and_what_fails_is_named() {
    let folder = checkout(true);
    let orders = orders(folder.path());
    let template = "Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: Orders
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 5
      ComparisonOperator: GreaterThanThreshold
";
    written(Path::new(&orders), "template.yaml", template);
    let problems = |answer: &crate::Answer| -> Vec<String> {
        let values = answer.values();
        let cases = values
            .iter()
            .find(|value| value["format"] == "cases")
            .unwrap();
        let problems = cases["problems"].as_array().unwrap().iter();
        let message = |problem: &Value| problem["message"].as_str().unwrap().to_owned();
        problems.map(message).collect()
    };
    let without = picket(&["check", "--json", &orders]).await;
    assert!(without.ended_with(1), "{}", without.answers);
    assert_eq!(problems(&without), ["Errors: no case"]);

    let cases = |state: &str| {
        format!(
            "- Alarm: Errors
  Cases:
    - {{ Name: many, Series: {{ Errors: 6 }}, States: {state} }}
    - {{ Name: few, Series: {{ Errors: 5 }}, States: OK }}
"
        )
    };
    written(Path::new(&orders), "alarms.test.yaml", &cases("OK"));
    let failing = picket(&["check", "--json", &orders]).await;
    assert!(failing.ended_with(1), "{}", failing.answers);
    assert!(
        problems(&failing)[0].starts_with("Errors: many: "),
        "{}",
        failing.answers
    );

    written(Path::new(&orders), "alarms.test.yaml", &cases("ALARM"));
    let holding = picket(&["check", "--json", &orders]).await;
    assert!(holding.ended_with(0), "{}", holding.answers);
    assert_eq!(problems(&holding), [""; 0]);
    for command in [&["test"][..], &["alarms", "test"]] {
        let arguments: Vec<&str> = command.iter().copied().chain([orders.as_str()]).collect();
        let tested = picket(&arguments).await;
        assert!(tested.ended_with(0), "{}", tested.answers);
        assert!(
            tested.answers.contains("2 cases, 1 of 1 alarms"),
            "{}",
            tested.answers
        );
    }
}

#[tokio::test]
async fn a_silence_that_is_over_is_pointed_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shipped = std::fs::read_to_string(in_root("functions/slack-forwarder/routes.yaml"));
    let silences = "
silences:
  - { name: migration, match: { alarm: orders-* }, until: 2026-01-01T06:00:00Z, reason: over }
  - { name: later, match: { alarm: orders-* }, until: 2999-01-01T06:00:00Z, reason: not yet }
";
    let text = shipped.expect("the routes can be read") + silences;
    let routes = written(folder.path(), "routes.yaml", &text);
    let answer = picket(&["check", &routes]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
    let answers = answer.answers;
    assert!(
        answers.contains("the silence migration is over since 2026-01-01"),
        "{answers}"
    );
    assert!(!answers.contains("later"), "{answers}");
}

/// The remediator's role allows changes by the tag of its template alone.
#[tokio::test]
async fn a_playbook_for_another_tag_than_the_roles_is_pointed_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let playbook = |name: &str, rest: &str| {
        format!(
            "  - name: {name}
    match: {{ namespace: AWS/Lambda, metric: Throttles }}
    action: {{ diagnose: {{}} }}
    cooldown: 30m
{rest}"
        )
    };
    let text = [
        "playbooks:\n".to_owned(),
        playbook("ours", "    allow-tag: team=shop\n"),
        playbook("named", "    allow-tag: picket:remediate=true\n"),
        playbook("default", ""),
    ]
    .concat();
    let playbooks = written(folder.path(), "playbooks.yaml", &text);
    let answer = picket(&["check", "--json", &playbooks]).await;
    assert!(answer.ended_with(0), "{}", answer.answers);
    let warning = "ours: the remediator's role names the tag picket:remediate=true, so that a resource needs both that and team=shop";
    let values = answer.values();
    assert_eq!(values[0]["warnings"], serde_json::json!([warning]));
}
