//! One source a metric, over rules and probes together.

use std::collections::HashMap;

use super::Probes;
use crate::{
    Problem,
    metrics::{MetricRules, fed},
};

/// Every metric of a probe that has another source: a rule, or another probe.
pub fn one_source(rules: &[MetricRules], files: &[Probes]) -> Vec<Problem> {
    let mut sources: HashMap<(&str, &str), (&str, u64)> = HashMap::new();
    for file in rules {
        for (metric, (line, _)) in fed(file) {
            sources.entry(metric).or_insert((&file.file, line));
        }
    }
    let mut problems = Vec::new();
    for file in files {
        for metric in file.probes.iter().flat_map(|probe| &probe.metrics) {
            let key = (metric.namespace.as_str(), metric.name.as_str());
            let here = (file.file.as_str(), metric.at.0);
            if let Some((first, line)) = sources.get(&key) {
                problems.push(Problem {
                    file: file.file.clone(),
                    line: metric.at.0,
                    column: metric.at.1,
                    message: format!(
                        "the metric {:?} of {:?} has its source elsewhere already ({first}:{line}): a metric has one",
                        key.1, key.0
                    ),
                });
            } else {
                sources.insert(key, here);
            }
        }
    }
    problems
}
