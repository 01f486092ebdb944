use serde_json::json;

use super::*;
use crate::{Datapoint, Window};

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
        (
            "ThresholdMetricId",
            json!("band"),
            "beside ThresholdMetricId",
        ),
        ("TreatMissingData", json!("maybe"), "maybe"),
        ("Statistic", json!("tm90"), "belongs into ExtendedStatistic"),
        ("Statistic", json!("xx90"), "cannot be evaluated"),
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
        seen.datapoints
            .iter()
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

/// Each is a property of CloudWatch's that changes the result, or none at all: neither is passed over.
#[test]
fn a_property_that_is_not_understood_is_refused_by_name() {
    let rows = [
        ("EvaluateQuickly", json!(true), "EvaluateQuickly"),
        (
            "EvaluationCriteria",
            json!({"PromQLCriteria": {"Query": "up"}}),
            "EvaluationCriteria",
        ),
        ("EvaluationInterval", json!(60), "EvaluationCriteria"),
        (
            "EvaluationWindow",
            json!({"TumblingWindow": {}}),
            "TumblingWindow",
        ),
        ("EvaluationWindow", json!({}), "one of SlidingWindow"),
        (
            "EvaluationWindow",
            json!({"WallClockWindow": {"Timezone": "Mars"}}),
            "Mars",
        ),
        (
            "WarmUpConfiguration",
            json!({"WarmUpPeriodDurationInMinutes": 5, "Early": 1}),
            "Early",
        ),
        (
            "Dimensions",
            json!([{"Name": "a", "Value": "b", "Unit": "c"}]),
            "Unit",
        ),
    ];
    for (property, value, problem) in rows {
        let error = Definition::from_properties(&with(property, value))
            .unwrap_err()
            .to_string();
        assert!(error.contains(problem), "{property}: {error}");
    }
    for (property, value) in [
        ("Tags", json!([{"Key": "a", "Value": "b"}])),
        ("StateValue", json!("OK")),
        ("ActionConfiguration", json!({})),
    ] {
        assert!(
            Definition::from_properties(&with(property, value)).is_ok(),
            "{property}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn no_unknown_property_is_passed_over(name in "[A-Z][A-Za-z]{2,30}") {
        let known = include_str!("../properties.rs");
        let snake = name.chars().enumerate().fold(String::new(), |mut text, (place, c)| {
            if c.is_uppercase() && place > 0 {
                text.push('_');
            }
            text.push(c.to_ascii_lowercase());
            text
        });
        proptest::prop_assume!(!known.contains(&format!(" {snake}:")) && !known.contains(&format!("\"{name}\"")));
        let error = Definition::from_properties(&with(&name, json!("x"))).unwrap_err().to_string();
        proptest::prop_assert!(error.contains(&name), "{name}: {error}");
    }
}

#[test]
fn what_put_metric_alarm_refuses_is_refused() {
    let many = |count: usize| json!((0..count).map(|n| format!("arn:{n}")).collect::<Vec<_>>());
    let dimensions: Vec<Value> = (0..31)
        .map(|n| json!({"Name": format!("d{n}"), "Value": "v"}))
        .collect();
    let rows = [
        (
            "ExtendedStatistic",
            json!("p99"),
            "beside ExtendedStatistic",
        ),
        ("EvaluationPeriods", json!(0), "at least 1"),
        ("EvaluationPeriods", json!(1_441), "at most a day"),
        ("Period", json!(604_860), "at most a day"),
        ("DatapointsToAlarm", json!(0), "from 1 to EvaluationPeriods"),
        ("AlarmActions", many(6), "at most 5"),
        ("Dimensions", json!(dimensions), "at most 30"),
        (
            "EvaluateLowSampleCountPercentile",
            json!("perhaps"),
            "perhaps",
        ),
        (
            "WarmUpConfiguration",
            json!({"WarmUpPeriodDurationInMinutes": 2_881}),
            "1 to 2880",
        ),
        (
            "WarmUpConfiguration",
            json!({"WarmUpPeriodDurationInMinutes": 0}),
            "1 to 2880",
        ),
        (
            "ComparisonOperator",
            json!("LessThanLowerThreshold"),
            "needs ThresholdMetricId",
        ),
        ("Period", json!(15), "10, 20, 30"),
    ];
    for (property, value, problem) in rows {
        let error = Definition::from_properties(&with(property, value))
            .unwrap_err()
            .to_string();
        assert!(error.contains(problem), "{property}: {error}");
    }
    let mut extended = with("Statistic", json!(null));
    extended["ExtendedStatistic"] = json!("Sum");
    assert!(
        Definition::from_properties(&extended)
            .unwrap_err()
            .to_string()
            .contains("belongs into Statistic")
    );
    extended["ExtendedStatistic"] = json!("TM(10%:90%)");
    assert!(Definition::from_properties(&extended).is_ok());
    let mut clock = with("EvaluationWindow", json!({"WallClockWindow": {}}));
    clock["Period"] = json!(120);
    assert!(
        Definition::from_properties(&clock)
            .unwrap_err()
            .to_string()
            .contains("wall clock")
    );
    let mut week = with("Period", json!(86_400));
    week["EvaluationPeriods"] = json!(7);
    assert!(Definition::from_properties(&week).is_ok());
    week["EvaluationPeriods"] = json!(8);
    assert!(Definition::from_properties(&week).is_err());
}

#[test]
fn what_an_alarm_on_metrics_cannot_have_is_refused() {
    let valid = math("errors / requests");
    assert!(Definition::from_properties(&valid).is_ok());
    let rows: [(&str, Value, &str); 8] = [
        ("/Namespace", json!("App"), "beside Metrics"),
        ("/Metrics/0/Id", json!("Rate"), "lower-case"),
        ("/Metrics/2/Id", json!("requests"), "twice"),
        (
            "/Metrics/0/Expression",
            json!("METRICS()"),
            "one time series",
        ),
        (
            "/Metrics/0/Expression",
            json!("AVG(errors)"),
            "one time series",
        ),
        (
            "/Metrics/0/Expression",
            json!("PERIOD(share) * errors"),
            "PERIOD takes only metrics",
        ),
        ("/Metrics/0/Period", json!(300), "the same for all"),
        (
            "/AlarmActions",
            json!(["arn:aws:automate:eu-central-1:ec2:stop"]),
            "alarm on Metrics",
        ),
    ];
    for (place, value, problem) in rows {
        let mut properties = valid.clone();
        let (parent, key) = place.rsplit_once('/').unwrap();
        properties.pointer_mut(parent).unwrap()[key] = value;
        let error = Definition::from_properties(&properties)
            .unwrap_err()
            .to_string();
        assert!(error.contains(problem), "{place}: {error}");
    }
    let mut both = valid.clone();
    both["Metrics"][0]["MetricStat"] = both["Metrics"][2]["MetricStat"].clone();
    assert!(
        Definition::from_properties(&both)
            .unwrap_err()
            .to_string()
            .contains("one of Expression and MetricStat")
    );
    let mut many = valid;
    for n in 0..10 {
        let metric = json!({"Id": format!("more{n}"), "ReturnData": false, "MetricStat": {"Period": 60, "Stat": "Sum",
            "Metric": {"Namespace": "App", "MetricName": "m"}}});
        many["Metrics"].as_array_mut().unwrap().push(metric);
    }
    assert!(
        Definition::from_properties(&many)
            .unwrap_err()
            .to_string()
            .contains("10 metrics")
    );
}

#[test]
fn an_expression_alone_has_a_period_of_its_own() {
    let mut properties = json!({
        "AlarmName": "n", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
        "Metrics": [{"Id": "q", "Expression": "SELECT SUM(Errors) FROM App", "Period": 300}],
    });
    let definition = Definition::from_properties(&properties).unwrap();
    assert_eq!((definition.period, definition.queries().len()), (300, 1));
    properties["Metrics"][0]["Period"] = json!(null);
    assert!(
        Definition::from_properties(&properties)
            .unwrap_err()
            .to_string()
            .contains("has no Period")
    );
}

/// A band over a metric, as the console makes it.
pub(crate) fn band(comparison: &str) -> Value {
    json!({
        "AlarmName": "n", "EvaluationPeriods": 1, "ComparisonOperator": comparison, "ThresholdMetricId": "ad1",
        "Metrics": [
            {"Id": "m1", "ReturnData": true, "MetricStat": {"Period": 60, "Stat": "Average",
                "Metric": {"Namespace": "App", "MetricName": "Latency"}}},
            {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "ReturnData": true},
        ],
    })
}

#[test]
fn a_band_is_supplied_and_has_no_number() {
    let properties = band("LessThanLowerOrGreaterThanUpperThreshold");
    let definition = Definition::from_properties(&properties).unwrap();
    assert_eq!(definition.threshold, Threshold::Band("ad1".into()));
    assert_eq!(definition.supplied(), ["lower", "upper"]);
    for (property, value, problem) in [
        ("ThresholdMetricId", json!("m1"), "one time series"),
        ("Threshold", json!(5), "beside ThresholdMetricId"),
        (
            "ComparisonOperator",
            json!("GreaterThanThreshold"),
            "not one of an anomaly band",
        ),
        (
            "AlarmActions",
            json!(["arn:aws:autoscaling:eu-central-1:1:scalingPolicy:x"]),
            "anomaly band",
        ),
    ] {
        let mut other = properties.clone();
        other[property] = value;
        let error = Definition::from_properties(&other).unwrap_err().to_string();
        assert!(error.contains(problem), "{property}: {error}");
    }
}

#[test]
fn a_bands_limits_have_their_names_to_themselves() {
    let mut properties = band("GreaterThanUpperThreshold");
    properties["Metrics"][0]["Id"] = json!("upper");
    properties["Metrics"][1]["Expression"] = json!("ANOMALY_DETECTION_BAND(upper)");
    let error = Definition::from_properties(&properties)
        .unwrap_err()
        .to_string();
    assert!(error.contains("limit of the anomaly band"), "{error}");
}

#[test]
fn missing_data_of_dynamodb_are_ignored_by_default_only() {
    let mut properties = with("Namespace", json!("AWS/DynamoDB"));
    let treatment = |properties: &Value| {
        Definition::from_properties(properties)
            .unwrap()
            .missing_data
    };
    assert_eq!(treatment(&properties), MissingData::Ignore);
    properties["TreatMissingData"] = json!("notBreaching");
    assert_eq!(treatment(&properties), MissingData::NotBreaching);
}

#[test]
fn numbers_and_truths_can_be_written_as_text() {
    let mut properties = properties();
    for (property, value) in [
        ("Period", "300"),
        ("EvaluationPeriods", "2"),
        ("Threshold", "1.5"),
        ("ActionsEnabled", "false"),
    ] {
        properties[property] = json!(value);
    }
    let definition = Definition::from_properties(&properties).unwrap();
    assert_eq!(
        (
            definition.period,
            definition.evaluation_periods,
            definition.actions_enabled
        ),
        (300, 2, false)
    );
    assert_eq!(definition.threshold, Threshold::Value(1.5));
    properties["Threshold"] = json!("many");
    assert!(
        Definition::from_properties(&properties)
            .unwrap_err()
            .to_string()
            .contains("many")
    );
}
