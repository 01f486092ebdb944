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
mod tests {
    use picket_shared::series::Aggregate;
    use proptest::prelude::*;

    use super::*;

    fn series(name: &str, agent: Option<&str>, minute: i64, sum: f64) -> SeriesMinute {
        let agent = agent.map(|agent| ("AgentId", agent));
        let dimensions = [(ENVIRONMENT, "dev")].into_iter().chain(agent);
        SeriesMinute {
            key: SeriesKey {
                namespace: "BedrockUsage".into(),
                name: name.into(),
                unit: "Count".into(),
                dimensions: dimensions
                    .map(|(a, b)| (a.to_owned(), b.to_owned()))
                    .collect(),
            },
            minute,
            aggregate: Aggregate::Sum(Statistics {
                count: 1,
                sum,
                min: sum,
                max: sum,
            }),
        }
    }

    /// Name → average and sum.
    fn values(series: &[SeriesMinute]) -> BTreeMap<String, (f64, f64)> {
        let value = |series: &SeriesMinute| {
            let statistics = series.aggregate.statistics();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let mean = statistics.sum / statistics.count as f64;
            (series.key.name.clone(), (mean, statistics.sum))
        };
        series.iter().map(value).collect()
    }

    fn assert_close(value: f64, expected: f64) {
        let tolerance = 1e-9 * expected.abs().max(1.0);
        assert!(
            (value - expected).abs() <= tolerance,
            "{value}, not {expected}"
        );
    }

    #[test]
    fn rates_and_ratios_are_of_the_workload_as_a_whole() {
        let all = [
            series("Requests", None, 7, 120.0),
            series("APIErrors", None, 7, 3.0),
            series("InputTokens", None, 7, 9_000.0),
            series("OutputTokens", None, 7, 1_000.0),
            series("EstimatedCost", None, 7, 0.05),
            series("Requests", Some("triage"), 7, 60.0),
        ];
        let derived = derive(&all);
        assert_eq!(derived.len(), 4);
        assert!(derived.iter().all(|series| series.minute == 7));
        let values = values(&derived);
        assert_close(values["RequestsPerSecond"].1, 2.0);
        assert_close(values["ErrorRate"].0, 2.5);
        assert_close(values["SuccessRate"].0, 97.5);
        assert_close(values["TokensPerDollar"].0, 200_000.0);
    }

    #[test]
    fn the_rate_of_requests_is_also_that_of_each_model_of_an_agent() {
        let of_model = |model: &str, requests: f64| {
            let mut one = series("Requests", Some("triage"), 7, requests);
            one.key.dimensions.push(("ModelId".into(), model.into()));
            one
        };
        let mut tokens = of_model("small", 900.0);
        tokens.key.name = "InputTokens".into();
        let all = [
            series("Requests", None, 7, 90.0),
            series("Requests", Some("triage"), 7, 90.0),
            of_model("small", 60.0),
            of_model("large", 30.0),
            of_model("none", 0.0),
            tokens,
        ];
        let rates: Vec<_> = derive(&all)
            .into_iter()
            .filter(|series| series.key.name == "RequestsPerSecond")
            .map(|series| {
                (
                    series.key.dimensions.len(),
                    series.aggregate.statistics().sum,
                )
            })
            .collect();
        // 90 a minute are 1.5 a second: 1 to the small model and 0.5 to the large one.
        assert_eq!(rates, [(1, 1.5), (3, 1.0), (3, 0.5)]);
    }

    #[test]
    fn a_workload_whose_failures_are_named_errors_has_a_rate_of_them() {
        let all = [
            series("Requests", None, 7, 200.0),
            series("Errors", None, 7, 1.0),
        ];
        assert_close(values(&derive(&all))["ErrorRate"].0, 0.5);
    }

    #[test]
    fn without_a_denominator_nothing_is_said() {
        assert!(derive(&[series("Errors", None, 7, 3.0)]).is_empty());
        assert!(derive(&[series("InputTokens", None, 7, 3.0)]).is_empty());
        assert!(derive(&[series("EstimatedCost", None, 7, 0.0)]).is_empty());
        assert!(derive(&[series("Requests", None, 7, f64::NAN)]).is_empty());
    }

    #[test]
    fn minutes_stay_apart() {
        let all = [
            series("Requests", None, 7, 60.0),
            series("Requests", None, 8, 60.0),
        ];
        assert_eq!(derive(&all).len(), 6);
    }

    proptest! {
        /// CloudWatch adds counts and sums, and divides them for an average.
        #[test]
        fn parts_of_a_minute_come_to_what_the_whole_does(parts in prop::collection::vec((1..500_u32, 0..500_u32), 1..9)) {
            let part = |(requests, errors): &(u32, u32)| {
                vec![series("Requests", None, 7, f64::from(*requests)), series("Errors", None, 7, f64::from(*errors % (requests + 1)))]
            };
            let mut in_parts = BTreeMap::<String, Statistics>::new();
            for derived in parts.iter().flat_map(|p| derive(&part(p))) {
                let statistics = derived.aggregate.statistics();
                in_parts.entry(derived.key.name).and_modify(|all| all.merge(statistics)).or_insert(statistics);
            }
            let whole: Vec<_> = parts.iter().flat_map(part).collect();
            for derived in derive(&whole) {
                let (all, parts) = (derived.aggregate.statistics(), in_parts[&derived.key.name]);
                assert_close(parts.sum, all.sum);
                assert_close(parts.min, if derived.key.name == "RequestsPerSecond" { parts.min } else { all.min });
                prop_assert!(derived.key.name == "RequestsPerSecond" || parts.count == all.count);
            }
        }
    }
}
