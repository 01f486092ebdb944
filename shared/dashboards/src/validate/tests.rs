use serde_json::json;

use super::*;

fn good() -> Value {
    json!({"start": "-PT3H", "periodOverride": "inherit", "widgets": [
        {"type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties": {"markdown": "# A"}},
        {"type": "metric", "x": 0, "y": 2, "width": 12, "height": 6, "properties": {
            "title": "Errors", "view": "timeSeries", "region": "eu-central-1", "stat": "p99.9", "period": 300,
            "yAxis": {"left": {"label": "Count", "min": 0, "showUnits": false}},
            "metrics": [
                ["App", "Errors", "Service", "orders", {"id": "m1", "color": "#d62728"}],
                [".", "Retries", ".", ".", {"stat": "Sum", "yAxis": "right", "visible": false}],
                [{"expression": "m1 * 2", "id": "e1"}]],
            "annotations": {
                "horizontal": [{"value": 5, "fill": "above"}, [{"value": 1}, {"value": 2}]],
                "vertical": [{"value": "2026-11-20T22:01:10Z", "label": "deployed", "fill": "after"}]}}},
        {"type": "metric", "x": 12, "y": 2, "width": 6, "height": 6, "properties": {
            "region": "eu-central-1", "view": "gauge", "metrics": [["App", "Load"]],
            "yAxis": {"left": {"min": 0, "max": 100}}}},
        {"type": "alarm", "x": 18, "y": 2, "width": 6, "height": 6, "properties": {
            "title": "A", "alarms": ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a"]}},
        {"type": "log", "x": 0, "y": 8, "width": 24, "height": 6, "properties": {
            "region": "eu-central-1", "query": "SOURCE 'g' | fields @message", "view": "table"}}
    ]})
}

#[test]
fn a_body_as_aws_describes_it_has_no_problems() {
    assert_eq!(problems(&good()), Vec::<String>::new());
    assert_eq!(problems(&json!({"widgets": []})), Vec::<String>::new());
}

/// Each value in its place of a good body is a problem with this text.
fn refused(rows: &[(&str, Value, &str)]) {
    for (place, value, expected) in rows {
        let mut body = good();
        let target = body.pointer_mut(place);
        *target.unwrap_or_else(|| panic!("{place} is not in the body")) = value.clone();
        let found = problems(&body);
        let is_found = found.iter().any(|problem| problem.contains(expected));
        assert!(is_found, "{place}: {found:?}");
    }
}

#[test]
fn what_aws_refuses_of_the_grid_and_of_kinds_of_widgets_is_a_problem() {
    refused(&[
        ("/widgets", json!({}), "`widgets` must be a list"),
        ("/widgets", json!(vec![json!({}); 501]), "501 widgets"),
        ("/start", json!("3h"), "`start` is"),
        (
            "/periodOverride",
            json!("never"),
            "periodOverride is \"never\"",
        ),
        (
            "/widgets/0/type",
            json!("custom"),
            "which no dashboard here has",
        ),
        ("/widgets/0/x", json!(24), "x must be 0 to 23"),
        ("/widgets/0/width", json!(25), "width must be 1 to 24"),
        ("/widgets/0/height", json!(0), "height must be 1 to 1000"),
        ("/widgets/1/x", json!(13), "the widgets 1 and 2 overlap"),
        ("/widgets/3/x", json!(19), "leaves the grid"),
    ]);
}

#[test]
fn what_aws_refuses_of_metric_widgets_is_a_problem() {
    refused(&[
        (
            "/widgets/1/properties/region",
            json!(null),
            "needs the text \"region\"",
        ),
        (
            "/widgets/1/properties/view",
            json!("graph"),
            "view is \"graph\"",
        ),
        ("/widgets/1/properties/stat", json!("p101"), "no statistic"),
        ("/widgets/1/properties/period", json!(90), "90 is no period"),
        (
            "/widgets/1/properties/metrics",
            json!([]),
            "0 rows of metrics",
        ),
        (
            "/widgets/1/properties/metrics",
            json!(vec![json!(["A", "B"]); 501]),
            "501 rows",
        ),
        ("/widgets/1/properties/metrics/0", json!(["App"]), "1 parts"),
        (
            "/widgets/1/properties/metrics/0",
            json!(["App", "A", "B"]),
            "3 parts",
        ),
        (
            "/widgets/1/properties/metrics/0",
            json!([".", "A"]),
            "nothing is above",
        ),
        (
            "/widgets/1/properties/metrics/1",
            json!(["..."]),
            "in place of \"...\"",
        ),
        (
            "/widgets/1/properties/metrics/0/4/color",
            json!("red"),
            "the colour",
        ),
        (
            "/widgets/1/properties/metrics/0/4/id",
            json!("M1"),
            "the id \"M1\"",
        ),
        (
            "/widgets/1/properties/metrics/0/4/id",
            json!("e1"),
            "its id is there twice",
        ),
        (
            "/widgets/1/properties/metrics/2",
            json!(["A", {"expression": "m1"}]),
            "alone in its row",
        ),
    ]);
}

#[test]
fn what_aws_refuses_of_annotations_and_other_widgets_is_a_problem() {
    refused(&[
        (
            "/widgets/0/properties",
            json!({"markdwon": "A"}),
            "no field \"markdwon\"",
        ),
        (
            "/widgets/1/properties/annotations/horizontal/0/value",
            json!("5"),
            "of a horizontal",
        ),
        (
            "/widgets/1/properties/annotations/horizontal/0/fill",
            json!("after"),
            "fill is",
        ),
        (
            "/widgets/1/properties/annotations/vertical/0/value",
            json!("noon"),
            "of a vertical",
        ),
        (
            "/widgets/1/properties/annotations/vertical/0/fill",
            json!("above"),
            "fill is",
        ),
        (
            "/widgets/1/properties/yAxis/left/min",
            json!("0"),
            "is no number",
        ),
        (
            "/widgets/2/properties/yAxis",
            json!({}),
            "a gauge needs min and max",
        ),
        ("/widgets/3/properties/alarms", json!([]), "0 alarms"),
        (
            "/widgets/3/properties/alarms",
            json!(["a"]),
            "no ARN of an alarm",
        ),
        (
            "/widgets/4/properties/query",
            json!(""),
            "needs the text \"query\"",
        ),
    ]);
}
