//! Alertmanager's configuration: by severity to the topics, in words that Managed Prometheus accepts too.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::files::{folders, text, yaml};

/// Managed Prometheus sets the one and has no proxies
/// (<https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver-config.html>).
const NOT_IN_MANAGED: [&str; 2] = ["api_url", "http_config"];
/// `repeat_interval` is at most five days there.
const LONGEST: u64 = 5 * 24 * 60;

fn configurations() -> Vec<(String, Value)> {
    let paths = folders().into_iter();
    let paths = paths.map(|folder| format!("{folder}/alertmanager.yaml"));
    paths.map(|path| (path.clone(), yaml(&path))).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Minutes of a duration such as `5m`; less than one is 0.
fn minutes(duration: &Value) -> u64 {
    let text = duration.as_str().expect("a duration");
    let (number, unit) = text.split_at(text.len() - 1);
    let number: u64 = number.parse().expect("a whole number");
    match unit {
        "s" => number / 60,
        "m" => number,
        "h" => number * 60,
        "d" => number * 24 * 60,
        other => panic!("{other} is no unit"),
    }
}

#[test]
fn each_severity_has_a_receiver_that_publishes_to_its_topic() {
    for (path, configuration) in configurations() {
        for severity in ["critical", "warning"] {
            let matcher = format!("severity = {severity}");
            let route = list(&configuration["route"]["routes"])
                .find(|route| list(&route["matchers"]).any(|one| *one == matcher.as_str()))
                .unwrap_or_else(|| panic!("{path}: no route for {severity}"));
            assert_eq!(route["receiver"], severity, "{path}");
            let receiver = list(&configuration["receivers"])
                .find(|receiver| receiver["name"] == severity)
                .unwrap_or_else(|| panic!("{path}: no receiver {severity}"));
            let topic = receiver["sns_configs"][0]["topic_arn"].as_str();
            let topic = topic.unwrap_or_default().to_lowercase();
            assert!(
                topic.ends_with(&format!("{severity}topic")),
                "{path}: {topic}"
            );
        }
    }
}

#[test]
fn managed_prometheus_accepts_every_receiver() {
    for (path, configuration) in configurations() {
        for receiver in list(&configuration["receivers"]) {
            let kinds = receiver.as_object().expect("a receiver").keys();
            let kinds: Vec<&String> = kinds.filter(|kind| *kind != "name").collect();
            assert_eq!(kinds, ["sns_configs"], "{path}: its only kind of receiver");
            for sns in list(&receiver["sns_configs"]) {
                assert!(
                    sns["sigv4"]["region"].is_string(),
                    "{path}: the Region is required"
                );
                for refused in NOT_IN_MANAGED {
                    assert!(sns[refused].is_null(), "{path}: {refused}");
                }
            }
        }
    }
}

/// A short interval sends a group again and again while it grows.
#[test]
fn groups_are_sent_again_after_minutes() {
    for (path, configuration) in configurations() {
        let route = &configuration["route"];
        assert!(minutes(&route["group_interval"]) >= 1, "{path}");
        assert!(minutes(&route["group_wait"]) >= 1, "{path}");
        let repeat = minutes(&route["repeat_interval"]);
        assert!((60..=LONGEST).contains(&repeat), "{path}: {repeat} minutes");
        assert!(
            list(&route["group_by"]).any(|label| label == "alertname"),
            "{path}"
        );
    }
}

/// Whether a rule of the configuration holds back an alert while another fires, both by their labels.
fn inhibits(configuration: &Value, source: &[(&str, &str)], target: &[(&str, &str)]) -> bool {
    let label = |alert: &[(&str, &str)], name: &str| {
        let found = alert.iter().find(|(label, _)| *label == name);
        found.map_or("", |(_, value)| value).to_owned()
    };
    let matches = |matchers: &Value, alert: &[(&str, &str)]| {
        list(matchers).all(|matcher| {
            let text = matcher.as_str().expect("a matcher");
            let (name, value) = text.split_once(" = ").expect("an equality");
            label(alert, name) == value
        })
    };
    list(&configuration["inhibit_rules"]).any(|rule| {
        matches(&rule["source_matchers"], source)
            && matches(&rule["target_matchers"], target)
            && list(&rule["equal"]).all(|name| {
                let name = name.as_str().expect("a label");
                label(source, name) == label(target, name)
            })
    })
}

#[test]
fn a_critical_alert_holds_back_the_warning_of_the_same_thing_alone() {
    let full = [
        ("severity", "critical"),
        ("component", "storage"),
        ("persistentvolumeclaim", "db"),
    ];
    let filling = |claim| {
        [
            ("severity", "warning"),
            ("component", "storage"),
            ("persistentvolumeclaim", claim),
        ]
    };
    let down = [
        ("alertname", "ServiceDown"),
        ("severity", "critical"),
        ("component", "service"),
        ("job", "inquiry-pipeline"),
    ];
    let slow = |job| [("severity", "warning"), ("component", "api"), ("job", job)];
    let not_ready = [
        ("severity", "critical"),
        ("component", "node"),
        ("node", "n1"),
    ];
    let busy = [
        ("severity", "warning"),
        ("component", "node"),
        ("instance", "n2:9100"),
    ];
    for (path, configuration) in configurations() {
        assert!(inhibits(&configuration, &full, &filling("db")), "{path}");
        assert!(!inhibits(&configuration, &full, &filling("logs")), "{path}");
        assert!(
            inhibits(&configuration, &down, &slow("inquiry-pipeline")),
            "{path}"
        );
        assert!(!inhibits(&configuration, &down, &slow("billing")), "{path}");
        assert!(
            !inhibits(&configuration, &not_ready, &busy),
            "{path}: another node"
        );
        assert!(
            !inhibits(&configuration, &full, &full),
            "{path}: a critical alert is never held back"
        );
    }
}

/// The fields that an e-mail has; `body` is none.
#[test]
fn the_direct_receivers_read_their_secrets_from_files() {
    for folder in folders() {
        let path = format!("{folder}/alertmanager-direct.yaml");
        let configuration: Value = yaml(&path);
        let keys = |name: &str| -> BTreeSet<String> {
            list(&configuration["receivers"])
                .flat_map(|receiver| list(&receiver[name]))
                .flat_map(|one| one.as_object().expect("a receiver").keys().cloned())
                .collect()
        };
        assert!(keys("email_configs").contains("text"), "{path}");
        assert!(keys("slack_configs").contains("channel"), "{path}");
        for secret in ["password:", "api_url:", "hooks.slack.com"] {
            assert!(!text(&path).contains(secret), "{path}: {secret}");
        }
    }
}
