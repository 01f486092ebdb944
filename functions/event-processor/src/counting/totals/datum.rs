//! Series of a slice by index, and their names.

use picket_rules::metrics::{Dimensions, ENVIRONMENT};
use picket_shared::series::{OWN_NAMESPACE, SeriesKey};

use crate::rules::{MetricId, OWN_DIMENSION, RuleSet};

/// One series' minute: a metric, one of its dimension sets with values, a minute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Datum {
    /// The metric.
    pub metric: MetricId,
    /// The index of the dimension set.
    pub set: usize,
    /// The values of the set's dimensions.
    pub values: Vec<String>,
    /// Minutes since 1970.
    pub minute: i64,
}

impl Datum {
    /// Creates the datum of one of Picket's own metrics, which have one set.
    pub fn own(name: &'static str, minute: i64) -> Self {
        Self {
            metric: MetricId::Own(name),
            set: 0,
            values: Vec::new(),
            minute,
        }
    }

    /// Returns the names of the series.
    pub(super) fn series_key(&self, rule_set: &RuleSet) -> SeriesKey {
        match self.metric {
            MetricId::Own(name) => SeriesKey {
                namespace: OWN_NAMESPACE.to_owned(),
                name: name.to_owned(),
                unit: "Count".to_owned(),
                dimensions: vec![(OWN_DIMENSION.to_owned(), rule_set.stack.clone())],
            },
            MetricId::Rule(workload, rule, transformation) => {
                let rule = &rule_set.workloads[workload].rules[rule];
                let metric = &rule.transformations[transformation];
                SeriesKey {
                    namespace: metric.namespace.to_string(),
                    name: metric.name.to_string(),
                    unit: metric.unit.to_string(),
                    dimensions: self.dimensions(&metric.dimensions, rule_set),
                }
            }
            MetricId::Cost(workload) => {
                let usage = rule_set.workloads[workload].usage.as_ref();
                let cost = usage
                    .and_then(|usage| usage.cost.as_ref())
                    .expect("a cost is only added for a usage rule with a cost metric");
                SeriesKey {
                    namespace: cost.namespace.to_string(),
                    name: cost.name.to_string(),
                    // CloudWatch has no unit for money.
                    unit: "None".to_owned(),
                    dimensions: self.dimensions(&cost.dimensions, rule_set),
                }
            }
        }
    }

    /// Returns the set's dimensions in the order of their declaration, and the environment, which is one of every set.
    fn dimensions(&self, dimensions: &Dimensions, rule_set: &RuleSet) -> Vec<(String, String)> {
        let names = dimensions.sets[self.set]
            .iter()
            .map(|&index| dimensions.declared[index].0.to_string());
        names
            .zip(self.values.iter().cloned())
            .chain([(ENVIRONMENT.to_owned(), rule_set.environment.clone())])
            .collect()
    }
}
