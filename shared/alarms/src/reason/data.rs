//! `reasonData`: what was evaluated, for programs.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::timestamp;
use crate::{
    Definition, Threshold, Window,
    definition::Watches,
    evidence::{Evidence, Judged},
};

/// `reasonData`, as in EventBridge's alarm events.
pub(crate) fn data(
    definition: &Definition,
    window: &Window,
    evidence: &Evidence,
    now: Timestamp,
) -> Value {
    let real = &evidence.real;
    let start = real
        .first()
        .map_or_else(|| window.newest(), |judged| judged.datapoint.at);
    let numbers = |of: fn(&Judged) -> f64| real.iter().map(of).collect::<Vec<f64>>();
    let mut data = json!({
        "version": "1.0",
        "queryDate": timestamp(now),
        "startDate": timestamp(start),
        "period": definition.period,
        "recentDatapoints": numbers(|judged| judged.datapoint.value),
        "evaluatedDatapoints": real.iter().rev().map(evaluated).collect::<Vec<Value>>(),
    });
    match definition.threshold {
        Threshold::Value(value) => data["threshold"] = json!(value),
        Threshold::Band(_) => {
            data["recentLowerThresholds"] = json!(numbers(|judged| judged.bounds.lower));
            data["recentUpperThresholds"] = json!(numbers(|judged| judged.bounds.upper));
        }
    }
    if let Watches::Metric(input) = &definition.watches {
        data["statistic"] = json!(input.statistic.to_string());
    }
    data
}

fn evaluated(judged: &Judged) -> Value {
    let datapoint = judged.datapoint;
    let mut entry = json!({"timestamp": timestamp(datapoint.at), "value": datapoint.value});
    if let Some(samples) = datapoint.samples {
        entry["sampleCount"] = json!(samples);
    }
    entry
}
