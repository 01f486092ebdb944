//! Reading the files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// A file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) rules: Vec<Rule>,
}

/// A recording or an alerting rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) record: Option<String>,
    pub(crate) alert: Option<String>,
    pub(crate) expr: String,
    #[serde(rename = "for")]
    pub(crate) lasts: Option<String>,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) annotations: BTreeMap<String, String>,
}

/// A file of test cases, as far as it is read here.
#[derive(Debug, Deserialize)]
pub(crate) struct CaseFile {
    pub(crate) tests: Vec<Case>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    #[serde(default)]
    pub(crate) alert_rule_test: Vec<AlertCase>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AlertCase {
    pub(crate) alertname: String,
    pub(crate) exp_alerts: Vec<serde_json::Value>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folders of workloads that have files for Prometheus, from the repository's root.
pub(crate) fn folders() -> Vec<String> {
    let workloads = fs::read_dir(root().join("workloads")).expect("the workloads");
    let mut folders: Vec<String> = workloads
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| format!("workloads/{}/prometheus", name.display()))
        .filter(|folder| root().join(folder).is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "no workload has files for Prometheus");
    folders
}

/// The files of a folder with an ending, by path from the root.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder can be listed");
    let mut files: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| format!("{folder}/{}", name.display()))
        .filter(|path| path.ends_with(ending))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no {ending}");
    files
}

pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn yaml<T: for<'de> Deserialize<'de>>(path: &str) -> T {
    // The reader has no infinities, which promtool's cases may expect, and which no test here looks at.
    let text = text(path).replace("value: .inf", "value: 1e308");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rules of a folder, by file.
pub(crate) fn rules(folder: &str) -> Vec<(String, RuleFile)> {
    let files = files(&format!("{folder}/rules"), ".yaml");
    files
        .into_iter()
        .map(|path| {
            let rules = yaml(&path);
            (path, rules)
        })
        .collect()
}

/// The metrics that an expression names: words that are neither functions, operators, label names nor durations.
pub(crate) fn metrics(expression: &str) -> BTreeSet<String> {
    let bare = without(&without(&without_text(expression), '{', '}'), '[', ']');
    let mut found = BTreeSet::new();
    let mut rest = bare.as_str();
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    // The parentheses after these hold label names.
    let lists = [
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
    ];
    let operators = ["and", "or", "unless", "offset", "bool"];
    while let Some(start) = rest.find(is_word) {
        rest = &rest[start..];
        let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let word = &rest[..end];
        rest = rest[end..].trim_start();
        if lists.contains(&word) {
            rest = rest.split_once(')').map_or("", |(_, after)| after);
            continue;
        }
        let is_function = rest.starts_with('(') || rest.starts_with("by ");
        let is_number = word.starts_with(|first: char| first.is_ascii_digit());
        if !is_function && !is_number && !operators.contains(&word) {
            found.insert(word.to_owned());
        }
    }
    found
}

/// Without what is in quotation marks.
fn without_text(expression: &str) -> String {
    expression
        .split('"')
        .step_by(2)
        .collect::<Vec<_>>()
        .join("\"\"")
}

/// Without what is in brackets of a kind, which do not nest.
fn without(text: &str, open: char, close: char) -> String {
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        let (_, after) = part.split_once(close).unwrap_or(("", ""));
        kept + " " + after
    })
}

#[test]
fn the_metrics_of_an_expression_are_found() {
    let expression = r#"(sum by (job) (rate(a_total{b="c_total{", d=~"5.."}[5m])) or 0 * up offset 5m) / on (job) group_left () (x:y:z > 0)"#;
    let expected = ["a_total", "up", "x:y:z"].map(str::to_owned);
    assert_eq!(metrics(expression), BTreeSet::from(expected));
}
