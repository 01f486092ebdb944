use serde_json::{Value, json};

use super::*;
use crate::{
    MissingData, Sample, Threshold,
    definition::tests::{properties, sum_alarm},
    insights::Observed,
};

/// Midnight, so that minutes and hours are whole.
fn minute(number: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 / 86_400 * 86_400 + number * 60).unwrap()
}

fn value(value: f64) -> Sample {
    Sample::Values(vec![(value, 1.0)])
}

fn alarm(definition: Definition) -> Alarm {
    Alarm::new(definition, minute(0), Assumptions::default())
}

/// Errors in each minute from 0 on; `None` is nothing.
fn minutes(values: &[Option<f64>]) -> Puts {
    let mut puts = Puts::default();
    for (number, put) in (0..).zip(values) {
        if let Some(put) = put {
            puts.put("Errors", minute(number), minute(number + 1), value(*put));
        }
    }
    puts
}

fn states(alarm: &mut Alarm, puts: &Puts, until: i64) -> Vec<State> {
    (1..=until)
        .map(|number| alarm.step(puts, minute(number)).to)
        .collect()
}

#[test]
fn actions_are_taken_on_changes_only() {
    let mut alarm = alarm(sum_alarm(1, 1));
    let puts = minutes(&[Some(0.0), Some(9.0), Some(9.0), Some(0.0), Some(0.0)]);
    let taken: Vec<Vec<String>> = (1..=5)
        .map(|number| {
            alarm
                .step(&puts, minute(number))
                .notifications
                .into_iter()
                .flat_map(|one| one.actions)
                .collect()
        })
        .collect();
    assert_eq!(
        taken,
        [vec!["arn:o"], vec!["arn:a"], vec![], vec!["arn:o"], vec![]]
    );
}

#[test]
fn auto_scaling_acts_each_minute_and_disabled_actions_never() {
    let mut definition = sum_alarm(1, 1);
    definition.alarm_actions = vec![
        "arn:aws:autoscaling:r:1:scalingPolicy:x".into(),
        "arn:aws:sns:r:1:t".into(),
    ];
    let puts = minutes(&[Some(9.0); 3]);
    let counts = |definition: Definition| -> Vec<usize> {
        let mut alarm = alarm(definition);
        let taken = |number| {
            alarm
                .step(&puts, minute(number))
                .notifications
                .iter()
                .map(|one| one.actions.len())
                .sum()
        };
        (1..=3).map(taken).collect()
    };
    assert_eq!(counts(definition.clone()), [2, 1, 1]);
    definition.actions_enabled = false;
    assert_eq!(counts(definition), [0, 0, 0]);
}

/// The first half of a minute's count breaches not, the whole does; it arrives two minutes late.
#[test]
fn a_count_in_two_halves_counts_when_both_have_arrived() {
    let mut alarm = alarm(sum_alarm(1, 1));
    let mut puts = minutes(&[Some(0.0), Some(4.0), None, None]);
    puts.put("Errors", minute(1), minute(4), value(4.0));
    // At minute 4 the newest real datapoint is that of minute 1: its two halves are 8, above 5.
    assert_eq!(
        states(&mut alarm, &puts, 4),
        [State::Ok, State::Ok, State::Ok, State::Alarm]
    );
}

#[test]
fn a_window_of_five_minutes_shifts_each_minute() {
    let definition = Definition {
        period: 300,
        missing_data: MissingData::NotBreaching,
        ..sum_alarm(1, 1)
    };
    let mut alarm = alarm(definition);
    let mut values = vec![Some(0.0); 16];
    // Three in one five minutes of the clock and three in the next: six within five minutes.
    values[8] = Some(3.0);
    values[11] = Some(3.0);
    let alarms: Vec<i64> = (1..=16)
        .filter(|&number| alarm.step(&minutes(&values), minute(number)).to == State::Alarm)
        .collect();
    assert_eq!(alarms, [12, 13]);
}

/// Two days of hours: evaluated on the hour, over what had arrived by then.
#[test]
fn an_interval_of_more_than_a_day_looks_at_the_last_full_hour() {
    let definition = Definition {
        period: 3_600,
        ..sum_alarm(25, 1)
    };
    let mut alarm = alarm(definition);
    let mut puts = Puts::default();
    for hour in 0..30 {
        puts.put(
            "Errors",
            minute(hour * 60),
            minute(hour * 60 + 60),
            value(0.0),
        );
    }
    puts.put(
        "Errors",
        minute(28 * 60 + 5),
        minute(28 * 60 + 6),
        value(100.0),
    );
    puts.put("Errors", minute(27 * 60), minute(29 * 60 + 1), value(200.0));
    assert_eq!(
        alarm.step(&puts, minute(28 * 60 + 59)).to,
        State::Ok,
        "the hour is not over"
    );
    assert_eq!(alarm.step(&puts, minute(29 * 60)).to, State::Alarm);
    let reason = alarm.step(&puts, minute(29 * 60 + 59)).reason;
    assert!(
        reason.contains("[100.0 "),
        "what arrived after the hour is not seen: {reason}"
    );
}

#[test]
fn a_warm_up_ends_after_its_time_or_with_enough_data() {
    let with = |whole: bool| {
        let mut properties = properties();
        properties["WarmUpConfiguration"] = json!({"WarmUpPeriodDurationInMinutes": 6, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": whole});
        properties["EvaluationPeriods"] = json!(2);
        properties["TreatMissingData"] = json!("breaching");
        alarm(Definition::from_properties(&properties).unwrap())
    };
    let first = |alarm: &mut Alarm, puts: &Puts| {
        (1..=9)
            .find(|&number| alarm.step(puts, minute(number)).to != State::InsufficientData)
            .unwrap()
    };
    assert_eq!(first(&mut with(true), &minutes(&[Some(9.0); 9])), 6);
    assert_eq!(
        first(&mut with(false), &minutes(&[Some(9.0); 9])),
        2,
        "two datapoints fill the window"
    );
    assert_eq!(first(&mut with(false), &Puts::default()), 6);
}

/// "X" two periods back of a range of four at 2 of 2; at one period more, AWS's range decides.
#[test]
fn it_says_when_the_state_hangs_on_the_range() {
    let mut alarm = alarm(Definition {
        missing_data: MissingData::NotBreaching,
        ..sum_alarm(2, 1)
    });
    // After minute 4 the range of 2 + 2 still has minute 0; a range of 2 + 1 does not.
    let outcome = (1..=4)
        .map(|number| alarm.step(&minutes(&[Some(9.0)]), minute(number)))
        .last()
        .unwrap();
    assert_eq!(
        (outcome.to, outcome.hangs_on),
        (State::Alarm, vec![Assumption::EvaluationRange])
    );
    let sure = alarm.step(
        &minutes(&[Some(9.0), None, None, None, Some(9.0)]),
        minute(5),
    );
    assert_eq!(sure.hangs_on, []);
    let mut published = Alarm::new(sum_alarm(3, 1), minute(0), Assumptions::default());
    let outcome = (1..=5)
        .map(|number| published.step(&minutes(&[Some(9.0)]), minute(number)))
        .last()
        .unwrap();
    assert_eq!(outcome.hangs_on, [], "five for three is published");
}

#[test]
fn it_says_when_the_state_hangs_on_a_fill_of_nothing() {
    let definition = Definition::from_properties(&json!({
        "AlarmName": "n", "EvaluationPeriods": 3, "Threshold": 1, "ComparisonOperator": "LessThanThreshold",
        "Metrics": [
            {"Id": "e", "Expression": "FILL(m, 0)", "ReturnData": true},
            {"Id": "m", "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
                "Metric": {"Namespace": "App", "MetricName": "Beats"}}},
        ],
    }))
    .unwrap();
    let filled = Assumptions {
        fills_empty: true,
        ..Assumptions::default()
    };
    for (assumptions, state) in [
        (Assumptions::default(), State::InsufficientData),
        (filled, State::Alarm),
    ] {
        let outcome = Alarm::new(definition.clone(), minute(0), assumptions)
            .step(&Puts::default(), minute(9));
        assert_eq!(
            (outcome.to, outcome.hangs_on),
            (state, vec![Assumption::FillOfNothing])
        );
    }
}

#[test]
fn a_band_is_compared_period_by_period() {
    let rows = [
        (
            "LessThanLowerOrGreaterThanUpperThreshold",
            [State::Ok, State::Alarm, State::Alarm],
        ),
        (
            "GreaterThanUpperThreshold",
            [State::Ok, State::Alarm, State::Ok],
        ),
        (
            "LessThanLowerThreshold",
            [State::Ok, State::Ok, State::Alarm],
        ),
    ];
    for (comparison, expected) in rows {
        let definition =
            Definition::from_properties(&crate::definition::tests::band(comparison)).unwrap();
        assert!(matches!(definition.threshold, Threshold::Band(_)));
        let mut puts = Puts::default();
        for (number, metric, lower, upper) in
            [(0, 5.0, 1.0, 6.0), (1, 5.0, 1.0, 4.0), (2, 5.0, 6.0, 9.0)]
        {
            for (name, put) in [("m1", metric), ("lower", lower), ("upper", upper)] {
                puts.put(name, minute(number), minute(number + 1), value(put));
            }
        }
        assert_eq!(
            states(&mut alarm(definition), &puts, 3),
            expected,
            "{comparison}"
        );
    }
}

#[test]
fn a_band_is_named_in_the_sentence() {
    let definition = Definition::from_properties(&crate::definition::tests::band(
        "LessThanLowerOrGreaterThanUpperThreshold",
    ))
    .unwrap();
    let mut puts = Puts::default();
    for (name, put) in [("m1", 0.0), ("lower", 0.02), ("upper", 0.3)] {
        puts.put(name, minute(0), minute(1), value(put));
    }
    let reason = alarm(definition).step(&puts, minute(1)).reason;
    // The form of the example in "Alarm events and EventBridge".
    assert!(
        reason.starts_with("Thresholds Crossed: 1 out of the last 1 datapoints [0.0 ("),
        "{reason}"
    );
    assert!(
        reason.ends_with("was less than the lower thresholds [0.02] or greater than the upper thresholds [0.3] (minimum 1 datapoint for OK -> ALARM transition)."),
        "{reason}"
    );
}

fn hosts() -> Definition {
    Definition::from_properties(&json!({
        "AlarmName": "n", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "breaching",
        "AlarmActions": ["arn:aws:sns:r:1:t", "arn:aws:ssm:r:1:opsitem:1"], "OKActions": ["arn:aws:sns:r:1:t"],
        "Metrics": [{"Id": "q", "Period": 60, "Expression":
            "SELECT SUM(Errors) FROM SCHEMA(App, Host) GROUP BY Host ORDER BY SUM() DESC"}],
    }))
    .unwrap()
}

fn observe(puts: &mut Puts, host: &str, values: &[(i64, f64)]) {
    let (samples, arrived) = values
        .iter()
        .map(|&(number, put)| ((minute(number), value(put)), minute(number + 1)))
        .unzip();
    let labels = [("Host".to_owned(), host.to_owned())].into();
    puts.observe(
        Observed {
            namespace: "App".into(),
            metric: "Errors".into(),
            labels,
            samples,
        },
        arrived,
    );
}

#[test]
fn each_group_of_a_query_is_a_contributor_with_a_state() {
    let mut puts = Puts::default();
    observe(&mut puts, "a", &[(0, 9.0), (1, 9.0), (2, 0.0), (3, 0.0)]);
    observe(&mut puts, "b", &[(0, 0.0), (1, 9.0), (2, 9.0)]);
    let mut alarm = alarm(hosts());
    let outcomes: Vec<Outcome> = (1..=4)
        .map(|number| alarm.step(&puts, minute(number)))
        .collect();
    let sent = |outcome: &Outcome| -> Vec<String> {
        let of = |one: &Notification| {
            let host = one
                .contributor
                .first()
                .map_or("the alarm", |(_, host)| host);
            format!("{host} {} {}", one.to.as_str(), one.actions.len())
        };
        outcome.notifications.iter().map(of).collect()
    };
    assert_eq!(
        outcomes
            .iter()
            .map(|outcome| outcome.to)
            .collect::<Vec<_>>(),
        [State::Alarm, State::Alarm, State::Alarm, State::Alarm]
    );
    assert_eq!(
        sent(&outcomes[0]),
        ["a ALARM 1", "b OK 1", "the alarm ALARM 1"]
    );
    assert_eq!(sent(&outcomes[1]), ["b ALARM 1"]);
    assert_eq!(sent(&outcomes[2]), ["a OK 1"]);
    // b is still in the range, and its last datapoint is judged again.
    assert!(sent(&outcomes[3]).is_empty());
    // After the range a contributor has vanished, and is OK whatever the treatment of missing data.
    let vanished = (5..=7)
        .map(|number| alarm.step(&puts, minute(number)))
        .find(|outcome| !outcome.notifications.is_empty());
    assert_eq!(sent(&vanished.unwrap())[0], "b OK 1");
    assert_eq!(
        alarm.step(&puts, minute(20)).to,
        State::InsufficientData,
        "an empty result"
    );
}

/// The two examples of the user guide: 95 and 105 of 150.
#[test]
fn at_most_a_hundred_contributors_are_in_alarm() {
    for (breaching, in_alarm, sentence) in [
        (95, 95, "95 out of 150 time series evaluated to ALARM"),
        (105, 100, "100+ time series evaluated to ALARM"),
    ] {
        let mut puts = Puts::default();
        for number in 0..150 {
            let value = if number < breaching { 9.0 } else { 0.0 };
            observe(
                &mut puts,
                &format!("{number:03}"),
                &[(0, value), (1, value)],
            );
        }
        let mut alarm = alarm(hosts());
        let first = alarm.step(&puts, minute(1));
        assert_eq!((first.to, first.reason.as_str()), (State::Alarm, sentence));
        let states = alarm.contributors().values();
        let count = states.filter(|state| **state == State::Alarm).count();
        assert_eq!(count, in_alarm);
        // Those that are in ALARM stay, and nobody is notified again.
        assert!(alarm.step(&puts, minute(2)).notifications.is_empty());
    }
}

#[test]
fn math_over_a_query_without_groups_is_one_series() {
    let definition = Definition::from_properties(&json!({
        "AlarmName": "n", "EvaluationPeriods": 1, "Threshold": 50, "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [
            {"Id": "q", "Period": 60, "ReturnData": false, "Expression": "SELECT SUM(Errors) FROM SCHEMA(App, Host)"},
            {"Id": "e", "Expression": "q * 10"},
        ],
    }))
    .unwrap();
    let mut puts = Puts::default();
    observe(&mut puts, "a", &[(0, 2.0), (1, 3.0)]);
    observe(&mut puts, "b", &[(0, 2.0), (1, 3.0)]);
    assert_eq!(
        states(&mut alarm(definition), &puts, 2),
        [State::Ok, State::Alarm]
    );
}

/// The worked example of "Evaluating an alarm": above the threshold in the third to fifth period, below in the sixth, above
/// once in the ninth.
#[test]
fn three_consecutive_datapoints_are_as_aws_draws_them() {
    let above = [
        false, false, true, true, true, false, false, false, true, false,
    ];
    let values: Vec<Option<f64>> = above
        .map(|above| Some(if above { 9.0 } else { 0.0 }))
        .into();
    let mut expected = vec![State::Ok; 10];
    expected[4] = State::Alarm;
    assert_eq!(
        states(&mut alarm(sum_alarm(3, 3)), &minutes(&values), 10),
        expected
    );
}

/// Same page: "at the end of minute 5 the alarm evaluates based on data from minutes 1 to 5. Then at the end of minute 6,
/// the alarm is evaluated based on the data from minutes 2 to 6."
#[test]
fn a_period_of_five_minutes_is_evaluated_at_minute_5_and_6_as_aws_describes() {
    let definition = Definition {
        period: 300,
        ..sum_alarm(1, 1)
    };
    let mut alarm = alarm(definition);
    // Minute 1 alone breaches.
    let puts = minutes(&[
        Some(9.0),
        Some(0.0),
        Some(0.0),
        Some(0.0),
        Some(0.0),
        Some(0.0),
    ]);
    assert_eq!(alarm.step(&puts, minute(5)).to, State::Alarm);
    assert_eq!(alarm.step(&puts, minute(6)).to, State::Ok);
}

/// Whether an alarm with these settings fires over values a period.
fn fires(settings: &Value, tokens: &[f64]) -> bool {
    let mut all = properties();
    for (property, value) in settings.as_object().unwrap() {
        all[property] = value.clone();
    }
    let definition = Definition::from_properties(&all).unwrap();
    let step = i64::from(definition.period) / 60;
    let mut puts = Puts::default();
    for (number, put) in (0..).zip(tokens) {
        puts.put(
            "Errors",
            minute(number * step),
            minute((number + 1) * step),
            value(*put),
        );
    }
    let count = i64::try_from(tokens.len()).unwrap();
    let mut alarm = alarm(definition);
    (1..=count).any(|number| alarm.step(&puts, minute(number * step)).to == State::Alarm)
}

#[test]
fn consecutive_and_m_of_n_datapoints() {
    let consecutive = json!({"EvaluationPeriods": 2, "Period": 300, "Statistic": "Average"});
    assert!(fires(&consecutive, &[0.0, 9.0, 9.0]));
    assert!(!fires(&consecutive, &[9.0, 0.0, 9.0, 0.0]));
    let most = json!({"EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Statistic": "Maximum"});
    assert!(fires(&most, &[9.0, 0.0, 9.0]));
    assert!(!fires(&most, &[9.0, 0.0, 0.0, 9.0]));
}
