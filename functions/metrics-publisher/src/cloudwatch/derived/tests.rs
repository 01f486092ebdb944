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
