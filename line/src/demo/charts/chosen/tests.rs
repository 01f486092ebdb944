use serde_json::json;

use super::*;

fn found(namespace: &str, metric: &str, dimensions: &[(&str, &str)]) -> Found {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Found {
        namespace: namespace.to_owned(),
        metric: metric.to_owned(),
        dimensions: dimensions.iter().map(owned).collect(),
    }
}

fn alarm(namespace: &str, metric: &str, dimensions: &[(&str, &str)]) -> Definition {
    let dimensions: Vec<_> = dimensions
        .iter()
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect();
    Definition::from_properties(&json!({
        "AlarmName": "a", "Namespace": namespace, "MetricName": metric, "Dimensions": dimensions,
        "Statistic": "Maximum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }))
    .unwrap()
}

fn names(charts: &[Chart]) -> Vec<String> {
    let name = |chart: &Chart| {
        let values: Vec<_> = chart
            .metric
            .dimensions
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        format!(
            "{} {} {}",
            chart.metric.metric,
            values.join(","),
            chart.statistic
        )
    };
    charts.iter().map(name).collect()
}

#[test]
fn totals_are_drawn_and_series_of_their_agents_are_not() {
    let all = vec![
        found("Orders", "Placed", &[("Environment", "dev")]),
        found(
            "Orders",
            "Placed",
            &[("Agent", "a"), ("Environment", "dev")],
        ),
        found("Orders", "ReplyMs", &[]),
    ];
    let charts = chosen(&Known::default(), &[], all);
    assert_eq!(names(&charts), ["Placed dev Sum", "ReplyMs  p90"]);
    assert_eq!(charts[1].unit, "ms");
}

#[test]
fn what_an_alarm_watches_is_drawn_by_its_statistic() {
    let agent = [("Environment", "dev"), ("Agent", "a")];
    let alarms = [
        alarm("Orders", "Placed", &agent),
        alarm("AWS/Lambda", "Throttles", &[("FunctionName", "f")]),
    ];
    let all = vec![
        found("Orders", "Placed", &[("Environment", "dev")]),
        found(
            "Orders",
            "Placed",
            &[("Agent", "a"), ("Environment", "dev")],
        ),
        found("AWS/Lambda", "Throttles", &[("FunctionName", "f")]),
        found("AWS/Lambda", "Throttles", &[("FunctionName", "g")]),
        found("AWS/Lambda", "Invocations", &[]),
    ];
    let charts = chosen(&Known::default(), &alarms.iter().collect::<Vec<_>>(), all);
    assert_eq!(
        names(&charts),
        [
            "Throttles f Maximum",
            "Placed a,dev Maximum",
            "Placed dev Sum"
        ]
    );
}

#[test]
fn of_a_metric_without_a_total_some_series_are_drawn() {
    let services = ["a", "b", "c", "d", "e"];
    let mut all: Vec<_> = services
        .iter()
        .map(|service| found("Shop", "Sold", &[("Service", service)]))
        .collect();
    all.push(found("Shop", "Sold", &[("Service", "a"), ("Shelf", "1")]));
    let charts = chosen(&Known::default(), &[], all);
    assert_eq!(
        names(&charts),
        ["Sold a Sum", "Sold b Sum", "Sold c Sum", "Sold d Sum"]
    );
    assert_eq!(charts[0].workload, "Shop");
}
