//! An alarm of the account as one of the workload.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use picket_alarms::{
    Definition,
    cases::{self, Case, Subject},
    findings::{self, Finding},
    inventory::Entry,
};
use picket_rules::Glob;
use picket_shared::report::ErrorChain;
use serde_json::Value;

use super::{
    account::Account,
    names::{Names, logical_id, slug},
};
use crate::unknown_metrics::unknown_metrics;

/// An alarm.
#[derive(Debug)]
pub(super) struct Adopted<'a> {
    /// The name in the account.
    pub(super) old: &'a str,
    /// The logical id.
    pub(super) id: String,
    /// The name after that of the stack: `orders-slow`; also its section in the runbook.
    pub(super) name: String,
    pub(super) properties: &'a Value,
    pub(super) subject: &'a Subject,
    /// Whether it notifies the critical topic.
    pub(super) is_critical: bool,
    /// A firing and a silent case; `None` where no plain values make it fire, or be OK.
    pub(super) cases: Option<[Case; 2]>,
    /// What is wrong with it.
    pub(super) findings: Vec<Remark>,
}

/// Something wrong with an alarm.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub(super) enum Remark {
    /// By its definition or its state.
    Finding(Finding),
    /// By what is known of its metric, and the rest.
    Other {
        /// The kind.
        finding: &'static str,
        /// A sentence.
        text: String,
    },
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Finding(finding) => finding.fmt(f),
            Self::Other { text, .. } => f.write_str(text),
        }
    }
}

/// The alarms that can be read, and those that cannot, with the reason.
pub(super) fn adopt<'a>(
    account: &'a Account,
    workload: &str,
    critical: &[Glob],
    now: Timestamp,
) -> (Vec<Adopted<'a>>, Vec<(&'a str, String)>) {
    let (mut names, mut ids) = (Names::default(), Names::default());
    let known: BTreeSet<&str> = account.alarms.iter().map(Entry::name).collect();
    let (mut adopted, mut unread) = (vec![], vec![]);
    for entry in &account.alarms {
        let subject = match &entry.subject {
            Ok(subject) => subject,
            Err(error) => {
                unread.push((entry.name(), ErrorChain(error).to_string()));
                continue;
            }
        };
        let name = names.unique(format!("{workload}-{}", slug(entry.name())));
        let cases = cases::generate(subject);
        adopted.push(Adopted {
            old: entry.name(),
            id: ids.unique(alarm_id(workload, entry.name())),
            name,
            properties: &entry.properties,
            subject,
            is_critical: critical.iter().any(|pattern| pattern.matches(entry.name())),
            findings: remarks(entry, subject, account, &known, cases.is_some(), now),
            cases,
        });
    }
    (adopted, unread)
}

/// `OrdersSlowAlarm` for the alarm `slow` of the workload `orders`.
fn alarm_id(workload: &str, alarm: &str) -> String {
    let id = logical_id(&format!("{workload} {alarm}"));
    let id = id.strip_suffix("Alarm").unwrap_or(&id);
    format!("{id}Alarm")
}

fn remarks(
    entry: &Entry,
    subject: &Subject,
    account: &Account,
    known: &BTreeSet<&str>,
    has_cases: bool,
    now: Timestamp,
) -> Vec<Remark> {
    let mut all: Vec<Finding> = match subject {
        Subject::Metric(definition) => findings::of(definition),
        Subject::Composite(composite) => findings::of_composite(composite),
    };
    all.extend(findings::of_described(&entry.properties, None, now));
    let mut remarks: Vec<Remark> = all.into_iter().map(Remark::Finding).collect();
    match subject {
        Subject::Metric(definition) => remarks.extend(of_metrics(definition, account)),
        Subject::Composite(composite) => {
            let children = composite.rule.children();
            let missing = children
                .into_iter()
                .filter(|child| !known.contains(name_of(child)));
            remarks.extend(missing.map(|child| Remark::Other {
                finding: "unknown-child",
                text: format!(
                    "its rule names {child}, which is not among the alarms that were read"
                ),
            }));
        }
    }
    let others = other_actions(&entry.properties);
    if !others.is_empty() {
        remarks.push(Remark::Other {
            finding: "other-actions",
            text: format!(
                "its actions that are no SNS topics are not adopted: {}",
                others.join(", ")
            ),
        });
    }
    if !entry.open.is_empty() {
        let open: Vec<&str> = entry.open.iter().map(String::as_str).collect();
        remarks.push(Remark::Other {
            finding: "open-parameters",
            text: format!(
                "parameters of its template have no value here: {}",
                open.join(", ")
            ),
        });
    }
    if !has_cases {
        remarks.push(Remark::Other {
            finding: "no-cases",
            text:
                "no plain values make it fire and be OK: write its cases by hand, or it never does"
                    .to_owned(),
        });
    }
    remarks
}

/// Actions of EC2, Auto Scaling, Systems Manager and Lambda. Of a template, an action is often the logical id of a topic or
/// a policy: what is no ARN is not judged.
fn other_actions(properties: &Value) -> Vec<&str> {
    let lists = ["AlarmActions", "OKActions"].into_iter();
    let mut actions: Vec<&str> = lists
        .filter_map(|list| properties[list].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter(|action| action.starts_with("arn:") && action.split(':').nth(2) != Some("sns"))
        .collect();
    actions.sort_unstable();
    actions.dedup();
    actions
}

/// The name in an alarm's ARN, or the name itself.
pub(super) fn name_of(alarm: &str) -> &str {
    match alarm
        .starts_with("arn:")
        .then(|| alarm.splitn(7, ':').nth(6))
    {
        Some(Some(name)) => name,
        _ => alarm,
    }
}

/// Metrics of AWS that do not exist, and metrics that no filter of the same namespace publishes.
fn of_metrics(definition: &Definition, account: &Account) -> Vec<Remark> {
    let mut published: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for filter in &account.filters {
        for metric in &filter.metric_transformations {
            let names = published.entry(&metric.metric_namespace).or_default();
            names.insert(&metric.metric_name);
        }
    }
    let unknown = unknown_metrics(definition).into_iter();
    let mut remarks: Vec<Remark> = unknown.map(Remark::Finding).collect();
    for input in definition.inputs() {
        let names = published.get(input.namespace.as_str());
        if names.is_some_and(|names| !names.contains(input.metric_name.as_str())) {
            remarks.push(Remark::Other {
                finding: "unpublished-metric",
                text: format!(
                    "no metric filter publishes {} to {}, which filters publish other metrics to",
                    input.metric_name, input.namespace
                ),
            });
        }
    }
    remarks.dedup();
    remarks
}
