//! What the checkout says of metrics: the workload that has one, and its unit.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use picket_alarms::cases::Subject;
use picket_rules::{
    metrics::{self, MetricRules},
    outside,
};
use serde_json::Value;

use crate::workloads;

/// Namespace and name.
type Key = (String, String);

/// The workloads' metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The workload and the unit of a metric of a rule.
    rules: BTreeMap<Key, (String, String)>,
    /// The workload of a metric that a deployed alarm watches; `None` where alarms of several do.
    watched: BTreeMap<Key, Option<String>>,
    /// The workload of a namespace: the first one whose rules name it.
    namespaces: BTreeMap<String, String>,
}

/// The unit of dollars, which CloudWatch does not have.
pub(crate) const DOLLARS: &str = "USD";

impl Known {
    /// Reads the rules of a checkout, and the alarms of a stack with these parameters.
    pub(crate) fn read(root: &Path, stack: &str, parameters: &[(String, String)]) -> Result<Self> {
        let given: BTreeMap<String, Value> = parameters
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        let mut known = Self::default();
        for file in files(root)? {
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            known.take_rules(&metrics::parse(&file.display().to_string(), &text)?);
        }
        for nested in workloads::nested(root, stack, &given)? {
            for alarm in nested.resolved.alarms()? {
                if let Subject::Metric(definition) = &alarm.subject {
                    for input in definition.inputs() {
                        let key = (input.namespace.clone(), input.metric_name.clone());
                        known.watch(key, &nested.name);
                    }
                }
            }
        }
        Ok(known)
    }

    fn watch(&mut self, key: Key, workload: &str) {
        let own = Some(workload.to_owned());
        let known = self.watched.entry(key).or_insert_with(|| own.clone());
        if *known != own {
            *known = None;
        }
    }

    fn take_rules(&mut self, rules: &MetricRules) {
        let transformations = rules.rules.iter().flat_map(|rule| &rule.transformations);
        let metrics = transformations.map(|one| {
            let unit = one.unit.as_str().to_owned();
            (one.namespace.as_str(), one.name.as_str(), unit)
        });
        let cost = rules.usage.iter().filter_map(|usage| usage.cost.as_ref());
        let cost = cost.map(|one| {
            let unit = DOLLARS.to_owned();
            (one.namespace.as_str(), one.name.as_str(), unit)
        });
        for (namespace, name, unit) in metrics.chain(cost) {
            let key = (namespace.to_owned(), name.to_owned());
            self.rules
                .entry(key)
                .or_insert((rules.workload.clone(), unit));
            let workload = self.namespaces.entry(namespace.to_owned());
            workload.or_insert(rules.workload.clone());
        }
    }

    /// The workload of a metric; the end of its namespace where none has it.
    pub(crate) fn workload<'a>(&'a self, namespace: &'a str, metric: &str) -> &'a str {
        let key = (namespace.to_owned(), metric.to_owned());
        let of_rule = self.rules.get(&key).map(|(workload, _)| workload);
        let of_alarm = || self.watched.get(&key).and_then(Option::as_ref);
        let of_namespace = || self.namespaces.get(namespace);
        let found = of_rule.or_else(of_alarm).or_else(of_namespace);
        found.map_or_else(
            || namespace.rsplit('/').next().unwrap_or(namespace),
            String::as_str,
        )
    }

    /// The unit of a metric of a rule.
    pub(crate) fn unit(&self, namespace: &str, metric: &str) -> Option<&str> {
        let key = (namespace.to_owned(), metric.to_owned());
        self.rules.get(&key).map(|(_, unit)| unit.as_str())
    }
}

/// The files of rules, by name.
fn files(root: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut folders = outside::of_checkout(root);
    folders.extend(outside::outside(root).map_err(|sentence| anyhow!(sentence))?);
    let files = folders.into_values();
    let files = files.map(|folder| folder.join("metrics.yaml"));
    Ok(files.filter(|file| file.is_file()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_of_the_workload_whose_rules_or_alarms_name_it() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let parameters = [
            ("Environment", "dev"),
            ("Emulated", "true"),
            ("SchedulingAgent", "true"),
            ("SchedulingAgentFunctionName", "booking"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let known = Known::read(root, "picket-demo", &parameters).unwrap();
        let of = |namespace, metric| known.workload(namespace, metric);
        assert_eq!(of("BedrockUsage", "Requests"), "bedrock-usage");
        assert_eq!(of("BedrockUsage", "CostToday"), "bedrock-usage");
        assert_eq!(
            of("AWS/Kinesis", "WriteProvisionedThroughputExceeded"),
            "picket"
        );
        // Alarms of two workloads watch it.
        assert_eq!(of("AWS/Lambda", "Throttles"), "Lambda");
        assert_eq!(of("Picket", "Heartbeat"), "picket");
        assert_eq!(of("Shop/Orders", "Refused"), "Orders");
        assert_eq!(known.unit("BedrockUsage", "EstimatedCost"), Some(DOLLARS));
        assert_eq!(
            known.unit("BedrockUsage", "APILatency"),
            Some("Milliseconds")
        );
    }
}
