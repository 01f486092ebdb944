use serde_json::{Value, json};

use super::*;

fn metric(properties: &Value) -> Subject {
    let mut all = json!({
        "AlarmName": "orders", "Namespace": "Orders", "MetricName": "Failures", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 3, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
    });
    for (name, value) in properties.as_object().unwrap() {
        if value.is_null() {
            all.as_object_mut().unwrap().remove(name);
        } else {
            all[name] = value.clone();
        }
    }
    Subject::Metric(Box::new(Definition::from_properties(&all).unwrap()))
}

fn math(expression: &str, threshold: f64) -> Subject {
    let input = |id: &str, name: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {
            "Metric": {"Namespace": "Orders", "MetricName": name}, "Period": 60, "Stat": "Sum"}})
    };
    metric(&json!({
        "Namespace": null, "MetricName": null, "Statistic": null, "Period": null, "Threshold": threshold,
        "Metrics": [{"Id": "e", "Expression": expression}, input("a", "Failures"), input("b", "Requests"),
            input("c", "Retries")],
    }))
}

fn insights(query: &str) -> Subject {
    metric(&json!({
        "Namespace": null, "MetricName": null, "Statistic": null, "Period": null,
        "Metrics": [{"Id": "q", "Expression": query, "Period": 60}],
    }))
}

fn composite(rule: &str) -> Subject {
    let properties = json!({"AlarmName": "all", "AlarmRule": rule});
    Subject::Composite(Box::new(Composite::from_properties(&properties).unwrap()))
}

#[test]
fn the_generated_cases_hold_and_one_fires_and_one_does_not() {
    for subject in [
        metric(&json!({})),
        metric(
            &json!({"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching"}),
        ),
        metric(&json!({"Threshold": 0, "EvaluationPeriods": 1})),
        metric(&json!({"Threshold": 0.01, "Statistic": "Average"})),
        metric(&json!({"Threshold": 0, "ComparisonOperator": "LessThanOrEqualToThreshold"})),
        metric(
            &json!({"Threshold": -5, "ComparisonOperator": "LessThanThreshold", "Statistic": "Minimum"}),
        ),
        metric(
            &json!({"Statistic": null, "ExtendedStatistic": "p99", "Threshold": 3000, "DatapointsToAlarm": 2,
            "EvaluateLowSampleCountPercentile": "ignore"}),
        ),
        metric(
            &json!({"Statistic": "SampleCount", "Threshold": 1, "ComparisonOperator": "LessThanThreshold",
            "TreatMissingData": "breaching"}),
        ),
        metric(&json!({"EvaluationPeriods": 48, "Period": 300})),
        metric(
            &json!({"Period": 86_400, "EvaluationPeriods": 1, "Threshold": 100, "Statistic": "Maximum"}),
        ),
        metric(&json!({"WarmUpConfiguration": {
            "WarmUpPeriodDurationInMinutes": 10, "OnlyStartEvaluatingAfterWarmUpPeriodEnds": true}})),
        math("100 * a / b + 0 * c", 5.0),
        math("IF(b >= 20, 100 * (a + c) / b, 0)", 2.0),
        math("a + b + c", 1_000.0),
        insights("SELECT SUM(Failures) FROM Orders"),
        insights(
            "SELECT MAX(Failures) FROM SCHEMA(Orders, Env, Host) WHERE Env = 'prod' GROUP BY Host LIMIT 5",
        ),
        insights(
            "SELECT COUNT(Failures) FROM Orders WHERE AWS.AccountId != '1' GROUP BY Host, Zone",
        ),
        composite("ALARM(a) AND (ALARM(b) OR NOT OK(c))"),
        composite("ALARM(a) OR ALARM(b)"),
    ] {
        let [firing, silent] = generate(&subject).unwrap_or_else(|| panic!("none for {subject:?}"));
        assert!(firing.fires() && !silent.fires(), "{firing:?} {silent:?}");
        for case in [&firing, &silent] {
            assert_eq!(case.run(&subject), Ok(()), "{case:?}");
        }
    }
}

#[test]
fn an_anomaly_band_is_supplied() {
    let subject = metric(&json!({
        "Namespace": null, "MetricName": null, "Statistic": null, "Period": null, "Threshold": null,
        "ThresholdMetricId": "band", "ComparisonOperator": "GreaterThanUpperThreshold",
        "Metrics": [{"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
            {"Id": "m", "MetricStat": {"Metric": {"Namespace": "Orders", "MetricName": "Sum"}, "Period": 60,
                "Stat": "Sum"}}],
    }));
    let [firing, silent] = generate(&subject).unwrap();
    let names: Vec<&String> = firing.series.keys().collect();
    assert_eq!(names, ["lower", "m", "upper"]);
    assert!(firing.run(&subject).is_ok() && silent.run(&subject).is_ok());
}

#[test]
fn an_alarm_that_never_fires_or_is_never_ok_has_no_cases() {
    for subject in [
        math("a - a", 5.0),
        math("0 * a + 7", 5.0),
        // A period without values has no SampleCount.
        metric(
            &json!({"Statistic": "SampleCount", "Threshold": 1, "ComparisonOperator": "LessThanThreshold"}),
        ),
        // A name in a case cannot have a comma in a value.
        insights("SELECT SUM(Failures) FROM Orders WHERE Host = 'a,b'"),
        composite("FALSE"),
        composite("TRUE"),
    ] {
        assert_eq!(generate(&subject), None, "{subject:?}");
    }
}
