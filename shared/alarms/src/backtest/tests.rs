use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Puts, Sample, composite::Composite};

const START: i64 = 1_795_996_800;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(START + minutes * 60).unwrap()
}

fn alarm(more: &Value) -> Definition {
    let mut properties = json!({
        "AlarmName": "errors", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    });
    for (name, value) in more.as_object().unwrap() {
        properties[name] = value.clone();
    }
    properties
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    Definition::from_properties(&properties).unwrap()
}

/// An answer to the alarm's own queries: `values` of each minute, of which the statistic is made by hand.
fn answered(definition: &Definition, seconds: u32, minutes: &[Option<Vec<f64>>]) -> Answers {
    let mut answers = Answers::default();
    for query in queries(definition, seconds).unwrap() {
        let stat = query.metric_stat.as_ref().unwrap();
        let each = usize::try_from(stat.period / 60).unwrap();
        let points = minutes
            .chunks(each)
            .enumerate()
            .filter_map(|(index, chunk)| {
                let values: Vec<f64> = chunk.iter().flatten().flatten().copied().collect();
                let count = f64::from(u32::try_from(values.len()).unwrap());
                let value = match stat.stat.as_str() {
                    _ if values.is_empty() => return None,
                    "Sum" => values.iter().sum(),
                    "SampleCount" => count,
                    "Average" => values.iter().sum::<f64>() / count,
                    "Maximum" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                    _ => values.iter().copied().fold(f64::INFINITY, f64::min),
                };
                Some((at(i64::try_from(index * each).unwrap()), value))
            });
        answers.add(&query.id, query.label.as_deref().unwrap(), points, true);
    }
    answers
}

fn single(values: &[f64]) -> Vec<Option<Vec<f64>>> {
    values.iter().map(|value| Some(vec![*value])).collect()
}

fn end(minutes: &[Option<Vec<f64>>]) -> Timestamp {
    at(i64::try_from(minutes.len()).unwrap())
}

fn backtest(definition: &Definition, minutes: &[Option<Vec<f64>>]) -> (Series, Backtest) {
    let answers = answered(definition, 60, minutes);
    let series = Series::of(definition, &answers, false).unwrap();
    let run = Backtest::run(definition, &series, at(0), end(minutes));
    (series, run)
}

#[test]
fn firings_pages_flaps_and_time_in_alarm_are_counted() {
    let mut values = vec![9.0; 5];
    values.extend([0.0; 30]);
    values.extend([9.0; 20]);
    values.extend([0.0; 5]);
    values.extend([9.0; 15]);
    values.extend([0.0; 40]);
    values.extend([9.0; 3]);
    values.extend([0.0; 60]);
    values.extend([9.0; 12]);
    let (_, run) = backtest(&alarm(&json!({})), &single(&values));
    let firings: Vec<(Timestamp, Option<Timestamp>, bool, bool)> = run
        .firings
        .iter()
        .map(|one| (one.from, one.until, one.already, one.flap))
        .collect();
    assert_eq!(
        firings,
        [
            // Three periods are read, so that the third minute is the first that is evaluated.
            (at(3), Some(at(6)), true, true),
            (at(36), Some(at(56)), false, false),
            // Five minutes after the one before.
            (at(61), Some(at(76)), false, true),
            // Three minutes long.
            (at(116), Some(at(119)), false, true),
            (at(179), None, false, false),
        ]
    );
    let summary = run.summary();
    assert_eq!((summary.pages, summary.flaps), (4, 2));
    assert_eq!(
        summary.in_alarm,
        SignedDuration::from_mins(3 + 20 + 15 + 3 + 11)
    );
}

#[test]
fn a_higher_threshold_pages_less() {
    let mut values = Vec::new();
    for peak in [6.0, 9.0, 7.0, 6.5] {
        values.extend([0.0; 20]);
        values.extend([peak; 15]);
    }
    values.extend([0.0; 20]);
    let definition = alarm(&json!({}));
    let (series, run) = backtest(&definition, &single(&values));
    let range = (at(0), end(&single(&values)));
    let all = AtThreshold::all(&definition, &series, range, &[5.0, 6.0, 6.5, 8.0, 9.0]);
    let pages: Vec<usize> = all.iter().map(|one| one.summary.pages).collect();
    assert_eq!(pages, [4, 3, 2, 1, 0]);
    assert_eq!(all[0].summary, run.summary());
    let tried = candidates(&definition, &run);
    assert!(tried.contains(&5.0) && tried.contains(&9.0), "{tried:?}");
}

#[test]
fn the_finest_data_that_are_kept_and_divide_the_period_are_chosen() {
    for (period, statistic, days, seconds) in [
        (60, "Sum", 1, 60),
        (60, "Sum", 15, 60),
        (60, "Sum", 30, 60),
        (300, "Sum", 15, 60),
        (300, "Average", 30, 300),
        (300, "Sum", 100, 300),
        (3_600, "Sum", 100, 3_600),
        (3_600, "p99", 1, 3_600),
        (120, "Sum", 30, 60),
    ] {
        let name = if statistic == "p99" {
            "ExtendedStatistic"
        } else {
            "Statistic"
        };
        let mut more = json!({"Statistic": null, "Period": period});
        more[name] = json!(statistic);
        let age = SignedDuration::from_hours(days * 24);
        assert_eq!(
            resolution(&alarm(&more), age),
            seconds,
            "{period} {statistic} {days}"
        );
    }
    for (seconds, hours) in [
        (10, 3),
        (60, 360),
        (120, 360),
        (300, 1_512),
        (900, 1_512),
        (86_400, 10_920),
    ] {
        assert_eq!(
            kept(seconds),
            SignedDuration::from_hours(hours),
            "{seconds}"
        );
    }
}

#[test]
fn the_evaluation_begins_where_cloudwatch_has_data_or_a_recording() {
    let definition = alarm(&json!({}));
    let days = |days: i64| at(days * 1_440);
    for (first, expected) in [(days(20), days(15)), (days(3), days(3)), (days(0), days(0))] {
        let mut answers = Answers::default();
        answers.add(
            "m",
            "Errors",
            [(first, 1.0), (days(30) - SignedDuration::from_mins(1), 1.0)],
            true,
        );
        let series = Series::of(&definition, &answers, false).unwrap();
        assert_eq!(series.end(), Some(days(30)));
        assert_eq!(series.start(days(0), days(30)), expected, "{first}");
    }
}

#[test]
fn alarms_on_the_same_metric_share_a_query_and_ids_are_legal() {
    let of = |more: Value| queries(&alarm(&more), 60).unwrap();
    let (one, other) = (of(json!({})), of(json!({"Threshold": 7, "AlarmName": "b"})));
    assert_eq!(one, other);
    let unit = of(json!({"Unit": "Count"}));
    assert_ne!(one[0].id, unit[0].id);
    let average = of(json!({"Statistic": "Average", "Period": 300}));
    let stats: Vec<&str> = average
        .iter()
        .map(|query| query.metric_stat.as_ref().unwrap().stat.as_str())
        .collect();
    assert_eq!(stats, ["Sum", "SampleCount"]);
    assert!(one[0].id.starts_with('s') && one[0].id.chars().all(|c| c.is_ascii_alphanumeric()));
}

fn band() -> Definition {
    alarm(&json!({
        "Namespace": null, "MetricName": null, "Statistic": null, "Period": null, "Threshold": null,
        "ThresholdMetricId": "ad", "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "Metrics": [
            {"Id": "m", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Period": 60, "Stat": "Sum"}},
            {"Id": "ad", "Expression": "ANOMALY_DETECTION_BAND(m, 3)"},
        ],
    }))
}

#[test]
fn an_alarm_on_a_band_takes_its_limits_from_the_answer() {
    let definition = band();
    let queries = queries(&definition, 60).unwrap();
    let metric = &queries[0].id;
    let texts: Vec<String> = queries
        .iter()
        .filter_map(|query| query.expression.clone())
        .collect();
    assert_eq!(
        texts,
        [
            format!("FIRST(ANOMALY_DETECTION_BAND({metric},3))"),
            format!("LAST(ANOMALY_DETECTION_BAND({metric},3))")
        ]
    );
    let mut answers = Answers::default();
    for (query, values) in queries
        .iter()
        .zip([[50.0, 50.0, 50.0, 90.0, 5.0], [10.0; 5], [80.0; 5]])
    {
        let points = (0..).map(at).zip(values);
        answers.add(&query.id, query.label.as_deref().unwrap(), points, true);
    }
    let series = Series::of(&definition, &answers, false).unwrap();
    let run = Backtest::run(&definition, &series, at(0), at(5));
    let states: Vec<State> = run.evaluations.iter().map(|one| one.state).collect();
    assert_eq!(states, [State::Ok, State::Alarm, State::Alarm]);
    let bounds = run.evaluations[0].bounds.unwrap();
    assert_eq!((bounds.lower, bounds.upper), (10.0, 80.0));
    assert!(AtThreshold::all(&definition, &series, (at(0), at(5)), &[1.0]).is_empty());
    assert!(candidates(&definition, &run).is_empty());
}

#[test]
fn series_of_other_queries_are_found_by_id_or_label_or_named() {
    let definition = alarm(&json!({}));
    let points = || (0..10).map(|minute| (at(minute), 9.0));
    for (id, label, is_only, expected) in [
        ("Errors", "x", true, true),
        ("Errors", "x", false, false),
        ("m1", "Errors", false, true),
        ("m1", "Latency", true, false),
    ] {
        let mut answers = Answers::default();
        answers.add(id, label, points(), true);
        let found = Series::of(&definition, &answers, is_only);
        assert_eq!(found.is_ok(), expected, "{id} {label} {is_only}");
    }
    let mut twice = Answers::default();
    twice.add("a", "Errors", points(), true);
    twice.add("b", "Errors", points(), true);
    let error = Series::of(&definition, &twice, false).unwrap_err();
    assert_eq!(error, NoSeries::Absent("Errors".to_owned()));
    let mut coarse = Answers::default();
    coarse.add(
        "a",
        "Errors",
        (0..10).map(|count| (at(count * 5), 9.0)),
        true,
    );
    let error = Series::of(&definition, &coarse, false)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the datapoints of Errors are 300 s apart, and the alarm's period is 60 s"
    );
    let insights = alarm(&json!({
        "Namespace": null, "MetricName": null, "Statistic": null, "Period": null,
        "Metrics": [{"Id": "q", "Expression": "SELECT MAX(M) FROM N", "Period": 60}],
    }));
    assert_eq!(
        Series::of(&insights, &twice, true).unwrap_err(),
        NoSeries::Absent("q".to_owned())
    );
}

#[test]
fn pages_and_files_of_an_answer_are_one_series() {
    let page = |minute: i64, status: &str| {
        json!({"MetricDataResults": [{"Id": "a", "Label": "Errors", "Timestamps": [at(minute).to_string().replace('Z', "+00:00")],
               "Values": [1.5], "StatusCode": status}], "Messages": []})
        .to_string()
    };
    let mut answers = Answers::default();
    answers.read(page(1, "PartialData").as_bytes()).unwrap();
    assert_eq!(answers.incomplete(), ["Errors"]);
    answers.read(page(0, "Complete").as_bytes()).unwrap();
    assert!(answers.incomplete().is_empty());
    assert_eq!(answers.range(), Some((at(0), at(1))));
    assert!(answers.read(b"{\"MetricAlarms\": []}").is_err());
}

#[test]
fn a_composite_alarm_is_evaluated_over_its_childrens_past() {
    let rule = json!({"AlarmName": "both", "AlarmRule": "ALARM(a) AND ALARM(\"arn:aws:cloudwatch:eu-west-1:1:alarm:b\")"});
    let both = Composite::from_properties(&rule).unwrap();
    let past = |from: usize, to: usize| {
        let values: Vec<f64> = (0..40)
            .map(|minute| {
                if (from..to).contains(&minute) {
                    9.0
                } else {
                    0.0
                }
            })
            .collect();
        backtest(&alarm(&json!({})), &single(&values)).1
    };
    let mut known = BTreeMap::from([("a".to_owned(), past(10, 30))]);
    assert_eq!(
        composite(&both, &known).unwrap_err(),
        ["arn:aws:cloudwatch:eu-west-1:1:alarm:b"]
    );
    known.insert("b".to_owned(), past(15, 35));
    let run = composite(&both, &known).unwrap();
    let firings: Vec<_> = run
        .firings
        .iter()
        .map(|one| (one.from, one.until))
        .collect();
    assert_eq!(firings, [(at(16), Some(at(31)))]);
}

fn minutes() -> impl Strategy<Value = Vec<Option<Vec<f64>>>> {
    let value = (0..12_u8).prop_map(f64::from);
    let minute = prop_oneof![
        1 => Just(None),
        3 => prop::collection::vec(value, 1..4).prop_map(Some),
    ];
    prop::collection::vec(minute, 40..90)
}

proptest! {
    /// The oracle has the values themselves and steps the alarm by hand; the backtest has what CloudWatch would answer.
    #[test]
    fn the_backtest_equals_stepping_the_alarm_by_hand(
        minutes in minutes(),
        period in prop_oneof![Just(60_u32), Just(300)],
        (n, m) in (1..4_u32).prop_flat_map(|n| (Just(n), 1..=n)),
        statistic in prop_oneof![Just("Sum"), Just("Average"), Just("Maximum"), Just("Minimum"), Just("SampleCount")],
        treatment in prop_oneof![Just("missing"), Just("ignore"), Just("breaching"), Just("notBreaching")],
    ) {
        let definition = alarm(&json!({
            "Period": period, "EvaluationPeriods": n, "DatapointsToAlarm": m, "Statistic": statistic,
            "TreatMissingData": treatment, "Threshold": 4.5,
        }));
        let (series, run) = backtest(&definition, &minutes);
        let mut puts = Puts::default();
        for (minute, values) in (0..).zip(&minutes) {
            if let Some(values) = values {
                let sample = Sample::Values(values.iter().map(|value| (*value, 1.0)).collect());
                puts.put("Errors", at(minute), at(minute + 1), sample);
            }
        }
        let mut by_hand = Alarm::new(definition.clone(), at(0), Assumptions::default());
        let first = i64::from((n + 2) * period / 60);
        let last = i64::try_from(minutes.len()).unwrap();
        let states: Vec<(Timestamp, State)> =
            (first..=last).map(|minute| (at(minute), by_hand.step(&puts, at(minute)).to)).collect();
        let got: Vec<(Timestamp, State)> = run.evaluations.iter().map(|one| (one.at, one.state)).collect();
        prop_assert_eq!(got, states);
        let all = AtThreshold::all(&definition, &series, (at(0), at(last)), &[4.5]);
        prop_assert_eq!(all[0].summary, run.summary());
    }
}
