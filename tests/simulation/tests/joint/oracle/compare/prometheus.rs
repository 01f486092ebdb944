//! What each counter grew by in Prometheus.

use std::collections::BTreeMap;

use super::{Expected, Metric};
use crate::world::State;

/// Two minutes after a slice was committed, the samples of that time have it, also where they were sent much later.
pub(super) fn late_sample(state: &State, expected: &Expected) -> Option<String> {
    const LATEST: i64 = 2 * 60_000;
    let mut commits = expected.commits.clone();
    commits.sort_unstable();
    let has_name = |labels: &&Vec<(String, String)>| {
        let is = |name: &str, value: &str| labels.iter().any(|it| it.0 == name && it.1 == value);
        is("__name__", "simulation_input_count") && !labels.iter().any(|(name, _)| name == "agent")
    };
    let labels = state.receiver.has.keys().find(has_name)?;
    state.receiver.has[labels].iter().find_map(|(at, value)| {
        let least = commits.partition_point(|commit| *commit <= at - LATEST);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let is_late = *value < least as f64;
        is_late.then(|| format!("Prometheus' count of Input at {at} is {value}, and {least} had been committed two minutes before"))
    })
}

/// What a counter grew by, as Prometheus' `increase` has it: one that falls began anew at zero.
fn increase(samples: &[(i64, f64)]) -> f64 {
    let mut grown = 0.0;
    let mut before = 0.0;
    for (_, value) in samples {
        grown += if *value < before {
            *value
        } else {
            *value - before
        };
        before = *value;
    }
    grown
}

/// Each series grew by what all records add up to.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(super) fn receiver(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let mut totals: BTreeMap<Metric, (f64, f64, f64)> = BTreeMap::new();
    for ((metric, _), values) in &expected.values {
        let total = totals.entry(*metric).or_default();
        total.0 += values.len() as f64;
        total.1 += values.iter().sum::<f64>();
    }
    for ((metric, _), values) in &expected.unclear_values {
        totals.entry(*metric).or_default().2 += values.iter().sum::<f64>();
    }
    for ((name, agent), (count, sum, unclear)) in totals {
        let (prefix, factor) = match name {
            "Latency" => ("simulation_latency_seconds_total", 1e-3),
            // The defaults are in it.
            "Errors" => continue,
            "Cost" => ("simulation_cost_total", 1.0),
            "Heartbeat" => ("picket_heartbeat_total", 1.0),
            _ => ("simulation_input_sum", 1.0),
        };
        let newest = |name: &str| {
            let agent = agent.map(|agent| format!("agent-{agent}"));
            let is_it = |labels: &&Vec<(String, String)>| {
                let of = |label: &str| {
                    labels
                        .iter()
                        .find(|(name, _)| name == label)
                        .map(|(_, value)| value.as_str())
                };
                of("__name__") == Some(name) && of("agent") == agent.as_deref()
            };
            let labels = state.receiver.has.keys().find(is_it)?;
            Some(increase(&state.receiver.has[labels]))
        };
        let (sum, unclear) = (sum * factor, unclear * factor);
        let slack = 1e-6 * sum.abs().max(1.0);
        let has = newest(prefix);
        let is_it = |has: f64| (sum - slack..=sum + unclear + slack).contains(&has);
        if !has.is_some_and(is_it) {
            problems.push(format!(
                "Prometheus' {prefix} {agent:?} is {has:?}, not {sum} (and {unclear})"
            ));
        }
        if name == "Input" && unclear == 0.0 {
            let has = newest("simulation_input_count");
            if has != Some(count) {
                problems.push(format!(
                    "Prometheus' count of Input {agent:?} is {has:?}, not {count}"
                ));
            }
        }
    }
}
