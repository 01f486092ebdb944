//! The rules without a match. A wrong pattern, or a producer that stopped, is not visible on any chart.

use std::collections::BTreeMap;

use picket_aws::{Fault, blob, state::BlobKey};
use picket_rules::metrics::{MetricRule, MetricRules};
use prost::Message;

use crate::series_limit::Metric;

/// The hours without a match after which a rule is counted: traffic has a daily rhythm, and a nightly job runs once in
/// it.
pub(crate) const UNMATCHED_AFTER_HOURS: i64 = 24;

/// The smallest and the largest value of a metric.
pub(crate) type Extremes = (f64, f64);
/// The extremes of metrics, by namespace and name.
pub(crate) type Counted = BTreeMap<String, BTreeMap<String, Extremes>>;

/// The hour (since 1970) of the last datapoint of each rule's metrics; for a new metric, the hour in which it was first
/// recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RuleMatches(BTreeMap<Metric, i64>);

/// The key under which the matches are stored.
pub(crate) fn place() -> BlobKey {
    BlobKey::new("rules", "matched")
}

impl RuleMatches {
    /// Records the metrics of an hour, and removes metrics without a rule. Returns whether that changed anything.
    pub(crate) fn record(&mut self, rules: &[MetricRules], counted: &Counted, hour: i64) -> bool {
        let mut now = BTreeMap::new();
        for transformation in rules
            .iter()
            .flat_map(|rules| &rules.rules)
            .flat_map(|rule| &rule.transformations)
        {
            let metric = name(
                transformation.namespace.as_str(),
                transformation.name.as_str(),
            );
            // A minute without a match has the default value as its datapoint.
            let is_default = |extremes: &&Extremes| {
                transformation
                    .default_value
                    .is_some_and(|value| **extremes == (value, value))
            };
            let extremes = counted
                .get(&metric.0)
                .and_then(|names| names.get(&metric.1));
            let is_counted = extremes.is_some_and(|extremes| !is_default(&extremes));
            let before = self.0.get(&metric).copied();
            now.insert(
                metric,
                if is_counted {
                    hour
                } else {
                    before.unwrap_or(hour)
                },
            );
        }
        let changed = now != self.0;
        self.0 = now;
        changed
    }

    /// The rules without a datapoint for a day, by workload and metrics.
    pub(crate) fn unmatched(&self, rules: &[MetricRules], hour: i64) -> Vec<String> {
        let is_silent = |rule: &&MetricRule| {
            rule.transformations.iter().all(|metric| {
                let metric = name(metric.namespace.as_str(), metric.name.as_str());
                self.0
                    .get(&metric)
                    .is_some_and(|last| hour - last >= UNMATCHED_AFTER_HOURS)
            })
        };
        let of_workload = |rules: &MetricRules| {
            let silent = rules.rules.iter().filter(is_silent);
            silent
                .map(|rule| format!("{}: {}", rules.workload, label(rule)))
                .collect::<Vec<_>>()
        };
        rules.iter().flat_map(of_workload).collect()
    }

    /// Merges the newer hours of another.
    pub(crate) fn merge(&mut self, other: Self) {
        for (metric, hour) in other.0 {
            let known = self.0.entry(metric).or_insert(hour);
            *known = hour.max(*known);
        }
    }

    /// The stored form.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let metrics = self.0.iter().map(|((namespace, name), hour)| StoredMetric {
            namespace: namespace.clone(),
            name: name.clone(),
            hour: *hour,
        });
        blob::encode(&StoredMetrics {
            metrics: metrics.collect(),
        })
    }

    /// Reads the stored form.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let stored: StoredMetrics = blob::decode("the list of metrics that rules feed", bytes)?;
        let metrics = stored.metrics.into_iter();
        Ok(Self(
            metrics
                .map(|metric| ((metric.namespace, metric.name), metric.hour))
                .collect(),
        ))
    }
}

fn name(namespace: &str, name: &str) -> Metric {
    (namespace.to_owned(), name.to_owned())
}

/// The label of a rule: `FilterName`, or else its metrics.
fn label(rule: &MetricRule) -> String {
    rule.name.clone().unwrap_or_else(|| {
        let metrics = rule.transformations.iter();
        let names: Vec<_> = metrics.map(|metric| metric.name.as_str()).collect();
        names.join(", ")
    })
}

#[derive(Clone, PartialEq, Message)]
struct StoredMetrics {
    #[prost(message, repeated, tag = "1")]
    metrics: Vec<StoredMetric>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct StoredMetric {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(sint64, tag = "3")]
    hour: i64,
}

#[cfg(test)]
mod tests {
    use picket_rules::metrics::parse;

    use super::*;

    const RULES: &str = "\
Workload: shop
Rules:
  - FilterName: orders
    FilterPattern: '{ $.order = * }'
    MetricTransformations:
      - { MetricNamespace: Shop, MetricName: Orders, MetricValue: 1 }
      - { MetricNamespace: Shop, MetricName: Amount, MetricValue: $.amount }
  - FilterPattern: '{ $.error = * }'
    MetricTransformations:
      - { MetricNamespace: Shop, MetricName: Errors, MetricValue: 1, DefaultValue: 0 }
";

    fn rules() -> Vec<MetricRules> {
        vec![parse("metrics.yaml", RULES).unwrap()]
    }

    fn counted(metrics: &[(&str, Extremes)]) -> Counted {
        let metrics = metrics.iter();
        let metrics = metrics.map(|(metric, extremes)| ((*metric).to_owned(), *extremes));
        Counted::from([("Shop".to_owned(), metrics.collect())])
    }

    #[test]
    fn a_rule_is_unmatched_a_day_after_its_last_match_and_not_before() {
        let (rules, mut matched) = (rules(), RuleMatches::default());
        assert!(matched.record(&rules, &BTreeMap::new(), 100));
        assert_eq!(
            matched.unmatched(&rules, 123),
            Vec::<String>::new(),
            "a new rule has a day"
        );
        assert_eq!(
            matched.unmatched(&rules, 124),
            ["shop: orders", "shop: Errors"]
        );
        // One of its metrics is enough.
        assert!(matched.record(&rules, &counted(&[("Amount", (2.0, 9.0))]), 124));
        assert_eq!(matched.unmatched(&rules, 124), ["shop: Errors"]);
        assert!(
            !matched.record(&rules, &counted(&[("Amount", (1.0, 1.0))]), 124),
            "the hour is known"
        );
        assert_eq!(
            matched.unmatched(&rules, 148),
            ["shop: orders", "shop: Errors"]
        );
    }

    #[test]
    fn a_default_value_is_no_match_and_a_value_beside_it_is() {
        let (rules, mut matched) = (rules(), RuleMatches::default());
        matched.record(&rules, &BTreeMap::new(), 0);
        matched.record(
            &rules,
            &counted(&[("Errors", (0.0, 0.0)), ("Orders", (1.0, 1.0))]),
            30,
        );
        assert_eq!(matched.unmatched(&rules, 30), ["shop: Errors"]);
        matched.record(&rules, &counted(&[("Errors", (0.0, 1.0))]), 30);
        assert_eq!(matched.unmatched(&rules, 30), Vec::<String>::new());
    }

    #[test]
    fn what_no_rule_feeds_is_forgotten_and_a_rule_that_comes_back_is_new() {
        let (rules, mut matched) = (rules(), RuleMatches::default());
        matched.record(&rules, &BTreeMap::new(), 0);
        assert!(matched.record(&[], &counted(&[("Strange", (1.0, 1.0))]), 1));
        assert_eq!(matched, RuleMatches::default());
        matched.record(&rules, &BTreeMap::new(), 50);
        assert_eq!(matched.unmatched(&rules, 60), Vec::<String>::new());
    }

    #[test]
    fn it_comes_back_from_the_table_as_it_went_and_two_publishers_know_the_newer_of_both() {
        let (rules, mut matched) = (rules(), RuleMatches::default());
        matched.record(&rules, &BTreeMap::new(), 7);
        assert_eq!(RuleMatches::decode(&matched.encode()).unwrap(), matched);
        let mut other = matched.clone();
        other.record(&rules, &counted(&[("Orders", (1.0, 1.0))]), 9);
        let newer = other.clone();
        other.merge(matched.clone());
        assert_eq!(other, newer);
        matched.merge(other);
        assert_eq!(matched, newer);
    }
}
