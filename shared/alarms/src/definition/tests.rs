use serde_json::json;

use super::*;

/// Sum of Errors over a minute, above 5 in M of N; missing data are missing.
pub(crate) fn sum_alarm(evaluation_periods: u32, datapoints_to_alarm: u32) -> Definition {
    Definition {
        evaluation_periods,
        datapoints_to_alarm,
        ..Definition::from_properties(&properties()).unwrap()
    }
}

pub(crate) fn properties() -> Value {
    json!({
        "AlarmName": "app-errors", "AlarmDescription": "Too many.", "AlarmActions": ["arn:a"], "OKActions": ["arn:o"],
        "Namespace": "App", "MetricName": "Errors", "Dimensions": [{"Name": "Environment", "Value": "dev"}],
        "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3, "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
    })
}

fn with(property: &str, value: Value) -> Value {
    let mut properties = properties();
    properties[property] = value;
    properties
}

#[test]
fn an_alarm_says_what_it_watches_and_takes_cloudwatchs_defaults() {
    let definition = Definition::from_properties(&properties()).unwrap();
    assert_eq!(
        (definition.datapoints_to_alarm, definition.missing_data),
        (3, MissingData::Missing)
    );
    let [input] = definition.inputs() else {
        panic!("one input")
    };
    assert_eq!(
        (input.namespace.as_str(), input.statistic),
        ("App", Statistic::Sum)
    );
    assert_eq!(
        input.dimensions,
        [("Environment".to_owned(), "dev".to_owned())]
    );
}

#[test]
fn what_cannot_be_evaluated_is_refused_with_its_name() {
    let rows = [
        ("Period", json!(45), "Period = 45"),
        ("Period", json!(null), "has no Period"),
        ("DatapointsToAlarm", json!(4), "DatapointsToAlarm = 4"),
        (
            "ComparisonOperator",
            json!("GreaterThanUpperThreshold"),
            "GreaterThanUpperThreshold",
        ),
        ("ThresholdMetricId", json!("band"), "anomaly band"),
        ("TreatMissingData", json!("maybe"), "maybe"),
        ("Statistic", json!("tm90"), "cannot be evaluated"),
        ("EvaluationPeriods", json!("three"), "not the properties"),
    ];
    for (property, value, problem) in rows {
        let error = Definition::from_properties(&with(property, value))
            .unwrap_err()
            .to_string();
        assert!(error.contains(problem), "{property}: {error}");
    }
}

fn math(expression: &str) -> Value {
    let metric = |id: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
            "Metric": {"Namespace": "App", "MetricName": id}}})
    };
    json!({
        "AlarmName": "app-rate", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [
            {"Id": "rate", "Expression": "100 * share", "ReturnData": true},
            {"Id": "share", "Expression": expression, "ReturnData": false},
            metric("errors"), metric("requests"),
        ],
    })
}

#[test]
fn expressions_may_name_one_another_in_any_order() {
    let definition = Definition::from_properties(&math("errors / requests")).unwrap();
    let now = jiff::Timestamp::from_second(600).unwrap();
    let window = Window::of(&definition, now);
    let series = |value| {
        vec![Datapoint {
            at: window.newest(),
            value,
            samples: None,
        }]
    };
    let inputs = [("errors", 2.0), ("requests", 8.0)]
        .map(|(id, value)| (id.to_owned(), series(value)))
        .into();
    let seen = definition.series(&inputs, &window);
    assert_eq!(
        seen.iter()
            .map(|datapoint| datapoint.value)
            .collect::<Vec<_>>(),
        [25.0]
    );
}

#[test]
fn an_expression_that_names_nothing_known_or_itself_is_refused() {
    for expression in ["errors / strangers", "share + 1", "rate"] {
        let error = Definition::from_properties(&math(expression)).unwrap_err();
        assert!(error.to_string().contains("Metrics do not have"), "{error}");
    }
}
