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

fn with_metric(change: impl FnOnce(&mut Metric)) -> Option<Chart> {
    let mut alarm = testing::alarm_in("orders", "aws", "eu-west-1");
    let Watches::Metric(metric, _) = &mut alarm.watches else {
        panic!("one metric");
    };
    change(metric);
    of(&alarm)
}

#[test]
fn a_region_that_is_none_has_no_chart() {
    for (region, is_drawn) in [
        ("eu-west-1", true),
        ("us-gov-west-1", true),
        ("EU (Ireland)", false),
        ("", false),
        ("eu-west-1.evil.example/", false),
        ("eu-west-1@evil.example", false),
        ("eu-west-1#", false),
        ("-", false),
        ("eu-west-1-", false),
        ("evil", false),
        ("EU-WEST-1", false),
        ("eu-west-1\u{200b}", false),
    ] {
        let mut alarm = testing::alarm_in("orders", "aws", "eu-west-1");
        alarm.region = region.to_owned();
        assert_eq!(of(&alarm).is_some(), is_drawn, "{region:?}");
    }
}

#[test]
fn a_metric_that_cloudwatch_would_not_have_named_so_has_no_chart() {
    let named = |namespace: &str, name: &str, dimension: (&str, &str), count: usize| {
        let dimension = (dimension.0.to_owned(), dimension.1.to_owned());
        with_metric(|metric| {
            namespace.clone_into(&mut metric.namespace);
            name.clone_into(&mut metric.name);
            metric.dimensions = vec![dimension; count];
        })
    };
    let own = ("Service", "orders");
    assert!(named("Shop", "Errors", own, 30).is_some());
    let (long, longer) = ("x".repeat(256), "x".repeat(1_025));
    for (namespace, name, dimension, count) in [
        ("", "Errors", own, 1),
        (":Shop", "Errors", own, 1),
        (&long, "Errors", own, 1),
        (".", "Errors", own, 1),
        ("Shop", "", own, 1),
        ("Shop", &long, own, 1),
        ("Shop", "a\nb", own, 1),
        ("Shop", "...", own, 1),
        ("Shop", "Errors", ("...", "orders"), 1),
        ("Shop", "Errors", ("Service", "."), 1),
        ("Shop", "Errors", ("Service", &longer), 1),
        ("Shop", "Errors", own, 31),
    ] {
        let chart = named(namespace, name, dimension, count);
        assert_eq!(chart, None, "{namespace:.20} {name:.20} {count}");
    }
}

#[test]
fn a_statistic_period_id_or_account_that_cannot_be_has_no_chart() {
    let with = |statistic: &str, period: u32, id: &str, account: &str| {
        with_metric(|metric| {
            metric.statistic = Some(statistic.to_owned());
            metric.period = Some(period);
            metric.id = Some(id.to_owned());
            metric.account = Some(account.to_owned());
        })
    };
    let own = "111122223333";
    for (statistic, period, id, account, is_drawn) in [
        ("p99.9", 60, "m1", own, true),
        ("TM(10%:90%)", 86_400, "m_1", own, true),
        ("", 60, "m1", own, false),
        ("p99\"", 60, "m1", own, false),
        ("p99", 0, "m1", own, false),
        ("p99", 86_401, "m1", own, false),
        ("p99", 60, "M1", own, false),
        ("p99", 60, "m 1", own, false),
        ("p99", 60, "m1", "444455556666", false),
    ] {
        let chart = with(statistic, period, id, account);
        assert_eq!(
            chart.is_some(),
            is_drawn,
            "{statistic} {period} {id} {account}"
        );
    }
}

#[test]
fn an_expression_that_cloudwatch_would_not_take_has_no_chart() {
    for (id, expression, is_drawn) in [
        ("e1", "m1 * 2", true),
        ("E1", "m1 * 2", false),
        ("e 1", "m1 * 2", false),
        ("e1", "", false),
        ("e1", &"m1+".repeat(700), false),
    ] {
        let queries = json!([{"Id": id, "Expression": expression, "ReturnData": true}]);
        let alarm = watching(&queries, None);
        assert_eq!(of(&alarm).is_some(), is_drawn, "{id} {expression:.20}");
    }
    let rate = json!({"Id": "e1", "Expression": "m1 * 2", "ReturnData": true});
    let mut alarm = watching(&json!([stat("m1", "Errors"), rate]), None);
    let Watches::Expression { metrics, .. } = &mut alarm.watches else {
        panic!("an expression");
    };
    *metrics = vec![metrics[0].clone(); 99];
    assert!(of(&alarm).is_some());
    let Watches::Expression { metrics, .. } = &mut alarm.watches else {
        panic!("an expression");
    };
    metrics.push(metrics[0].clone());
    assert_eq!(of(&alarm), None);
}
