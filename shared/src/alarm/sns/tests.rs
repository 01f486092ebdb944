use serde_json::json;

use super::*;
use crate::alarm::{Comparison, Metric, State, read_any};

fn metric_alarm() -> Value {
    json!({
        "AlarmName": "orders/latency high",
        "AlarmDescription": "Orders are slow. Runbook: https://runbooks.example.com/orders",
        "AWSAccountId": "111122223333",
        "AlarmConfigurationUpdatedTimestamp": "2026-11-01T10:00:00.000+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed: 3 out of the last 3 datapoints were greater than the threshold (5000.0).",
        "StateChangeTime": "2026-11-20T06:03:12.345+0000",
        "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders/latency high",
        "OldStateValue": "OK",
        "OKActions": [], "AlarmActions": [], "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Duration", "Namespace": "Shop", "StatisticType": "Statistic", "Statistic": "SAMPLECOUNT",
            "Unit": null, "Dimensions": [{"value": "orders", "name": "Service"}],
            "Period": 60, "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 5000.0, "TreatMissingData": "- TreatMissingData:                    notBreaching",
            "EvaluateLowSampleCountPercentile": ""
        }
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut body = metric_alarm();
    for (pointer, value) in changes {
        *body.pointer_mut(pointer).unwrap() = value.clone();
    }
    body
}

#[test]
fn a_metric_alarm_is_read_whole() {
    let alarm = from_sns_message(&metric_alarm()).unwrap();
    assert_eq!(alarm.name, "orders/latency high");
    assert_eq!(
        (alarm.account.as_str(), alarm.region.as_str()),
        ("111122223333", "eu-west-1")
    );
    assert_eq!(alarm.partition, "aws");
    assert_eq!(alarm.incident(), alarm.arn);
    assert_eq!(alarm.state, State::Alarm);
    assert_eq!(alarm.previous_state, Some(State::Ok));
    assert_eq!(alarm.changed_at.to_string(), "2026-11-20T06:03:12.345Z");
    let metric = Metric {
        id: None,
        account: None,
        namespace: "Shop".to_owned(),
        name: "Duration".to_owned(),
        dimensions: vec![("Service".to_owned(), "orders".to_owned())],
        statistic: Some("SampleCount".to_owned()),
        period: Some(60),
        unit: None,
    };
    let comparison = Comparison {
        operator: Some("GreaterThanThreshold".to_owned()),
        threshold: Some(5000.0),
        evaluation_periods: Some(3),
        datapoints_to_alarm: Some(2),
        treat_missing_data: Some("notBreaching".to_owned()),
    };
    assert_eq!(alarm.watches, Watches::Metric(metric, comparison));
}

#[test]
fn an_extended_statistic_is_kept_as_written() {
    let mut body = metric_alarm();
    let trigger = body["Trigger"].as_object_mut().unwrap();
    trigger.remove("Statistic");
    trigger.insert("ExtendedStatistic".to_owned(), json!("p99.9"));
    let Watches::Metric(metric, _) = from_sns_message(&body).unwrap().watches else {
        panic!("a metric alarm");
    };
    assert_eq!(metric.statistic.as_deref(), Some("p99.9"));
}

#[test]
fn a_description_that_is_null_absent_or_blank_is_none() {
    for value in [json!(null), json!(""), json!("  ")] {
        let alarm = from_sns_message(&with(&[("/AlarmDescription", value)])).unwrap();
        assert_eq!(alarm.description, None);
    }
    let mut body = metric_alarm();
    body.as_object_mut().unwrap().remove("AlarmDescription");
    assert_eq!(from_sns_message(&body).unwrap().description, None);
}

#[test]
fn every_partition_comes_from_the_arn_and_never_from_the_display_name() {
    for (arn, partition, region) in [
        (
            "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:a",
            "aws-cn",
            "cn-north-1",
        ),
        (
            "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:a",
            "aws-us-gov",
            "us-gov-west-1",
        ),
    ] {
        let alarm = from_sns_message(&with(&[("/AlarmArn", json!(arn))])).unwrap();
        assert_eq!(
            (alarm.partition.as_str(), alarm.region.as_str()),
            (partition, region)
        );
    }
}

#[test]
fn an_alarm_without_an_arn_keeps_what_the_message_says() {
    let mut body = metric_alarm();
    body.as_object_mut().unwrap().remove("AlarmArn");
    let alarm = from_sns_message(&body).unwrap();
    assert_eq!(alarm.arn, "");
    assert_eq!(
        (alarm.account.as_str(), alarm.region.as_str()),
        ("111122223333", "EU (Ireland)")
    );
    assert_eq!(
        alarm.incident(),
        "alarm/111122223333/EU (Ireland)/orders/latency high"
    );
}

#[test]
fn metric_math_has_its_returned_expression_first() {
    let metric = |id: &str, name: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
            "Metric": {"Namespace": "Shop", "MetricName": name, "Dimensions": [{"name": "Service", "value": "orders"}]}}})
    };
    let trigger = json!({
        "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.05,
        "Metrics": [
            metric("errors", "Errors"),
            {"Id": "half", "Expression": "errors/2", "ReturnData": false},
            {"Id": "rate", "Expression": "errors/calls", "Label": "Error rate", "ReturnData": true},
            metric("calls", "Calls"),
        ]
    });
    let alarm = from_sns_message(&with(&[("/Trigger", trigger)])).unwrap();
    let Watches::Expression {
        expressions,
        metrics,
        comparison,
        threshold_metric_id,
    } = alarm.watches
    else {
        panic!("an expression");
    };
    let ids: Vec<_> = expressions.iter().map(|each| each.id.as_str()).collect();
    assert_eq!(ids, ["rate", "half"]);
    assert_eq!(expressions[0].label.as_deref(), Some("Error rate"));
    let names: Vec<_> = metrics.iter().map(|each| each.name.as_str()).collect();
    assert_eq!(names, ["Errors", "Calls"]);
    assert_eq!(comparison.threshold, Some(0.05));
    assert_eq!(threshold_metric_id, None);
}

#[test]
fn one_metric_in_a_list_is_a_metric_alarm() {
    let trigger = json!({"Threshold": 1, "Metrics": [{"Id": "m1", "MetricStat": {"Period": 300, "Stat": "Maximum",
        "Metric": {"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage", "Dimensions": []}}}]});
    let alarm = from_sns_message(&with(&[("/Trigger", trigger)])).unwrap();
    let Watches::Metric(metric, comparison) = alarm.watches else {
        panic!("a metric");
    };
    assert_eq!(
        (metric.namespace.as_str(), metric.period),
        ("AWS/SQS", Some(300))
    );
    assert_eq!(comparison.threshold, Some(1.0));
}

#[test]
fn the_account_of_a_metric_is_read_and_its_absence_is_the_alarms_own() {
    let query = |account: Value| {
        let stat = json!({
            "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Throttles", "Dimensions": []},
            "Period": 60,
            "Stat": "Sum",
        });
        json!({"Id": "m1", "AccountId": account, "MetricStat": stat, "ReturnData": true})
    };
    for (written, read) in [
        (json!("444455556666"), Some("444455556666")),
        (json!(4_445_555_666_u64), Some("004445555666")),
        (json!({"Ref": "Account"}), Some("{\"Ref\":\"Account\"}")),
        (json!(null), None),
        (json!(" "), None),
    ] {
        let trigger = json!({"Metrics": [query(written)]});
        let alarm = from_sns_message(&with(&[("/Trigger", trigger)])).unwrap();
        let Watches::Metric(metric, _) = alarm.watches else {
            panic!("{:?}", alarm.watches)
        };
        assert_eq!(metric.account.as_deref(), read);
        assert_eq!(alarm.account, "111122223333");
    }
}

#[test]
fn an_anomaly_band_has_no_threshold_but_the_bands_id() {
    let trigger = json!({
        "EvaluationPeriods": 2, "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold", "ThresholdMetricId": "ad1",
        "Metrics": [
            {"Id": "m1", "ReturnData": true, "MetricStat": {"Period": 300, "Stat": "Average",
                "Metric": {"Namespace": "Shop", "MetricName": "Orders", "Dimensions": []}}},
            {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "Label": "Orders (expected)", "ReturnData": true},
        ]
    });
    let alarm = from_sns_message(&with(&[("/Trigger", trigger)])).unwrap();
    let Watches::Expression {
        comparison,
        threshold_metric_id,
        metrics,
        ..
    } = alarm.watches
    else {
        panic!("a band");
    };
    assert_eq!(comparison.threshold, None);
    assert_eq!(threshold_metric_id.as_deref(), Some("ad1"));
    assert_eq!(metrics[0].name, "Orders");
}

#[test]
fn a_composite_names_its_rule_and_the_children_that_moved_it() {
    let child = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-errors";
    let body = json!({
        "AlarmName": "orders-unhealthy", "AlarmDescription": null, "AWSAccountId": "111122223333",
        "NewStateValue": "ALARM", "NewStateReason": format!("{child} transitioned to ALARM at Friday 20 November, 2026 06:03:12 UTC"),
        "StateChangeTime": "2026-11-20T06:03:12.345+0000", "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-unhealthy", "OldStateValue": "OK",
        "AlarmRule": "ALARM(orders-errors) OR ALARM(orders-latency)",
        "TriggeringChildren": [{"Arn": child, "State": {"Value": "ALARM", "Timestamp": "2026-11-20T06:03:12.000+0000"}}],
        "ActionsSuppressedBy": "ExtensionPeriod"
    });
    let alarm = from_sns_message(&body).unwrap();
    assert_eq!(
        alarm.actions_suppressed_by.as_deref(),
        Some("ExtensionPeriod")
    );
    let expected = Watches::Composite {
        rule: "ALARM(orders-errors) OR ALARM(orders-latency)".to_owned(),
        triggering: vec![(child.to_owned(), Some(State::Alarm))],
    };
    assert_eq!(alarm.watches, expected);
}

#[test]
fn tags_count_only_where_the_message_says_they_are_complete() {
    let mut body = metric_alarm();
    body["AlarmTags"] = json!({"team": "orders"});
    assert_eq!(from_sns_message(&body).unwrap().tags, None);
    body["AlarmTagsStatus"] = json!("PARTIAL");
    assert_eq!(from_sns_message(&body).unwrap().tags, None);
    body["AlarmTagsStatus"] = json!("SUCCESS");
    assert_eq!(
        from_sns_message(&body).unwrap().tags.unwrap()["team"],
        "orders"
    );
    body["AlarmTags"] = json!([{"Key": "team", "Value": "orders"}]);
    assert_eq!(
        from_sns_message(&body).unwrap().tags.unwrap()["team"],
        "orders"
    );
}

#[test]
fn what_does_not_identify_a_change_of_state_is_refused_with_the_field() {
    for (pointer, value) in [
        ("/AlarmName", json!(null)),
        ("/AlarmName", json!(7)),
        ("/NewStateValue", json!("PANIC")),
        ("/StateChangeTime", json!("yesterday")),
    ] {
        let error = read_any(&with(&[(pointer, value)])).unwrap_err();
        assert!(error.to_string().contains(&pointer[1..]), "{error}");
    }
    for value in [
        json!(null),
        json!("AlarmName"),
        json!(5),
        json!([]),
        json!({}),
    ] {
        assert!(read_any(&value).is_err(), "{value}");
    }
}

#[test]
fn optional_fields_of_a_wrong_type_do_not_cost_the_alarm() {
    for pointer in [
        "/Trigger",
        "/Trigger/Dimensions",
        "/Trigger/Threshold",
        "/NewStateReason",
        "/OldStateValue",
        "/Region",
    ] {
        for value in [
            json!(null),
            json!(-1),
            json!([[]]),
            json!({"a": 1}),
            json!(""),
        ] {
            assert!(
                read_any(&with(&[(pointer, value.clone())])).is_ok(),
                "{pointer} = {value}"
            );
        }
    }
}
