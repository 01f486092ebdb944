use picket_shared::alarm::read_any;

use super::*;
use crate::testing;

fn widget(alarm: &Alarm) -> Value {
    serde_json::from_str(&of(alarm).unwrap().widget).unwrap()
}

fn watching(queries: &Value, band: Option<&str>) -> Alarm {
    let mut body = testing::alarm_body("orders", "aws", "eu-west-1");
    body["Trigger"] = json!({"Period": 60, "EvaluationPeriods": 3, "ComparisonOperator": "LessThanThreshold", "Threshold": 0.5,
        "ThresholdMetricId": band, "Metrics": queries});
    read_any(&body).unwrap()
}

fn stat(id: &str, name: &str) -> Value {
    json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
        "Metric": {"Namespace": "Shop", "MetricName": name, "Dimensions": [{"name": "Service", "value": "orders"}]}}})
}

#[test]
fn a_metric_is_drawn_with_its_threshold_and_the_hours_before_the_change() {
    let mut alarm = testing::alarm_in("orders", "aws", "eu-west-1");
    let Watches::Metric(metric, _) = &mut alarm.watches else {
        panic!("one metric");
    };
    // As the API spells it; the message shouts it.
    metric.statistic = Some("SampleCount".to_owned());
    assert_eq!(
        widget(&alarm),
        json!({
            "view": "timeSeries", "stacked": false, "width": 700, "height": 260, "timezone": "+0000",
            "start": "2026-11-20T05:03:12Z", "end": "2026-11-20T06:08:12Z", "period": 60,
            "metrics": [["Shop", "Duration", "Service", "orders", {"stat": "SampleCount", "period": 60}]],
            "annotations": {
                "horizontal": [{"label": "threshold", "value": 5000.0, "color": "#d62728", "fill": "above"}],
                "vertical": [{"label": "ALARM", "value": "2026-11-20T06:03:12.345Z", "color": "#d62728"}],
            },
        })
    );
    let chart = of(&alarm).unwrap();
    assert_eq!(
        (chart.account.as_str(), chart.region.as_str()),
        ("111122223333", "eu-west-1")
    );
}

#[test]
fn of_an_expression_what_feeds_it_is_not_seen() {
    let queries = json!([stat("e", "Errors"), stat("r", "Requests"),
        {"Id": "rate", "Expression": "e / r", "Label": "error rate", "ReturnData": true}]);
    let widget = widget(&watching(&queries, None));
    assert_eq!(
        widget["metrics"],
        json!([
            [{"expression": "e / r", "id": "rate", "label": "error rate"}],
            ["Shop", "Errors", "Service", "orders", {"id": "e", "stat": "Sum", "period": 60, "visible": false}],
            ["Shop", "Requests", "Service", "orders", {"id": "r", "stat": "Sum", "period": 60, "visible": false}],
        ])
    );
    assert_eq!(widget["annotations"]["horizontal"][0]["fill"], "below");
}

#[test]
fn a_band_is_seen_with_its_metric_and_without_a_threshold() {
    let mut metric = stat("m1", "Requests");
    metric["ReturnData"] = true.into();
    let queries = json!([metric, {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "ReturnData": true}]);
    let mut alarm = watching(&queries, Some("ad1"));
    let Watches::Expression { comparison, .. } = &mut alarm.watches else {
        panic!("a band");
    };
    comparison.threshold = None;
    let widget = widget(&alarm);
    assert_eq!(
        widget["metrics"],
        json!([
            [{"expression": "ANOMALY_DETECTION_BAND(m1, 2)", "id": "ad1"}],
            ["Shop", "Requests", "Service", "orders", {"id": "m1", "stat": "Sum", "period": 60}],
        ])
    );
    assert!(widget["annotations"].get("horizontal").is_none());
}

#[test]
fn a_long_period_is_drawn_over_as_many_of_them() {
    for (period, hours) in [(10, 1), (60, 1), (300, 5), (3_600, 60), (86_400, 1_440)] {
        let at = Timestamp::from_second(10_000_000).unwrap();
        let (start, _) = window(at, period);
        assert_eq!(at.duration_since(start).as_hours(), hours, "{period}");
    }
}

#[test]
fn what_has_no_metric_or_no_place_has_no_chart() {
    let mut alarm = testing::alarm_in("orders", "aws", "eu-west-1");
    alarm.watches = Watches::Composite {
        rule: "ALARM(a)".to_owned(),
        triggering: Vec::new(),
    };
    assert_eq!(of(&alarm), None);
    let mut alarm = testing::alarm_in("orders", "aws", "eu-west-1");
    alarm.arn.clear();
    assert_eq!(of(&alarm), None);
}
