//! Which of the metrics that exist are drawn, and by which statistic.

use std::collections::{BTreeMap, BTreeSet};

use picket_alarms::{Definition, Input};

use crate::{
    journal::is_total,
    known::{DOLLARS, Known},
};

/// A metric that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) namespace: String,
    pub(super) metric: String,
    pub(super) dimensions: Vec<(String, String)>,
}

/// A metric that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) workload: String,
    pub(super) metric: Found,
    pub(super) statistic: String,
    pub(super) unit: &'static str,
}

/// The series of a metric that has no total: more of them would hide the other metrics.
const MOST_OF_A_METRIC: usize = 4;
/// All charts: with half an hour of minutes each, about 300 kB.
const MOST: usize = 200;
/// The workload of Picket's own metrics, which is drawn after the others.
const PICKET: &str = "picket";

/// The series to draw, by workload: those that an alarm watches, the totals, and of a metric with neither some of the
/// series with the fewest dimensions. Metrics of AWS services are drawn only where an alarm watches them: the emulator
/// makes some for each of Picket's own functions.
pub(super) fn chosen(known: &Known, alarms: &[&Definition], found: Vec<Found>) -> Vec<Chart> {
    let watched: BTreeMap<Found, &Input> = alarms
        .iter()
        .flat_map(|alarm| alarm.inputs())
        .map(|input| (of_input(input), input))
        .collect();
    let sorted = found.into_iter().map(Found::sorted);
    let by_few = sorted
        .map(|found| (found.dimensions.len(), found))
        .collect::<BTreeSet<_>>();
    let mut drawn: BTreeMap<(String, String), Drawn> = BTreeMap::new();
    let mut charts = vec![];
    let mut others = vec![];
    for (_, metric) in by_few {
        let key = (metric.namespace.clone(), metric.metric.clone());
        let input = watched.get(&metric).copied();
        if input.is_some() || (is_total(&metric.dimensions) && !metric.is_of_aws()) {
            drawn.entry(key).or_default().has_main = true;
            charts.push(chart(known, metric, input));
        } else if !metric.is_of_aws() {
            others.push((key, metric));
        }
    }
    for (key, metric) in others {
        let drawn = drawn.entry(key).or_default();
        let few = *drawn.fewest.get_or_insert(metric.dimensions.len());
        let is_one = !drawn.has_main && drawn.others < MOST_OF_A_METRIC;
        if is_one && few == metric.dimensions.len() {
            drawn.others += 1;
            charts.push(chart(known, metric, None));
        }
    }
    charts.sort_by(|a, b| a.order().cmp(&b.order()));
    charts.truncate(MOST);
    charts
}

/// What is drawn of a metric.
#[derive(Default)]
struct Drawn {
    /// A total, or what an alarm watches.
    has_main: bool,
    others: usize,
    fewest: Option<usize>,
}

impl Found {
    fn sorted(mut self) -> Self {
        self.dimensions.sort();
        self
    }

    fn is_of_aws(&self) -> bool {
        self.namespace.starts_with("AWS/")
    }
}

impl Chart {
    fn order(&self) -> (bool, &str, &Found) {
        (self.workload == PICKET, &self.workload, &self.metric)
    }
}

fn of_input(input: &Input) -> Found {
    let found = Found {
        namespace: input.namespace.clone(),
        metric: input.metric_name.clone(),
        dimensions: input.dimensions.clone(),
    };
    found.sorted()
}

fn chart(known: &Known, metric: Found, input: Option<&Input>) -> Chart {
    let workload = known.workload(&metric.namespace, &metric.metric).to_owned();
    let unit = known.unit(&metric.namespace, &metric.metric);
    let unit = unit.unwrap_or_else(|| unit_by_name(&metric.metric));
    let statistic = input.map_or_else(
        || statistic(unit).to_owned(),
        |input| input.statistic.to_string(),
    );
    let unit = shown(unit);
    Chart {
        workload,
        metric,
        statistic,
        unit,
    }
}

/// The unit of a metric that no rule names. `ListMetrics` does not return units.
fn unit_by_name(metric: &str) -> &'static str {
    let ends = |words: &[&str]| words.iter().any(|word| metric.ends_with(word));
    if ends(&["Ms", "Duration", "Latency"]) {
        "Milliseconds"
    } else if ends(&["ErrorRate", "SuccessRate", "Percent"]) {
        "Percent"
    } else if ends(&["PerSecond"]) {
        "Count/Second"
    } else if metric.contains("Cost") {
        DOLLARS
    } else {
        "None"
    }
}

/// The statistic by which a unit is read: durations by the slowest tenth, shares and rates by their mean.
fn statistic(unit: &str) -> &'static str {
    match unit {
        "Milliseconds" | "Seconds" | "Microseconds" => "p90",
        "Percent" => "Average",
        rate if rate.ends_with("/Second") => "Average",
        _ => "Sum",
    }
}

/// The unit as the page writes it.
fn shown(unit: &str) -> &'static str {
    match unit {
        "Milliseconds" => "ms",
        "Seconds" => "s",
        "Percent" => "%",
        "Bytes" => "B",
        DOLLARS => DOLLARS,
        _ => "",
    }
}

#[cfg(test)]
mod tests;
