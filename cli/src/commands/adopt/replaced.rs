//! The metrics of metric filters that metric rules replace: they have the dimension `Environment` then.

use std::collections::BTreeSet;

use picket_alarms::cases::Subject;
use picket_rules::metrics::ENVIRONMENT;
use serde_json::{Value, json};

use super::{account::Account, adopted::Adopted};

/// A metric by namespace and name.
type Metric = (String, String);

/// The metrics that rules replace; none where no rules are written.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    metrics: BTreeSet<Metric>,
    /// Those of which an alarm reads percentiles or the like, for which their values are kept.
    with_values: BTreeSet<Metric>,
}

impl Replaced {
    pub(super) fn of(account: &Account, alarms: &[Adopted<'_>]) -> Self {
        let transformations = account
            .filters
            .iter()
            .flat_map(|filter| &filter.metric_transformations);
        let metrics: BTreeSet<Metric> = transformations
            .map(|metric| (metric.metric_namespace.clone(), metric.metric_name.clone()))
            .collect();
        let definitions = alarms.iter().filter_map(|alarm| match alarm.subject {
            Subject::Metric(definition) => Some(definition),
            Subject::Composite(_) => None,
        });
        let inputs = definitions.flat_map(|definition| definition.inputs());
        let with_values = inputs.filter(|input| input.statistic.needs_values());
        let with_values =
            with_values.map(|input| (input.namespace.clone(), input.metric_name.clone()));
        Self {
            with_values: with_values
                .filter(|metric| metrics.contains(metric))
                .collect(),
            metrics,
        }
    }

    /// Whether an alarm reads percentiles of a metric.
    pub(super) fn needs_values(&self, namespace: &str, name: &str) -> bool {
        let metric = (namespace.to_owned(), name.to_owned());
        self.with_values.contains(&metric)
    }

    /// Whether one of the alarms reads a metric that rules replace.
    pub(super) fn is_read_by(&self, alarms: &[Adopted<'_>]) -> bool {
        alarms
            .iter()
            .any(|alarm| self.read(alarm.properties) != *alarm.properties)
    }

    /// The properties of an alarm, with the dimension at each metric that rules replace.
    pub(super) fn read(&self, properties: &Value) -> Value {
        let mut properties = properties.clone();
        self.add_to(&mut properties);
        let queries = properties.get_mut("Metrics").and_then(Value::as_array_mut);
        for query in queries.into_iter().flatten() {
            if let Some(metric) = query.pointer_mut("/MetricStat/Metric") {
                self.add_to(metric);
            }
        }
        properties
    }

    fn add_to(&self, metric: &mut Value) {
        let text = |name: &str| metric[name].as_str().unwrap_or_default().to_owned();
        if !self
            .metrics
            .contains(&(text("Namespace"), text("MetricName")))
        {
            return;
        }
        let own = json!({"Name": ENVIRONMENT, "Value": {"Ref": ENVIRONMENT}});
        match metric.get_mut("Dimensions").and_then(Value::as_array_mut) {
            Some(dimensions) => dimensions.push(own),
            None => metric["Dimensions"] = json!([own]),
        }
    }
}
