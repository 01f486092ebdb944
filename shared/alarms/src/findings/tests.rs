use serde_json::{Value, json};

use super::*;

/// An alarm without findings: with these properties changed.
fn with(changes: &Value) -> Definition {
    let mut properties = json!({
        "AlarmName": "orders", "AlarmActions": ["arn:aws:sns:a"], "OKActions": ["arn:aws:sns:a"],
        "Namespace": "Orders", "MetricName": "Failures", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3,
        "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
    });
    let all = properties.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    Definition::from_properties(&properties).unwrap()
}

/// An alarm on an expression of two counts.
fn math(expression: &str, changes: &Value) -> Definition {
    math_of(60, expression, changes)
}

fn math_of(period: u32, expression: &str, changes: &Value) -> Definition {
    let input = |id: &str, name: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {
            "Metric": {"Namespace": "Orders", "MetricName": name}, "Period": period, "Stat": "Sum"}})
    };
    let mut all = json!({
        "Namespace": null, "MetricName": null, "Statistic": null, "Period": null,
        "Metrics": [{"Id": "e", "Expression": expression}, input("a", "Failures"), input("b", "Requests")],
    });
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    with(&all)
}

fn found(definition: &Definition) -> Vec<&'static str> {
    of(definition).iter().map(name).collect()
}

fn name(finding: &Finding) -> &'static str {
    FindingKind::from(finding).into()
}

#[test]
fn each_finding_has_an_alarm_with_it_and_a_neighbour_without() {
    let below = "LessThanThreshold";
    for (definition, expected) in [
        (with(&json!({})), &[][..]),
        (
            with(&json!({"ActionsEnabled": false})),
            &["actions-disabled"],
        ),
        (with(&json!({"AlarmActions": []})), &["no-alarm-action"]),
        (with(&json!({"OKActions": []})), &["no-ok-action"]),
        (
            with(&json!({"InsufficientDataActions": ["arn:aws:sns:a"]})),
            &["unreachable-actions"],
        ),
        (
            with(
                &json!({"InsufficientDataActions": ["arn:aws:sns:a"], "TreatMissingData": "ignore"}),
            ),
            &[],
        ),
        (
            with(&json!({"ComparisonOperator": below})),
            &["silence-is-no-alarm"],
        ),
        (
            with(&json!({"ComparisonOperator": below, "TreatMissingData": "breaching"})),
            &[],
        ),
        (
            with(&json!({"ComparisonOperator": below, "Statistic": "Average"})),
            &[],
        ),
        (
            with(&json!({"TreatMissingData": null})),
            &["gaps-are-unknown"],
        ),
        (
            with(&json!({"TreatMissingData": null, "Statistic": "Maximum"})),
            &[],
        ),
        (
            math("a + b", &json!({"ComparisonOperator": below})),
            &["missing-counts-as-zero"],
        ),
        (math("a + b", &json!({})), &[]),
        (
            math(
                "FILL(a, 0) + FILL(b, 0)",
                &json!({"ComparisonOperator": below}),
            ),
            &[],
        ),
        (math("100 * a / b", &json!({})), &["rate-without-volume"]),
        (math("IF(b >= 20, 100 * a / b, 0)", &json!({})), &[]),
        (
            math("100 * a / b", &json!({"ComparisonOperator": below})),
            &[],
        ),
        (math("(a + b) / 60", &json!({})), &[]),
        (
            with(&json!({"Namespace": "AWS/Lambda", "Period": 10})),
            &["high-resolution-of-aws"],
        ),
        (with(&json!({"Period": 10})), &[]),
        (with(&json!({"Unit": "Count"})), &["unit-given"]),
        (
            math("FILL(a, 0) + b", &json!({"EvaluationPeriods": 1})),
            &["fill-before-arrival"],
        ),
        (math("FILL(a, 0) + b", &json!({})), &[]),
        (
            math_of(300, "FILL(a, 0) + b", &json!({"EvaluationPeriods": 1})),
            &[],
        ),
        (math("a - AVG(a) + b", &json!({})), &["depends-on-range"]),
    ] {
        assert_eq!(found(&definition), expected, "{definition:#?}");
    }
}

#[test]
fn a_finding_is_a_sentence_with_its_numbers() {
    let texts = |definition: &Definition| of(definition)[0].to_string();
    let high = with(&json!({"Namespace": "AWS/Lambda", "Period": 10}));
    assert!(
        texts(&high).starts_with("its period is 10 s, and"),
        "{}",
        texts(&high)
    );
    let range = math("a - AVG(a) + b", &json!({}));
    assert!(texts(&range).starts_with("AVG depends on how many periods"));
    let gaps = with(&json!({"ComparisonOperator": "LessThanThreshold"}));
    assert!(texts(&gaps).contains("with TreatMissingData notBreaching that is no ALARM"));
}

/// The advice of the user guide's table of functions, function by function, beside the same function of an array.
#[test]
fn a_result_depends_on_the_range_where_a_function_reads_all_periods_of_a_series() {
    for (expression, expected) in [
        ("a - AVG(a)", &["AVG"][..]),
        ("a / SUM(a)", &["SUM"]),
        ("MAX(a) / a", &["MAX"]),
        ("a - MIN(a)", &["MIN"]),
        ("a / STDDEV(a)", &["STDDEV"]),
        ("a / DATAPOINT_COUNT(a)", &["DATAPOINT_COUNT"]),
        ("TIME_SERIES(SUM(a + b))", &["SUM"]),
        ("a - AVG(FILL(b, 0))", &["AVG"]),
        ("AVG([a, b])", &[]),
        ("SUM([a, b])", &[]),
        ("MAX([a, b])", &[]),
        ("MIN([a, b])", &[]),
        ("STDDEV([a, b])", &[]),
        ("DATAPOINT_COUNT([a, b])", &[]),
        ("SUM(METRICS())", &[]),
        ("SUM(100 / [a, b])", &[]),
        ("MAX(list)", &[]),
        ("MAX([100 * a / 300, 100 * b / 300])", &[]),
        ("SUM(list) / SUM(a)", &["SUM"]),
        ("MAX([a, MIN(b) * a])", &["MIN"]),
        ("RUNNING_SUM(a)", &["RUNNING_SUM"]),
        ("SUM(RUNNING_SUM([a, b]))", &["RUNNING_SUM"]),
        ("SUM(REMOVE_EMPTY(list))", &["REMOVE_EMPTY"]),
        ("FIRST(SORT(list, AVG, DESC))", &["SORT"]),
        ("a * METRIC_COUNT(list)", &[]),
        ("a / PERIOD(a)", &[]),
        ("RATE(a) + DIFF(b) + ABS(a)", &[]),
        ("IF(DAY(a) < 6, FILL(a, REPEAT))", &[]),
    ] {
        let mut definition = json!({
            "AlarmName": "n", "EvaluationPeriods": 3, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [
                {"Id": "e", "Expression": expression},
                {"Id": "list", "Expression": "[a, b]", "ReturnData": false},
            ],
        });
        for id in ["a", "b"] {
            let metric = json!({"Metric": {"Namespace": "N", "MetricName": id}, "Period": 60, "Stat": "Sum"});
            let query = json!({"Id": id, "ReturnData": false, "MetricStat": metric});
            definition["Metrics"].as_array_mut().unwrap().push(query);
        }
        let definition = Definition::from_properties(&definition).unwrap();
        assert_eq!(definition.range_dependent(), expected, "{expression}");
    }
}

#[test]
fn the_groups_of_a_query_are_an_array_and_a_query_without_groups_is_a_series() {
    let of = |query: &str| {
        let definition = Definition::from_properties(&json!({
            "AlarmName": "n", "EvaluationPeriods": 3, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [
                {"Id": "q", "Expression": query, "Period": 60, "ReturnData": false},
                {"Id": "e", "Expression": "TIME_SERIES(1) * MAX(q)"},
            ],
        }));
        definition.unwrap().range_dependent()
    };
    assert_eq!(of("SELECT SUM(Errors) FROM App"), ["MAX"]);
    assert!(of("SELECT SUM(Errors) FROM App GROUP BY Host").is_empty());
}

#[test]
fn a_composite_alarm_is_read_for_its_actions_alone() {
    let composite = |properties: Value| Composite::from_properties(&properties).unwrap();
    let rule = json!({"AlarmName": "a", "AlarmRule": "ALARM(b)"});
    assert_eq!(of_composite(&composite(rule)), [Finding::NoAlarmAction]);
}

#[test]
fn an_answer_shows_what_has_no_data_and_what_never_fired() {
    let now = "2026-11-29T12:00:00Z".parse().unwrap();
    let alarm = |state: &str, reason: &str, updated: &str| json!({"AlarmName": "orders", "StateValue": state, "StateReason": reason, "StateUpdatedTimestamp": updated});
    let missing = "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as \
                   [NonBreaching].";
    let item = |name: &str, state: &str| {
        let data = json!({"version": "1.0", "newState": {"stateValue": state}});
        json!({"AlarmHistoryItems": [{"AlarmName": name, "Timestamp": "2026-11-20T08:00:00.123000+00:00",
            "HistoryItemType": "StateUpdate", "HistoryData": data.to_string()}]})
    };
    let history = |answers: &[Value]| {
        let mut history = History::default();
        for answer in answers {
            history.add(answer);
        }
        history
    };
    let (fired, other) = (
        history(&[item("orders", "ALARM"), item("orders", "OK")]),
        history(&[item("orders", "OK"), item("carts", "ALARM")]),
    );
    let (old, new) = ("2026-11-15T12:00:00.000000+00:00", "2026-11-15T12:00:01Z");
    for (alarm, history, expected) in [
        (
            alarm("INSUFFICIENT_DATA", "Unchecked", old),
            None,
            &["no-data"][..],
        ),
        (alarm("INSUFFICIENT_DATA", "Unchecked", new), None, &[]),
        (alarm("OK", missing, old), None, &["state-of-missing-data"]),
        (
            alarm("OK", "Threshold Crossed: 1 datapoint", old),
            None,
            &[],
        ),
        (
            alarm("OK", "Threshold Crossed: 1 datapoint", old),
            Some(&fired),
            &[],
        ),
        (
            alarm("OK", "Threshold Crossed: 1 datapoint", old),
            Some(&other),
            &["never-in-alarm"],
        ),
        // A template has no state.
        (json!({"AlarmName": "orders"}), Some(&other), &[]),
    ] {
        let found: Vec<&'static str> = of_described(&alarm, history, now)
            .iter()
            .map(name)
            .collect();
        assert_eq!(found, expected, "{alarm}");
    }
}
