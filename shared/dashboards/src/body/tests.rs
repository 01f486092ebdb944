use serde_json::json;

use super::*;
use crate::source::Colour;

const SOURCE: &str = "
Resource: Board
Name: usage
Title: Usage
About: What it costs.
Runbook: workloads/usage/runbook.md
Namespace: Usage
Dimensions: { Environment: '${Environment}' }
Rows:
  - Widgets:
      - Graph:
          Title: Errors
          Unit: Count
          Statistic: Sum
          Period: 300
          Series:
            - { Metric: Requests, Label: requests, Id: requests }
            - { Alarm: ErrorsAlarm, Label: errors, Colour: critical }
            - { Expression: 60 * requests, Label: scaled, Colour: comparison }
          Targets: [{ Value: 2000, Label: target }, { Value: '${Dollars}', Label: budget, Colour: warning }]
          Marks: [{ At: '2026-11-20T22:01:10Z', Label: deployed }]
      - Graph:
          Title: Dollars by agent
          Unit: Dollars
          Statistic: Maximum
          Period: 3600
          Series:
            - { Search: Cost, By: [AgentId] }
            - { Alarm: CostAlarm, Label: all }
            - { Metric: Errors, Namespace: AWS/Lambda, Dimensions: { FunctionName: f }, Statistic: Sum, Axis: right }
  - Height: 3
    Widgets:
      - Alarms: { Title: Alarms, Alarms: all, Width: 8 }
      - Text: { Markdown: '## Notes' }
";

fn template() -> Value {
    json!({
        "Parameters": {"StackName": {}, "Environment": {}, "RunbookBaseUrl": {}, "Dollars": {}},
        "Resources": {
            "Board": {"Type": "AWS::CloudWatch::Dashboard", "Condition": "OnAws"},
            "ErrorsAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
                "AlarmName": {"Fn::Sub": "${StackName}-errors"}, "AlarmActions": [{"Ref": "CriticalTopicArn"}],
                "Namespace": "Usage", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
                "Dimensions": [{"Name": "Environment", "Value": {"Ref": "Environment"}}],
                "EvaluationPeriods": 3, "DatapointsToAlarm": 2, "Threshold": 5,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold"}},
            "CostAlarm": {"Type": "AWS::CloudWatch::Alarm", "Condition": "OnAws", "Properties": {
                "AlarmName": {"Fn::Sub": "${StackName}-cost"}, "AlarmActions": [{"Ref": "WarningTopicArn"}],
                "Metrics": [
                    {"Id": "all", "Expression": "FILL(cost, 0)", "Label": "dollars", "ReturnData": true},
                    {"Id": "cost", "ReturnData": false, "MetricStat": {"Period": 3600, "Stat": "Sum", "Metric": {
                        "Namespace": "Usage", "MetricName": "Cost"}}}],
                "EvaluationPeriods": 1, "Threshold": {"Ref": "Dollars"}, "ComparisonOperator": "GreaterThanThreshold"}},
            "InTimeAlarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
                "AlarmName": {"Fn::Sub": "${StackName}-in-time"}, "AlarmActions": [{"Ref": "WarningTopicArn"}],
                "Namespace": "Usage", "MetricName": "Latency", "Period": 60,
                "ExtendedStatistic": {"Fn::Sub": "PR(:${Dollars})"}, "EvaluationPeriods": 1, "Threshold": 95,
                "ComparisonOperator": "LessThanThreshold"}},
            "ElsewhereAlarm": {"Type": "AWS::CloudWatch::Alarm", "Condition": "Other", "Properties": {
                "AlarmName": "elsewhere"}},
        },
    })
}

fn made(source: &str) -> Result<Body, InvalidDashboard> {
    body(&Dashboard::read("d.yaml", source)?, &template())
}

fn widgets() -> Vec<Value> {
    let body = made(SOURCE).unwrap();
    body.value()["widgets"].as_array().unwrap().clone()
}

#[test]
fn rows_fill_the_grid_below_a_heading_with_the_runbook() {
    let places: Vec<[u64; 4]> = widgets()
        .iter()
        .map(|widget| ["x", "y", "width", "height"].map(|name| widget[name].as_u64().unwrap()))
        .collect();
    assert_eq!(
        places,
        [
            [0, 0, 24, 3],
            [0, 3, 12, 6],
            [12, 3, 12, 6],
            [0, 9, 8, 3],
            [8, 9, 16, 3]
        ]
    );
    let heading = widgets()[0]["properties"]["markdown"]
        .as_str()
        .unwrap()
        .to_owned();
    let link = "[Runbook](${RunbookBaseUrl}workloads/usage/runbook.md)";
    assert!(
        heading.starts_with("# Usage\nWhat it costs.\n") && heading.ends_with(link),
        "{heading}"
    );
}

#[test]
fn a_series_of_an_alarm_has_the_alarms_statistic_period_and_threshold() {
    let properties = &widgets()[1]["properties"];
    assert_eq!(
        properties["metrics"],
        json!([
            ["Usage", "Requests", "Environment", "${Environment}",
                {"id": "requests", "label": "requests", "color": "#1f77b4"}],
            ["Usage", "Errors", "Environment", "${Environment}",
                {"label": "errors", "color": "#d62728", "period": 60}],
            [{"expression": "60 * requests", "id": "e1", "label": "scaled", "color": "#7f7f7f"}],
        ])
    );
    assert_eq!(
        properties["annotations"]["horizontal"][0],
        json!({"label": "critical: at least 5, 2 of 3 periods", "value": 5, "color": "#d62728"})
    );
    assert_eq!(properties["annotations"]["horizontal"][1]["value"], 2000);
    let colours = [1, 2].map(|at| properties["annotations"]["horizontal"][at]["color"].clone());
    let expected = [Colour::Good, Colour::Warning].map(|colour| json!(colour.shades()[0]));
    assert_eq!(colours, expected);
    assert_eq!(
        properties["annotations"]["vertical"][0]["value"],
        "2026-11-20T22:01:10Z"
    );
    assert_eq!(properties["yAxis"]["left"]["label"], "Count");
}

#[test]
fn the_statistic_of_an_alarm_may_have_a_parameter() {
    let source = SOURCE.replace("Alarm: ErrorsAlarm", "Alarm: InTimeAlarm");
    let body = made(&source).unwrap();
    let row = &body.value()["widgets"][1]["properties"]["metrics"][1];
    assert_eq!(row[2]["stat"], "PR(:${Dollars})", "{row}");
}

#[test]
fn searches_and_math_alarms_are_drawn_as_expressions() {
    let properties = &widgets()[2]["properties"];
    let search = "SEARCH('{Usage,Environment,AgentId} MetricName=\"Cost\" Environment=\"${Environment}\"', 'Maximum', 3600)";
    assert_eq!(
        properties["metrics"],
        json!([
            [{"expression": search, "id": "e1", "label": "${!PROP('Dim.AgentId')}"}],
            [{"expression": "FILL(cost, 0)", "id": "all", "label": "all", "color": "#1f77b4"}],
            ["Usage", "Cost", {"id": "cost", "visible": false, "stat": "Sum"}],
            ["AWS/Lambda", "Errors", "FunctionName", "f", {"color": "#aec7e8", "yAxis": "right", "stat": "Sum"}],
        ])
    );
    let text = made(SOURCE).unwrap().text();
    assert!(
        text.contains("\"value\": ${Dollars}, \"color\": \"#ff7f0e\""),
        "{text}"
    );
    assert!(text.contains("warning: above ${Dollars}\""), "{text}");
}

#[test]
fn all_alarms_are_those_that_exist_where_the_dashboard_does() {
    let alarms = &widgets()[3]["properties"]["alarms"];
    let arn = |name: &str| {
        format!(
            "arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:${{StackName}}-{name}"
        )
    };
    assert_eq!(*alarms, json!([arn("errors"), arn("cost"), arn("in-time")]));
}

#[test]
fn what_cannot_be_drawn_is_refused_with_its_reason() {
    for (from, to, expected) in [
        (
            "Resource: Board",
            "Resource: Bord",
            "no AWS::CloudWatch::Dashboard Bord",
        ),
        (
            "Alarm: ErrorsAlarm",
            "Alarm: ErrorAlarm",
            "the alarm ErrorAlarm is not in the template",
        ),
        (
            "Alarm: ErrorsAlarm",
            "Alarm: ElsewhereAlarm",
            "exists under the condition Other",
        ),
        (
            "Alarms: all",
            "Alarms: [ElsewhereAlarm]",
            "exists under the condition Other",
        ),
        (
            "60 * requests",
            "60 * request",
            "names request, which no series has",
        ),
        ("60 * requests", "60 * ", "cannot be read"),
        (
            "'${Environment}'",
            "'${Environmnt}'",
            "${Environmnt} is neither a parameter",
        ),
        ("Id: requests", "Id: e1", "names requests"),
        ("Width: 8", "Width: 25", "do not fit into 24 columns"),
        ("Id: requests", "Id: Requests", "names requests"),
        ("'2026-11-20T22:01:10Z'", "noon", "of a vertical annotation"),
        ("Period: 300", "Period: 90", "90 s is no period"),
        (
            "Statistic: Maximum",
            "Statistic: Max",
            "\"Max\" is no statistic",
        ),
        ("Unit: Count", "Unit: count", "write \"Count\""),
        ("Colour: critical", "Colour: red", "red"),
        (
            "Search: Cost, By: [AgentId]",
            "Search: Cost",
            "the search Cost needs `By`",
        ),
        (
            "Alarm: CostAlarm, Label",
            "Alarm: CostAlarm, Period: 60, Label",
            "of their own",
        ),
        ("About:", "Abuot:", "Abuot"),
    ] {
        let source = SOURCE.replacen(from, to, 1);
        assert_ne!(source, SOURCE, "{from}");
        let error = made(&source).unwrap_err().to_string();
        assert!(error.contains(expected), "{from}: {error}");
    }
}

#[test]
fn more_series_of_one_meaning_than_it_has_shades_are_refused() {
    let series = "            - { Metric: Requests, Colour: good }\n".repeat(4);
    let source = SOURCE.replacen(
        "            - { Alarm: ErrorsAlarm",
        &format!("{series}            - {{ Alarm: ErrorsAlarm"),
        1,
    );
    let error = made(&source).unwrap_err().to_string();
    assert!(error.contains("Good has 3 shades"), "{error}");
}

#[test]
fn a_search_is_narrowed_to_a_word_and_math_names_parameters() {
    let graph = |series: &str| {
        let source = SOURCE.split("Rows:").next().unwrap().to_owned();
        let graph = "Rows: [{ Widgets: [{ Graph: { Title: T, Unit: Count, Statistic: Sum, Period: 60, Series: [";
        let body = made(&format!("{source}{graph}{series}] }} }}] }}]"))?;
        Ok::<Value, InvalidDashboard>(body.value()["widgets"][1]["properties"]["metrics"].clone())
    };
    let search = "SEARCH('{Usage,Environment,ModelId} MetricName=\"Cost\" Environment=\"${Environment}\" nova', 'Sum', 60)";
    let narrowed = graph("{ Search: Cost, By: [ModelId], Containing: nova }").unwrap();
    assert_eq!(narrowed[0][0]["expression"], search);
    let share =
        graph("{ Metric: Requests, Id: r, Hidden: true }, { Expression: 'r / (60 * ${Dollars})' }");
    assert_eq!(share.unwrap()[1][0]["expression"], "r / (60 * ${Dollars})");
    for (series, expected) in [
        ("{ Metric: Requests, Containing: nova }", "narrows a search"),
        (
            "{ Search: Cost, By: [ModelId], Containing: a b }",
            "not one word",
        ),
        (
            "{ Expression: 'r / ${Dollars}' }",
            "names r, which no series",
        ),
    ] {
        let refused = graph(series).unwrap_err().to_string();
        assert!(refused.contains(expected), "{series}: {refused}");
    }
}

#[test]
fn an_alarm_whose_math_has_parameters_is_drawn_with_them() {
    let mut template = template();
    let alarm = &mut template["Resources"]["CostAlarm"]["Properties"];
    alarm["Metrics"][0]["Expression"] = json!({"Fn::Sub": "100 * cost / ${Dollars}"});
    let drawn = body(&Dashboard::read("d.yaml", SOURCE).unwrap(), &template).unwrap();
    let metrics = &drawn.value()["widgets"][2]["properties"]["metrics"];
    assert_eq!(metrics[1][0]["expression"], "100 * cost / ${Dollars}");
}
