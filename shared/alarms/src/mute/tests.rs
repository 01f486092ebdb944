use jiff::SignedDuration;
use picket_shared::alarm::State;
use serde_json::json;

use super::*;
use crate::{Alarm, Assumptions, Definition, Puts, Sample};

fn rule(expression: &str, duration: &str, more: &Value) -> Result<MuteRule, InvalidMuteRule> {
    let mut properties = json!({
        "Name": "nights", "Rule": {"Schedule": {"Expression": expression, "Duration": duration}},
        "MuteTargets": {"AlarmNames": ["errors"]},
    });
    for (name, value) in more.as_object().unwrap() {
        if name == "Timezone" {
            properties["Rule"]["Schedule"][name] = value.clone();
        } else {
            properties[name] = value.clone();
        }
    }
    MuteRule::from_properties(&properties)
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Expression, duration, other properties, time, and the end of the mute at that time.
const UNTIL: &str = "
cron(0 2 * * *)             | PT2H | none    | 2026-11-29T01:59:59Z      | -
cron(0 2 * * *)             | PT2H | none    | 2026-11-29T02:00:00Z      | 2026-11-29T04:00:00Z
cron(0 2 * * *)             | PT2H | none    | 2026-11-29T03:59:59Z      | 2026-11-29T04:00:00Z
cron(0 2 * * *)             | PT2H | none    | 2026-11-29T04:00:00Z      | -
cron(0 2 * * SUN)           | PT4H | none    | 2026-11-29T05:00:00Z      | 2026-11-29T06:00:00Z
cron(0 2 * * SUN)           | PT4H | none    | 2026-11-28T05:00:00Z      | -
cron(0 18 * * FRI)          | P2DT12H| none    | 2026-11-30T05:59:00Z      | 2026-11-30T06:00:00Z
cron(0 18 * * FRI)          | P2DT12H| none    | 2026-11-30T06:00:00Z      | -
cron(0 1 1 * *)             | PT6H | none    | 2026-12-01T06:00:00Z      | 2026-12-01T07:00:00Z
cron(0 23 * * *)            | PT2H | none    | 2026-11-30T00:30:00Z      | 2026-11-30T01:00:00Z
cron(0,30 9-17 * JAN-MAR,12 MON-FRI)| PT10M| none    | 2026-12-01T17:35:00Z      | 2026-12-01T17:40:00Z
cron(0,30 9-17 * JAN-MAR,12 *)| PT10M| none    | 2026-11-30T17:35:00Z      | -
at(2026-12-23T00:00)        | P7D  | none    | 2026-12-29T23:00:00Z      | 2026-12-30T00:00:00Z
at(2026-12-23T00:00)        | P7D  | none    | 2026-12-22T23:00:00Z      | -
cron(0 2 * * *)             | PT1H | london  | 2026-07-01T01:10:00Z      | 2026-07-01T02:00:00Z
cron(0 2 * * *)             | PT1H | london  | 2026-07-01T02:10:00Z      | -
cron(0 2 * * *)             | PT2H | bounded | 2026-11-10T02:10:00Z      | -
cron(0 2 * * *)             | PT2H | bounded | 2026-11-10T02:30:00Z      | 2026-11-10T04:00:00Z
cron(0 2 * * *)             | PT2H | bounded | 2026-11-12T02:30:00Z      | 2026-11-12T03:00:00Z
cron(0 2 * * *)             | PT2H | bounded | 2026-11-12T03:00:00Z      | -
";

/// The examples of the API reference (`Schedule`), each at its ends.
#[test]
fn a_rule_mutes_from_its_begin_for_its_duration() {
    let none = json!({});
    let london = json!({"Timezone": "Europe/London"});
    let bounded = json!({"StartDate": "2026-11-10T02:30:00Z", "ExpireDate": "2026-11-12T03:00"});
    let rows = UNTIL.trim().lines().map(|row| {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        <[&str; 5]>::try_from(columns).unwrap()
    });
    for [expression, duration, more, at, expected] in rows {
        let more = match more {
            "london" => &london,
            "bounded" => &bounded,
            _ => &none,
        };
        let rule = rule(expression, duration, more).unwrap();
        let expected = Some(expected).filter(|expected| *expected != "-");
        assert_eq!(
            rule.until(time(at)),
            expected.map(time),
            "{expression} {more} {at}"
        );
    }
}

#[test]
fn what_is_not_documented_is_refused() {
    let none = json!({});
    for (expression, duration, more, expected) in [
        ("rate(5 minutes)", "PT1H", &none, "cannot be read"),
        ("cron(0 2 * *)", "PT1H", &none, "cannot be read"),
        ("cron(60 2 * * *)", "PT1H", &none, "cannot be read"),
        ("cron(*/5 2 * * *)", "PT1H", &none, "cannot be read"),
        ("cron(0 5-2 * * *)", "PT1H", &none, "cannot be read"),
        (
            "cron(0 2 * * 1)",
            "PT1H",
            &none,
            "AWS does not say which day",
        ),
        (
            "cron(0 2 1 * MON)",
            "PT1H",
            &none,
            "AWS does not say whether both",
        ),
        ("at(2026-12-23)T", "PT1H", &none, "cannot be read"),
        ("cron(0 2 * * *)", "PT30S", &none, "the duration"),
        ("cron(0 2 * * *)", "P16D", &none, "the duration"),
        ("cron(0 2 * * *)", "P1M", &none, "the duration"),
        (
            "cron(0 2 * * *)",
            "PT1H",
            &json!({"Timezone": "Mars"}),
            "is not a time zone",
        ),
        (
            "cron(0 2 * * *)",
            "PT1H",
            &json!({"StartDate": "soon"}),
            "is not a date",
        ),
        (
            "cron(0 2 * * *)",
            "PT1H",
            &json!({"Volume": 0}),
            "not the properties",
        ),
        (
            "cron(0 2 * * *)",
            "PT1H",
            &json!({"MuteTargets": {"AlarmNames": vec!["a"; 101]}}),
            "at most 100",
        ),
    ] {
        let error = rule(expression, duration, more).unwrap_err().to_string();
        assert!(
            error.contains(expected),
            "{expression} {duration} {more}: {error}"
        );
    }
    let answer = json!({"AlarmMuteRuleArn": "arn:aws:cloudwatch:eu-west-1:1:alarm-mute-rule:nights", "Status": "ACTIVE",
        "MuteType": "RECURRING", "LastUpdatedTimestamp": "2026-11-01T00:00:00Z", "Description": "d"});
    assert!(rule("cron(0 2 * * *)", "PT1H", &answer).is_ok());
}

/// The states of an alarm of one minute from 02:00 on, and what is notified while 02:01 to 02:04 is muted.
fn notified(values: &[f64]) -> Vec<String> {
    let definition = Definition::from_properties(&json!({
        "AlarmName": "errors", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": ["arn:aws:sns:r:1:t", "arn:aws:autoscaling:r:1:p"], "OKActions": ["arn:aws:sns:r:1:t"],
    }));
    let start = time("2026-11-29T02:00:00Z");
    let at = |minute: i64| start + SignedDuration::from_mins(minute);
    let mut puts = Puts::default();
    for (minute, value) in (0..).zip(values) {
        puts.put(
            "Errors",
            at(minute - 1),
            at(minute),
            Sample::Values(vec![(*value, 1.0)]),
        );
    }
    let mute = rule("cron(1 2 * * *)", "PT3M", &json!({})).unwrap();
    let other = MuteRule {
        alarms: vec!["latency".to_owned()],
        ..rule("cron(0 0 * * *)", "P1D", &json!({})).unwrap()
    };
    let mut alarm = Alarm::new(definition.unwrap(), start, Assumptions::default());
    alarm.mute_by(&[mute, other]);
    let minutes = i64::try_from(values.len()).unwrap();
    (0..minutes)
        .flat_map(|minute| {
            alarm
                .step(&puts, at(minute))
                .notifications
                .into_iter()
                .map(move |one| (minute, one))
        })
        .map(|(minute, one)| format!("{minute} {} {}", one.to.as_str(), one.actions.len()))
        .collect()
}

#[test]
fn muted_actions_are_taken_afterwards_where_the_state_still_is_the_one() {
    // ALARM at 02:02, and still at 02:04. Auto Scaling is notified each minute.
    assert_eq!(
        notified(&[0.0, 0.0, 9.0, 9.0, 9.0, 9.0]),
        ["0 OK 1", "4 ALARM 2", "5 ALARM 1"]
    );
    // Over within the muting: nothing of the ALARM, and the OK that is held afterwards.
    assert_eq!(
        notified(&[0.0, 0.0, 9.0, 0.0, 0.0, 0.0]),
        ["0 OK 1", "4 OK 1"]
    );
    // Before and after it nothing is held back.
    assert_eq!(
        notified(&[9.0, 9.0, 9.0, 9.0, 9.0, 0.0]),
        ["0 ALARM 2", "4 ALARM 1", "5 OK 1"]
    );
    assert_eq!(State::Alarm.as_str(), "ALARM");
}
