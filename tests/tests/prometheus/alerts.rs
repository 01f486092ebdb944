//! Every alert is tested, explained, and rests on series that something makes.

use std::collections::{BTreeMap, BTreeSet};

use metrics_publisher::prometheus::labels::{Labels, PrometheusType};
use picket_rules::metrics::built_in;
use picket_shared::series::SeriesKey;

use crate::files::{CaseFile, Rule, files, folders, metrics, rules, text, yaml};

/// The severities that Alertmanager routes.
const SEVERITIES: [&str; 2] = ["critical", "warning"];

fn alerts(folder: &str) -> Vec<(String, Rule)> {
    let groups = rules(folder).into_iter().flat_map(|(_, file)| file.groups);
    let all = groups.flat_map(|group| group.rules);
    all.filter_map(|rule| Some((rule.alert.clone()?, rule)))
        .collect()
}

#[test]
fn every_alert_has_a_severity_a_component_and_texts() {
    for folder in folders() {
        let mut names = BTreeSet::new();
        for (name, rule) in alerts(&folder) {
            assert!(names.insert(name.clone()), "{name} is there twice");
            let severity = rule.labels.get("severity").map(String::as_str);
            assert!(
                severity.is_some_and(|severity| SEVERITIES.contains(&severity)),
                "{name}: {severity:?}"
            );
            assert!(rule.labels.contains_key("component"), "{name}");
            for annotation in ["summary", "description"] {
                assert!(rule.annotations.contains_key(annotation), "{name}");
            }
            assert!(rule.lasts.is_some(), "{name} fires at once");
        }
        assert!(names.len() > 40, "{} alerts", names.len());
    }
}

#[test]
fn every_alert_has_its_section_of_the_runbook_and_no_section_is_left() {
    for folder in folders() {
        let path = format!("{folder}/runbook.md");
        let runbook = text(&path);
        let sections = runbook.lines().filter_map(|line| line.strip_prefix("## "));
        let sections: BTreeSet<&str> = sections.collect();
        let alerts = alerts(&folder);
        let names: BTreeSet<&str> = alerts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(sections, names, "{path}");
        for (name, rule) in &alerts {
            let url = rule.annotations.get("runbook_url").map(String::as_str);
            let section = name.to_ascii_lowercase();
            let expected = format!("{{{{ $externalLabels.runbook_base }}}}{path}#{section}");
            assert_eq!(url, Some(expected.as_str()), "{name}");
        }
    }
}

#[test]
fn every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent() {
    for folder in folders() {
        let mut cases: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for path in files(&format!("{folder}/tests"), ".test.yaml") {
            let file: CaseFile = yaml(&path);
            for case in file.tests.iter().flat_map(|case| &case.alert_rule_test) {
                let (firing, silent) = cases.entry(case.alertname.clone()).or_default();
                let count = if case.exp_alerts.is_empty() {
                    silent
                } else {
                    firing
                };
                *count += 1;
            }
        }
        let names: BTreeSet<String> = alerts(&folder).into_iter().map(|(name, _)| name).collect();
        let tested: BTreeSet<String> = cases.keys().cloned().collect();
        assert_eq!(tested, names, "{folder}");
        for (name, (firing, silent)) in cases {
            assert!(
                firing > 0 && silent > 0,
                "{name}: {firing} fire, {silent} are silent"
            );
        }
    }
}

/// Managed Prometheus evaluates the rules of a group in their order, and groups in any.
#[test]
fn a_rule_reads_what_its_own_group_recorded_before() {
    for folder in folders() {
        for (path, file) in rules(&folder) {
            for group in file.groups {
                let mut recorded = BTreeSet::new();
                for rule in &group.rules {
                    let read = metrics(&rule.expr);
                    let made = read.iter().filter(|name| name.contains(':'));
                    let missing: Vec<_> = made.filter(|name| !recorded.contains(*name)).collect();
                    assert!(missing.is_empty(), "{path}: {}: {missing:?}", group.name);
                    recorded.extend(rule.record.clone());
                }
            }
        }
    }
}

/// README.md lists the metrics of the application and of the exporters.
#[test]
fn every_metric_of_a_rule_is_one_of_the_application_or_of_a_known_exporter() {
    for folder in folders() {
        let readme = text(&format!("{folder}/README.md"));
        for (path, file) in rules(&folder) {
            for rule in file.groups.iter().flat_map(|group| &group.rules) {
                for name in metrics(&rule.expr)
                    .iter()
                    .filter(|name| !name.contains(':'))
                {
                    assert!(
                        is_listed(&readme, name),
                        "{path}: README.md does not list {name}"
                    );
                }
            }
        }
    }
}

/// Whether a document lists a metric, a histogram without the endings of its series; or, of Picket's own, whether its
/// remote write sends it.
pub(crate) fn is_listed(readme: &str, name: &str) -> bool {
    let stems = ["_bucket", "_sum", "_count"].iter();
    let mut stems = stems.filter_map(|ending| name.strip_suffix(ending));
    if name.starts_with("picket_") {
        let sent = sent();
        // A counter has one series, and a histogram none with its bare name.
        return stems.any(|stem| sent.contains(&(stem.to_owned(), PrometheusType::Histogram)))
            || sent.contains(&(name.to_owned(), PrometheusType::Counter));
    }
    stems
        .chain([name])
        .any(|name| readme.contains(&format!("`{name}`")))
}

/// What remote write sends of the built-in rules.
fn sent() -> Vec<(String, PrometheusType)> {
    let rules = built_in().iter().flat_map(|file| &file.rules);
    let metrics = rules.flat_map(|rule| &rule.transformations);
    metrics
        .map(|metric| {
            let kind = PrometheusType::from(metric.kind);
            let unit = metric.unit.as_str();
            let key = SeriesKey::new(metric.namespace.as_str(), metric.name.as_str(), unit, &[]);
            (Labels::of(&key, kind, "picket-dev").name().to_owned(), kind)
        })
        .collect()
}

#[test]
fn a_metric_of_picket_is_one_that_a_rule_makes() {
    for (name, is) in [
        ("picket_inquiry_pipeline_requests_total", true),
        ("picket_inquiry_pipeline_requests", false),
        ("picket_inquiry_pipeline_latency_seconds_bucket", true),
        ("picket_inquiry_pipeline_latency_seconds", false),
        ("picket_inquiry_pipeline_latency_ms_bucket", false),
    ] {
        assert_eq!(is_listed("", name), is, "{name}");
    }
}
