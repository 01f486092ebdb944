//! Reading a catalogue: everything that is not understood is refused.

use std::collections::{BTreeMap, BTreeSet};

use picket_rules::metrics::Unit;
use serde::Deserialize;

use crate::metric::{Metric, Statistic};

/// The reason why a catalogue cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct InvalidCatalogue {
    /// The file as it was named.
    pub file: String,
    /// The reason, with the namespace or the line.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct NamespaceText {
    namespace: String,
    source: String,
    metrics: Vec<MetricText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct MetricText {
    names: Vec<String>,
    unit: String,
    statistics: Vec<String>,
    dimension_sets: Vec<Vec<String>>,
    needs: Option<String>,
    region: Option<String>,
    source: Option<String>,
}

pub(crate) fn read(
    file: &str,
    text: &str,
) -> Result<BTreeMap<String, Vec<Metric>>, InvalidCatalogue> {
    let invalid = |reason: String| InvalidCatalogue {
        file: file.to_owned(),
        reason,
    };
    let read: Vec<NamespaceText> =
        serde_saphyr::from_str(text).map_err(|error| invalid(error.to_string()))?;
    let mut namespaces = BTreeMap::new();
    for one in read {
        let in_namespace = |reason: String| invalid(format!("{}: {reason}", one.namespace));
        let metrics: Vec<Metric> = one
            .metrics
            .into_iter()
            .map(|metric| metric.checked(&one.source).map_err(in_namespace))
            .collect::<Result<_, _>>()?;
        one_entry(&metrics).map_err(in_namespace)?;
        if namespaces.insert(one.namespace.clone(), metrics).is_some() {
            return Err(in_namespace(
                "the namespace is in the file twice".to_owned(),
            ));
        }
    }
    Ok(namespaces)
}

impl MetricText {
    fn checked(self, source: &str) -> Result<Metric, String> {
        let first = self.names.first().cloned().ok_or("an entry has no name")?;
        let unit: Unit = self
            .unit
            .parse()
            .map_err(|error| format!("{first}: {error}"))?;
        let statistics: BTreeSet<Statistic> = self
            .statistics
            .iter()
            .map(|name| {
                name.parse()
                    .map_err(|_| format!("{first}: {name:?} is not a statistic"))
            })
            .collect::<Result<_, _>>()?;
        let mut dimension_sets = Vec::new();
        for names in &self.dimension_sets {
            let set: BTreeSet<String> = names.iter().cloned().collect();
            if set.len() != names.len() || dimension_sets.contains(&set) {
                return Err(format!("{first}: the dimension set {names:?} repeats one"));
            }
            dimension_sets.push(set);
        }
        if statistics.is_empty() || dimension_sets.is_empty() {
            return Err(format!(
                "{first}: a statistic and a dimension set are needed"
            ));
        }
        Ok(Metric {
            names: self.names,
            unit,
            statistics,
            dimension_sets,
            needs: self.needs,
            region: self.region,
            source: self.source.unwrap_or_else(|| source.to_owned()),
        })
    }
}

/// A metric with a set of dimensions has one entry: with two, the first would hide the other's unit.
fn one_entry(metrics: &[Metric]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for metric in metrics {
        for name in &metric.names {
            for set in &metric.dimension_sets {
                if !seen.insert((name, set)) {
                    return Err(format!("{name} is there twice with {set:?}"));
                }
            }
        }
    }
    Ok(())
}
