//! One source a metric: two rules that feed one metric would count an event twice, or two things as one.

use std::collections::HashMap;

use super::{LineColumn, MetricRules};
use crate::Problem;

/// The rule that feeds a metric: its index, or the usage rule.
type Feeder<'r> = (&'r str, Option<usize>);

/// Every metric that has a second source, in one file or in several.
pub fn one_source(files: &[MetricRules]) -> Vec<Problem> {
    let mut sources: HashMap<(&str, &str), (Feeder<'_>, LineColumn)> = HashMap::new();
    let mut problems = Vec::new();
    for rules in files {
        for (metric, rule, place) in fed_by_rule(rules) {
            let feeder = (rules.file.as_str(), rule);
            let (first, (line, _)) = sources.entry(metric).or_insert((feeder, place));
            if *first != feeder {
                problems.push(Problem {
                    file: rules.file.clone(),
                    line: place.0,
                    column: place.1,
                    message: format!(
                        "the metric {:?} of {:?} has its source in another rule already ({}:{line}): a metric has one",
                        metric.1, metric.0, first.0
                    ),
                });
            }
        }
    }
    problems
}

/// The namespace and name of every metric that a file feeds, with its place in the file.
pub(crate) fn fed(rules: &MetricRules) -> impl Iterator<Item = ((&str, &str), LineColumn)> {
    fed_by_rule(rules).map(|(metric, _, place)| (metric, place))
}

fn fed_by_rule(
    rules: &MetricRules,
) -> impl Iterator<Item = ((&str, &str), Option<usize>, LineColumn)> {
    let counted = rules.rules.iter().enumerate().flat_map(|(index, rule)| {
        rule.transformations.iter().map(move |metric| {
            (
                (metric.namespace.as_str(), metric.name.as_str()),
                Some(index),
                metric.at,
            )
        })
    });
    let cost = rules.usage.iter().flat_map(|usage| &usage.cost);
    counted.chain(cost.map(|cost| ((cost.namespace.as_str(), cost.name.as_str()), None, cost.at)))
}
