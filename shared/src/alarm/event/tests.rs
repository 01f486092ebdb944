use serde_json::json;

use super::*;
use crate::alarm::{State, read_any};

const ARN: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-latency";

fn data() -> Value {
    let reason_data = json!({"version": "1.0", "queryDate": "2026-11-20T06:03:12.345+0000", "startDate": "2026-11-20T06:00:00.000+0000",
        "statistic": "p99", "period": 60, "recentDatapoints": [5100.0, 5230.0], "threshold": 5000.0});
    json!({
        "alarmName": "orders-latency",
        "state": {
            "value": "ALARM", "reason": "Threshold Crossed", "reasonData": reason_data.to_string(),
            "timestamp": "2026-11-20T06:03:12.345+0000"
        },
        "previousState": {"value": "INSUFFICIENT_DATA", "reason": "Unchecked: Initial alarm creation", "timestamp": "2026-11-20T05:00:00.000+0000"},
        "configuration": {
            "description": "Orders are slow",
            "metrics": [{"id": "m1", "returnData": true, "metricStat": {"period": 60, "stat": "p99",
                "metric": {"namespace": "Shop", "name": "Duration", "dimensions": {"Service": "orders"}}}}]
        }
    })
}

fn event_bridge() -> Value {
    json!({
        "version": "0", "id": "2b2e2d1c-7a52-4c45-b2a8-000000000001", "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch", "account": "111122223333", "time": "2026-11-20T06:03:12Z", "region": "eu-west-1",
        "resources": [ARN], "detail": data()
    })
}

fn direct_action() -> Value {
    json!({"source": "aws.cloudwatch", "alarmArn": ARN, "accountId": "111122223333", "time": "2026-11-20T06:03:12.345+0000",
        "region": "eu-west-1", "alarmData": data()})
}

#[test]
fn both_envelopes_hold_the_same_alarm() {
    let alarm = from_event_bridge(&event_bridge()).unwrap();
    assert_eq!(from_direct_action(&direct_action()).unwrap(), alarm);
    assert_eq!(read_any(&event_bridge()).unwrap(), alarm);
    assert_eq!(read_any(&direct_action()).unwrap(), alarm);
    assert_eq!(
        (alarm.arn.as_str(), alarm.region.as_str()),
        (ARN, "eu-west-1")
    );
    assert_eq!(alarm.previous_state, Some(State::InsufficientData));
    assert_eq!(
        alarm.reason_data.as_ref().unwrap()["recentDatapoints"][1],
        5230.0
    );
    let Watches::Metric(metric, comparison) = alarm.watches else {
        panic!("a metric");
    };
    assert_eq!(
        metric.dimensions,
        [("Service".to_owned(), "orders".to_owned())]
    );
    assert_eq!(metric.statistic.as_deref(), Some("p99"));
    assert_eq!(comparison.threshold, Some(5000.0), "from the reason data");
}

#[test]
fn reason_data_may_be_absent_or_unreadable() {
    for reason_data in [json!(null), json!("testing"), json!("{"), json!(5)] {
        let mut event = event_bridge();
        event["detail"]["state"]["reasonData"] = reason_data;
        let alarm = read_any(&event).unwrap();
        assert_eq!(alarm.reason_data, None);
    }
}

#[test]
fn a_composite_finds_its_children_in_the_reason_data() {
    let mut event = event_bridge();
    let children = json!({"triggeringAlarms": [{"arn": ARN, "state": {"value": "ALARM", "timestamp": "2026-11-20T06:03:12.345+0000"}}]});
    event["detail"]["state"]["reasonData"] = json!(children.to_string());
    event["detail"]["state"]["actionsSuppressedBy"] = json!("WaitPeriod");
    event["detail"]["configuration"] = json!({"alarmRule": "ALARM(orders-latency)", "actionsSuppressor": "maintenance",
        "actionsSuppressorWaitPeriod": 120, "actionsSuppressorExtensionPeriod": 180});
    let alarm = read_any(&event).unwrap();
    assert_eq!(alarm.description, None);
    assert_eq!(alarm.actions_suppressed_by.as_deref(), Some("WaitPeriod"));
    let expected = Watches::Composite {
        rule: "ALARM(orders-latency)".to_owned(),
        triggering: vec![(ARN.to_owned(), Some(State::Alarm))],
    };
    assert_eq!(alarm.watches, expected);
}

#[test]
fn a_band_is_known_by_its_expression_where_no_threshold_id_is_given() {
    let mut event = event_bridge();
    let metrics = event["detail"]["configuration"]["metrics"]
        .as_array_mut()
        .unwrap();
    metrics.push(json!({"id": "ad1", "expression": "ANOMALY_DETECTION_BAND(m1, 2)", "label": "Duration (expected)", "returnData": true}));
    let Watches::Expression {
        threshold_metric_id,
        ..
    } = read_any(&event).unwrap().watches
    else {
        panic!("a band");
    };
    assert_eq!(threshold_metric_id.as_deref(), Some("ad1"));
}

#[test]
fn the_account_of_a_metric_is_read_in_math_too() {
    let stat = |name: &str| {
        let metric = json!({"namespace": "AWS/Lambda", "name": name, "dimensions": {}});
        json!({"metric": metric, "period": 60, "stat": "Sum"})
    };
    let mut event = event_bridge();
    event["detail"]["configuration"]["metrics"] = json!([
        {"id": "e1", "expression": "m1 / m2", "returnData": true},
        {"id": "m1", "accountId": "444455556666", "metricStat": stat("Throttles"), "returnData": false},
        {"id": "m2", "metricStat": stat("Invocations"), "returnData": false},
    ]);
    let Watches::Expression { metrics, .. } = from_event_bridge(&event).unwrap().watches else {
        panic!("an expression")
    };
    let accounts: Vec<_> = metrics
        .iter()
        .map(|metric| metric.account.as_deref())
        .collect();
    assert_eq!(accounts, [Some("444455556666"), None]);
}

#[test]
fn a_configuration_change_is_not_a_change_of_state() {
    for detail_type in [
        "CloudWatch Alarm Configuration Change",
        "cloudwatch alarm state change",
    ] {
        let mut event = event_bridge();
        event["detail-type"] = json!(detail_type);
        let error = read_any(&event).unwrap_err();
        assert!(error.to_string().contains(detail_type), "{error}");
    }
}

#[test]
fn an_event_of_another_source_is_refused_whatever_it_calls_itself() {
    for mut event in [event_bridge(), direct_action()] {
        event["source"] = json!("my.app");
        assert!(read_any(&event).is_err());
    }
}

#[test]
fn an_event_without_an_alarms_arn_keeps_account_and_region() {
    let mut event = event_bridge();
    event["resources"] = json!([]);
    let alarm = read_any(&event).unwrap();
    assert_eq!(
        alarm.incident(),
        "alarm/111122223333/eu-west-1/orders-latency"
    );
}

#[test]
fn tags_are_read_beside_the_state_or_at_the_top() {
    let mut event = direct_action();
    event["alarmTags"] = json!({"team": "orders"});
    event["alarmTagsStatus"] = json!("SUCCESS");
    assert_eq!(read_any(&event).unwrap().tags.unwrap()["team"], "orders");
    let mut event = event_bridge();
    event["detail"]["alarmTags"] = json!({"team": "orders"});
    event["detail"]["alarmTagsStatus"] = json!("SUCCESS");
    assert_eq!(read_any(&event).unwrap().tags.unwrap()["team"], "orders");
}
