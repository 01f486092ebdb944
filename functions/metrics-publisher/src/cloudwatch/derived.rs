//! Derived metrics of each workload as a whole: rates and ratios that a dashboard or an alarm would otherwise compute.
//! The rate of requests also exists for each model of an agent.
//!
//! A minute reaches CloudWatch in parts, one for each slice with datapoints of it. Each derived datapoint is therefore
//! a statistic set whose parts add up: a ratio is the average over its denominator (`SampleCount`).
//!
//! | metric | computed from | statistic |
//! |---|---|---|
//! | `RequestsPerSecond`, also by `AgentId` and `ModelId` | `Requests` | Sum over a minute |
//! | `ErrorRate`, `SuccessRate` (percent) | `APIErrors` or `Errors` of `Requests` | Average |
//! | `TokensPerDollar` | `InputTokens`, `OutputTokens` of `EstimatedCost` | Average |
//!
//! The sum of a rate over five minutes is five times the rate: over longer periods, divide the sum of `Requests` by the
//! period's seconds.
//!
//! The cost per incident is not a metric of a minute: see [`crate::ledger::incident_costs`].

use std::collections::BTreeMap;

use picket_rules::metrics::ENVIRONMENT;
use picket_shared::series::{SeriesKey, SeriesMinute, Statistics};

/// Seconds a minute.
const SECONDS: f64 = 60.0;
/// A share of one hundred.
const PERCENT: f64 = 100.0;
/// Dollars in millionths, since sample counts are integers.
const MILLIONTHS: f64 = 1e6;

/// The number of requests, of which rates are made.
const REQUESTS: &str = "Requests";
/// The dimensions of the rate of requests that is not of a whole workload.
const MODEL_OF_AGENT: [&str; 3] = [ENVIRONMENT, "AgentId", "ModelId"];

/// A workload's whole minute: namespace, environment, minute.
type Whole<'a> = (&'a str, &'a str, i64);

/// Derives metrics from the series of workloads as a whole, whose only dimension is the environment, and from those of
/// an agent's models.
pub fn derive(series: &[SeriesMinute]) -> Vec<SeriesMinute> {
    let rates = series.iter().filter_map(rate_of_model);
    of_wholes(series).into_iter().chain(rates).collect()
}

/// The rate of an agent's requests to a model.
fn rate_of_model(series: &SeriesMinute) -> Option<SeriesMinute> {
    let dimensions = &series.key.dimensions;
    let has = |name: &&str| dimensions.iter().any(|(other, _)| other == name);
    let is_of_model = dimensions.len() == MODEL_OF_AGENT.len() && MODEL_OF_AGENT.iter().all(has);
    if series.key.name != REQUESTS || !is_of_model {
        return None;
    }
    let requests = series.aggregate.statistics().sum;
    whole_number(requests)?;
    let key = SeriesKey {
        name: "RequestsPerSecond".to_owned(),
        unit: "Count/Second".to_owned(),
        ..series.key.clone()
    };
    Some(SeriesMinute::sum(
        key,
        series.minute,
        Statistics::of(requests / SECONDS),
    ))
}

fn of_wholes(series: &[SeriesMinute]) -> Vec<SeriesMinute> {
    let mut sums: BTreeMap<Whole<'_>, BTreeMap<&str, f64>> = BTreeMap::new();
    for minute in series {
        let key = &minute.key;
        if let [(name, environment)] = key.dimensions.as_slice()
            && name == ENVIRONMENT
        {
            let whole = (key.namespace.as_str(), environment.as_str(), minute.minute);
            let sum = sums.entry(whole).or_default().entry(&key.name).or_default();
            *sum += minute.aggregate.statistics().sum;
        }
    }
    sums.into_iter()
        .flat_map(|(whole, sums)| {
            let all = of_whole(&sums).into_iter();
            all.map(move |(name, unit, statistics)| minute(whole, name, unit, statistics))
        })
        .collect()
}

fn of_whole(sums: &BTreeMap<&str, f64>) -> Vec<(&'static str, &'static str, Statistics)> {
    let sum = |name: &str| sums.get(name).copied().unwrap_or(0.0);
    let mut all = Vec::new();
    if let Some(requests) = whole_number(sum(REQUESTS)) {
        let errors = sums.get("APIErrors").or_else(|| sums.get("Errors"));
        let errors = errors.copied().unwrap_or(0.0).clamp(0.0, sum(REQUESTS));
        let rate = |bad: f64| Statistics {
            count: requests,
            sum: bad * PERCENT,
            min: if bad < sum(REQUESTS) { 0.0 } else { PERCENT },
            max: if bad > 0.0 { PERCENT } else { 0.0 },
        };
        let a_second = Statistics::of(sum(REQUESTS) / SECONDS);
        all.push(("RequestsPerSecond", "Count/Second", a_second));
        all.push(("ErrorRate", "Percent", rate(errors)));
        all.push(("SuccessRate", "Percent", rate(sum(REQUESTS) - errors)));
    }
    let tokens = sum("InputTokens") + sum("OutputTokens");
    if let Some(count) = whole_number(sum("EstimatedCost") * MILLIONTHS) {
        let mean = tokens / sum("EstimatedCost");
        all.push((
            "TokensPerDollar",
            "None",
            Statistics {
                count,
                sum: tokens * MILLIONTHS,
                min: mean,
                max: mean,
            },
        ));
    }
    all
}

/// At least one.
fn whole_number(value: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the range that was checked"
    )]
    (0.5..1e18).contains(&value).then(|| value.round() as u64)
}

fn minute(whole: Whole<'_>, name: &str, unit: &str, statistics: Statistics) -> SeriesMinute {
    let (namespace, environment, minute) = whole;
    let key = SeriesKey::new(namespace, name, unit, &[(ENVIRONMENT, environment)]);
    SeriesMinute::sum(key, minute, statistics)
}

#[cfg(test)]
mod tests;
