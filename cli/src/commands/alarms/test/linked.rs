//! What the alarms of a workload refer to in its folder: metrics of its rules, and sections of its runbook.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use picket_alarms::{
    Input,
    cases::Subject,
    inventory::{Entry, Inventory},
};
use picket_rules::{
    metrics::{self, Dimensions, ENVIRONMENT, MetricKind, MetricRules},
    probes,
};

use crate::commands::alarms::list::runbook;

/// What the metrics publisher derives of a workload's metrics (docs/own-metrics.md, "Derived metrics of workloads").
const DERIVED: [&str; 6] = [
    "RequestsPerSecond",
    "ErrorRate",
    "SuccessRate",
    "TokensPerDollar",
    "CostPerIncident",
    "CostToday",
];

/// What is wrong with references, and what probably is.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub(super) problems: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Linked {
    /// The references of a template's alarms, from the folder of a workload.
    pub(super) fn of(folder: &Path, inventory: &Inventory) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let (runbook, made) = (Runbook::of(&folder), Made::of(&folder));
        let mut linked = Self::default();
        for entry in &inventory.alarms {
            let sentence = |what: String| format!("{}: {what}", entry.id);
            linked.problems.extend(runbook.lacks(entry).map(sentence));
            let Ok(Subject::Metric(definition)) = &entry.subject else {
                continue;
            };
            for input in definition.inputs() {
                match made.lacks(input) {
                    Some(Lacks::Name(what)) => linked.warnings.push(sentence(what)),
                    Some(Lacks::Series(what)) => linked.problems.push(sentence(what)),
                    None => {}
                }
            }
        }
        linked
    }
}

/// The runbook of the workload.
struct Runbook {
    /// The end of the links to it.
    path: PathBuf,
    /// The anchors of its sections; `None` without a file.
    anchors: Option<BTreeSet<String>>,
}

impl Runbook {
    fn of(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("runbook.md"));
        let anchors = text.ok().map(|text| {
            let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
            headings.map(anchor).collect()
        });
        let name = folder.file_name().unwrap_or_default();
        Self {
            path: Path::new(name).join("runbook.md"),
            anchors,
        }
    }

    /// The section that an alarm links to and that is not there. Links to other places are not followed.
    fn lacks(&self, entry: &Entry) -> Option<String> {
        let link = runbook(&entry.properties)?;
        let (path, section) = link.split_once('#').unwrap_or((&link, ""));
        if !Path::new(path).ends_with(&self.path) {
            return None;
        }
        match &self.anchors {
            None => Some("its description links to runbook.md, which is not there".to_owned()),
            Some(anchors) if section.is_empty() || anchors.contains(section) => None,
            Some(_) => Some(format!(
                "its description links to the section {section} of runbook.md, which is not there: write `## {section}`"
            )),
        }
    }
}

/// The anchor of a heading, as GitHub makes it: lower-case letters, hyphens for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// The metrics that the folder's rules make, and the namespaces of its probes.
struct Made {
    rules: Option<MetricRules>,
    probed: BTreeSet<String>,
}

/// What is not made.
enum Lacks {
    /// No metric of this name. Something else may publish it.
    Name(String),
    /// The metric is made, and not these series of it.
    Series(String),
}

impl Made {
    fn of(folder: &Path) -> Self {
        let text = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let rules =
            text("metrics.yaml").and_then(|text| metrics::parse("metrics.yaml", &text).ok());
        let file = text("probes.yaml").and_then(|text| probes::parse("probes.yaml", &text).ok());
        let namespaces = file.iter().flat_map(probes::Probes::namespaces);
        Self {
            probed: namespaces.map(|(name, _)| name.to_owned()).collect(),
            rules,
        }
    }

    /// Why the rules do not make what an alarm reads, in a namespace that is theirs alone.
    fn lacks(&self, input: &Input) -> Option<Lacks> {
        let (namespace, name) = (input.namespace.as_str(), input.metric_name.as_str());
        let rules = self.rules.as_ref()?;
        let is_own = rules.namespaces().any(|(own, _)| own == namespace);
        if !is_own || self.probed.contains(namespace) || DERIVED.contains(&name) {
            return None;
        }
        let Some((dimensions, kind)) = found(rules, namespace, name) else {
            return Some(Lacks::Name(format!(
                "it reads {namespace} {name}, which no rule of metrics.yaml makes"
            )));
        };
        let read: BTreeSet<&str> = input
            .dimensions
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let sets: Vec<_> = sets(dimensions).collect();
        if !sets.contains(&read) {
            let made: Vec<_> = sets.iter().map(named).collect();
            return Some(Lacks::Series(format!(
                "it reads {namespace} {name} with the dimensions {}, and its rule makes it with {}",
                named(&read),
                made.join(", ")
            )));
        }
        (kind == MetricKind::Sum && input.statistic.needs_values()).then(|| {
            Lacks::Series(format!(
                "it reads {} of {namespace} {name}, whose rule keeps no values: write `Kind: distribution` there",
                input.statistic
            ))
        })
    }
}

fn found<'r>(
    rules: &'r MetricRules,
    namespace: &str,
    name: &str,
) -> Option<(&'r Dimensions, MetricKind)> {
    let mut all = rules.rules.iter().flat_map(|rule| &rule.transformations);
    let metric = all.find(|one| one.namespace.as_str() == namespace && one.name.as_str() == name);
    let cost = rules.usage.as_ref().and_then(|usage| usage.cost.as_ref());
    let cost =
        cost.filter(|cost| cost.namespace.as_str() == namespace && cost.name.as_str() == name);
    metric
        .map(|metric| (&metric.dimensions, metric.kind))
        .or_else(|| cost.map(|cost| (&cost.dimensions, MetricKind::Sum)))
}

/// The names of each set's dimensions, with the one that Picket adds.
fn sets(dimensions: &Dimensions) -> impl Iterator<Item = BTreeSet<&str>> {
    dimensions.sets.iter().map(|set| {
        let names = set
            .iter()
            .map(|&index| dimensions.declared[index].0.as_str());
        names.chain([ENVIRONMENT]).collect()
    })
}

fn named(names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    format!("[{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_githubs() {
        for (heading, expected) in [
            ("orders-errors", "orders-errors"),
            ("Errors: what to do", "errors-what-to-do"),
            ("`p99` of a_b", "p99-of-a_b"),
        ] {
            assert_eq!(anchor(heading), expected);
        }
    }
}
