use std::collections::BTreeSet;

use jiff::Timestamp;
use picket_shared::alarm::State;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    Alarm, Assumptions, Sample,
    backtest::{Answers, AtThreshold, Backtest, Firing, NoSeries, Series, Summary, queries},
    insights::Observed,
};

/// 2026-11-30T00:00:00Z.
const START: i64 = 1_795_996_800;

const QUERY: &str =
    "SELECT SUM(Errors) FROM SCHEMA(App, Host) GROUP BY Host ORDER BY SUM() DESC limit 2";

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(START + minutes * 60).unwrap()
}

fn hosts(periods: u32, treatment: &str, query: &str) -> Definition {
    Definition::from_properties(&json!({
        "AlarmName": "hosts", "EvaluationPeriods": periods, "Threshold": 5, "TreatMissingData": treatment,
        "ComparisonOperator": "GreaterThanThreshold", "Metrics": [{"Id": "q", "Period": 60, "Expression": query}],
    }))
    .unwrap()
}

/// A host, and its value of each minute.
type Host<'a> = (&'a str, Vec<Option<f64>>);

fn points(values: &[Option<f64>]) -> impl Iterator<Item = (Timestamp, f64)> {
    let minutes = (0..).map(at).zip(values);
    minutes.filter_map(|(at, value)| Some((at, (*value)?)))
}

fn answered(definition: &Definition, hosts: &[Host<'_>]) -> Answers {
    let mut answers = Answers::default();
    let id = &queries(definition, 60).unwrap()[0].id;
    for (host, values) in hosts {
        answers.add(id, host, points(values), true);
    }
    answers
}

fn run(definition: &Definition, hosts: &[Host<'_>], minutes: i64) -> (Series, Backtest) {
    let series = Series::of(definition, &answered(definition, hosts), false).unwrap();
    let run = Backtest::run(definition, &series, at(0), at(minutes));
    (series, run)
}

/// The value in some minutes of forty, and another in the rest.
fn forty(range: std::ops::Range<i64>, inside: f64, outside: Option<f64>) -> Vec<Option<f64>> {
    let value = |minute: i64| {
        if range.contains(&minute) {
            Some(inside)
        } else {
            outside
        }
    };
    (0..40).map(value).collect()
}

fn times(firings: &[Firing]) -> Vec<(Timestamp, Option<Timestamp>)> {
    firings.iter().map(|one| (one.from, one.until)).collect()
}

#[test]
fn a_label_has_the_values_of_the_group() {
    let of = |query: &str, label: &str| -> Vec<String> {
        let query = query.parse::<insights::Query>().unwrap();
        let pairs = attributes(&query, label).into_iter();
        pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    };
    let none = "SELECT MAX(M) FROM N";
    assert!(of(none, "M").is_empty());
    let one = "SELECT MAX(M) FROM N GROUP BY Host";
    assert_eq!(of(one, "i-1"), ["Host=i-1"]);
    assert_eq!(of(one, "web 1"), ["Host=web 1"]);
    let two = "SELECT MAX(M) FROM N GROUP BY Host, Zone";
    assert_eq!(of(two, "i-1 Other"), ["Host=i-1", "Zone=Other"]);
    assert_eq!(of(two, "web 1 a"), ["Host Zone=web 1 a"]);
}

/// The limit is that of an evaluation: over the whole time other hosts may be the first.
#[test]
fn the_query_is_asked_for_without_a_limit_and_without_a_label() {
    let definition = hosts(1, "missing", QUERY);
    let queries = queries(&definition, 60).unwrap();
    let [query] = queries.as_slice() else {
        panic!("{queries:?}")
    };
    assert!(query.is_insights() && query.label.is_none() && query.metric_stat.is_none());
    let text = query.expression.as_deref().unwrap();
    assert_eq!(text, QUERY.trim_end_matches(" limit 2"));
    assert_eq!(query.period, Some(60));
}

#[test]
fn each_contributor_has_a_past_and_the_alarm_its_own() {
    let all = [
        ("a", forty(10..30, 9.0, Some(0.0))),
        ("b", forty(15..25, 9.0, None)),
        ("c", forty(0..40, 1.0, None)),
    ];
    let definition = hosts(1, "breaching", QUERY.trim_end_matches(" limit 2"));
    let (series, run) = run(&definition, &all, 40);
    assert_eq!(times(&run.firings), [(at(11), Some(at(31)))]);
    let pasts: Vec<_> = run
        .contributors
        .iter()
        .map(|one| (one.attributes[0].1.as_str(), times(&one.firings)))
        .collect();
    let expected = [
        ("a", vec![(at(11), Some(at(31)))]),
        // Its last datapoint is in the range of three periods until 00:27, and then it is gone.
        ("b", vec![(at(16), Some(at(28)))]),
        ("c", vec![]),
    ];
    assert_eq!(pasts, expected);
    assert_eq!(run.left_out, None);
    let sum = |run: &Backtest| -> Summary {
        let all = run.contributors.iter();
        all.map(|one| one.summary(run.end())).sum()
    };
    assert_eq!((sum(&run).pages, sum(&run).flaps), (2, 0));
    let tried = AtThreshold::all(&definition, &series, (at(0), at(40)), &[5.0, 20.0]);
    assert_eq!(tried[0].contributors, Some(sum(&run)));
    assert_eq!(tried[0].summary, run.summary());
    assert_eq!(tried[1].contributors.unwrap().pages, 0);
}

#[test]
fn at_most_a_hundred_contributors_are_in_alarm_and_the_rest_is_said() {
    let names: Vec<String> = (0..105).map(|number| format!("{number:03}")).collect();
    let all: Vec<Host<'_>> = names
        .iter()
        .map(|name| (name.as_str(), forty(20..30, 9.0, Some(0.0))))
        .collect();
    let definition = hosts(1, "missing", "SELECT MAX(Errors) FROM App GROUP BY Host");
    let (_, run) = run(&definition, &all, 40);
    let fired = run.contributors.iter();
    let fired = fired.filter(|one| !one.firings.is_empty()).count();
    assert_eq!((run.contributors.len(), fired), (105, 100));
    assert_eq!(run.left_out, Some(at(21)));
    let (_, few) = self::run(&definition, &all[..100], 40);
    assert_eq!(few.left_out, None);
}

#[test]
fn a_query_without_a_result_is_insufficient_data_and_one_without_an_answer_is_named() {
    let definition = hosts(1, "notBreaching", QUERY);
    let mut answers = Answers::default();
    assert_eq!(
        Series::of(&definition, &answers, true).unwrap_err(),
        NoSeries::Absent("q".to_owned())
    );
    answers.ensure(&queries(&definition, 60).unwrap()[0].id);
    let series = Series::of(&definition, &answers, true).unwrap();
    let run = Backtest::run(&definition, &series, at(0), at(10));
    assert!(run.contributors.is_empty() && !run.evaluations.is_empty());
    let is_unknown = |state: State| state == State::InsufficientData;
    assert!(run.evaluations.iter().all(|one| is_unknown(one.state)));
    // By the id in its own Metrics, where there is one alarm.
    let mut own = Answers::default();
    own.add("q", "a", points(&forty(0..40, 9.0, None)), true);
    own.add("q", "b", points(&forty(0..40, 1.0, None)), true);
    assert!(Series::of(&definition, &own, false).is_err());
    let series = Series::of(&definition, &own, true).unwrap();
    let run = Backtest::run(&definition, &series, at(0), at(40));
    assert_eq!(run.contributors.len(), 2);
}

#[test]
fn queries_reach_back_two_weeks() {
    let definition = hosts(1, "missing", QUERY);
    let days = |days: i64| at(days * 1_440);
    let mut answers = Answers::default();
    let id = &queries(&definition, 60).unwrap()[0].id;
    answers.add(id, "a", [(days(20), 1.0), (days(29), 1.0)], true);
    let series = Series::of(&definition, &answers, false).unwrap();
    assert_eq!(
        (series.start(days(0), days(30)), series.seconds),
        (days(16), 60)
    );
}

/// Math over a query reads it as one series, or as an array.
#[test]
fn an_alarm_on_math_over_a_query_has_no_contributors() {
    let definition = Definition::from_properties(&json!({
        "AlarmName": "sum", "EvaluationPeriods": 1, "Threshold": 10, "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [
            {"Id": "q", "Period": 60, "ReturnData": false, "Expression": "SELECT SUM(Errors) FROM App GROUP BY Host"},
            {"Id": "e", "Expression": "SUM(q)"},
        ],
    }))
    .unwrap();
    let all = [
        ("a", forty(10..20, 6.0, Some(0.0))),
        ("b", forty(15..30, 6.0, Some(0.0))),
    ];
    let (_, run) = run(&definition, &all, 40);
    assert_eq!(times(&run.firings), [(at(16), Some(at(21)))]);
    assert!(run.contributors.is_empty());
}

fn values() -> impl Strategy<Value = Vec<Option<f64>>> {
    let value =
        prop_oneof![2 => Just(None), 3 => (0..12_u8).prop_map(|value| Some(f64::from(value)))];
    prop::collection::vec(value, 30)
}

proptest! {
    /// The oracle sees the metrics and evaluates the query itself; the backtest has CloudWatch's series of the groups.
    #[test]
    fn contributors_equal_those_of_the_alarm_over_its_metrics(
        all in prop::collection::vec(values(), 3),
        periods in 1..4_u32,
        treatment in prop_oneof![Just("missing"), Just("ignore"), Just("breaching"), Just("notBreaching")],
    ) {
        let definition = hosts(periods, treatment, QUERY);
        let named: Vec<Host<'_>> = ["a", "b", "c"].into_iter().zip(all).collect();
        let (_, run) = run(&definition, &named, 30);
        let mut puts = Puts::default();
        for (host, values) in &named {
            let samples = points(values).map(|(at, value)| (at, Sample::Values(vec![(value, 1.0)])));
            let samples: Vec<_> = samples.collect();
            let arrived = samples.iter().map(|(at, _)| *at + SignedDuration::from_mins(1)).collect();
            let labels = [("Host".to_owned(), (*host).to_owned())].into();
            let (namespace, metric) = ("App".to_owned(), "Errors".to_owned());
            puts.observe(Observed { namespace, metric, labels, samples }, arrived);
        }
        let mut by_hand = Alarm::new(definition.clone(), at(0), Assumptions::default());
        for one in &run.evaluations {
            let outcome = by_hand.step(&puts, one.at);
            prop_assert_eq!(outcome.to, one.state);
            let states = by_hand.contributors().iter();
            let expected: BTreeSet<&str> = states
                .filter(|(_, state)| **state == State::Alarm)
                .map(|(attributes, _)| attributes[0].1.as_str())
                .collect();
            let is_during = |firing: &Firing| firing.from <= one.at && firing.until.is_none_or(|until| one.at < until);
            let got: BTreeSet<&str> = run.contributors.iter()
                .filter(|past| past.firings.iter().any(is_during))
                .map(|past| past.attributes[0].1.as_str())
                .collect();
            prop_assert_eq!(got, expected, "{}", one.at);
        }
    }
}
