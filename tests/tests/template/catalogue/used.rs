//! The metrics that alarms and dashboards of the templates name.

use std::collections::BTreeSet;

use picket_rules::health::{self, Health};
use serde_json::Value;

use crate::alarms::{deployed, metric_alarms};

/// A metric with dimensions and a statistic, and who names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    /// The alarm or dashboard, by logical id.
    pub(crate) place: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeSet<String>,
    pub(crate) statistic: String,
    /// The label of the axis that it is drawn on.
    pub(crate) axis: Option<String>,
}

/// Everything that is named, in every template.
pub(crate) fn used() -> Vec<Used> {
    let deployed = deployed();
    let mut all = Vec::new();
    for (alarm, definition) in metric_alarms(&deployed) {
        all.extend(definition.inputs().iter().map(|input| {
            Used {
                place: alarm.id.clone(),
                namespace: input.namespace.clone(),
                name: input.metric_name.clone(),
                dimensions: input
                    .dimensions
                    .iter()
                    .map(|(name, _)| name.clone())
                    .collect(),
                statistic: input.statistic.to_string(),
                axis: None,
            }
        }));
    }
    for one in &deployed {
        for (id, resource) in &one.resolved.resources {
            if resource.kind == "AWS::CloudWatch::Dashboard" {
                let body = resource.properties["DashboardBody"]
                    .as_str()
                    .expect("a text");
                let body: Value = serde_json::from_str(body).expect("a body is JSON");
                all.extend(of_dashboard(id, &body));
            }
        }
    }
    all.extend(health::built_in().iter().flat_map(of_health));
    all
}

/// The metrics of a workload's expected values.
fn of_health(health: &Health) -> impl Iterator<Item = Used> {
    let queries = health.checks.iter().flat_map(|check| {
        let place = format!("{}: {}", health.file, check.name);
        check.queries().map(move |query| (place.clone(), query))
    });
    queries.map(|(place, query)| Used {
        place,
        namespace: query.namespace.clone(),
        name: query.name.as_str().to_owned(),
        dimensions: query
            .dimensions
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
        statistic: query.statistic.to_string(),
        axis: None,
    })
}

fn of_dashboard(id: &str, body: &Value) -> Vec<Used> {
    let widgets = body["widgets"].as_array().expect("a dashboard has widgets");
    let mut all = Vec::new();
    for properties in widgets.iter().map(|widget| &widget["properties"]) {
        let mut above: Vec<String> = Vec::new();
        for row in properties["metrics"].as_array().into_iter().flatten() {
            let row = row.as_array().expect("a metric is a list");
            let options = row.last().filter(|last| last.is_object());
            let option = |name: &str| Some(options?[name].as_str()?.to_owned());
            let side = option("yAxis").unwrap_or_else(|| "left".to_owned());
            let is_hidden = options.is_some_and(|options| options["visible"] == false);
            let axis = properties["yAxis"][side]["label"]
                .as_str()
                .filter(|_| !is_hidden);
            let axis = axis.map(str::to_owned);
            if let Some(expression) = option("expression") {
                all.extend(searched(id, &expression).map(|one| Used { axis, ..one }));
                continue;
            }
            let names: Vec<&str> = row.iter().filter_map(Value::as_str).collect();
            above = expanded(&names, &above);
            let statistic = option("stat")
                .or_else(|| Some(properties["stat"].as_str()?.to_owned()))
                .unwrap_or_else(|| "Average".to_owned());
            all.push(Used {
                place: id.to_owned(),
                namespace: above[0].clone(),
                name: above[1].clone(),
                dimensions: above[2..].iter().step_by(2).cloned().collect(),
                statistic,
                axis,
            });
        }
    }
    all
}

/// `.` is what the row above has in that place, and `...` as many of its places as are missing.
fn expanded(names: &[&str], above: &[String]) -> Vec<String> {
    let mut row: Vec<String> = Vec::new();
    for &name in names {
        match name {
            "." => row.push(above[row.len()].clone()),
            "..." => row.extend_from_slice(&above[..above.len() - (names.len() - 1)]),
            name => row.push(name.to_owned()),
        }
    }
    row
}

/// The metric of `SEARCH('{namespace,dimension,…} MetricName="name" …', 'statistic', …)`.
fn searched(id: &str, expression: &str) -> Option<Used> {
    let (_, rest) = expression.split_once("SEARCH('{")?;
    let (schema, rest) = rest.split_once('}')?;
    let (_, rest) = rest.split_once("MetricName=\"")?;
    let (name, rest) = rest.split_once('"')?;
    let (_, rest) = rest.split_once("', '")?;
    let (statistic, _) = rest.split_once('\'')?;
    let mut names = schema
        .split(',')
        .map(|name| name.trim_matches('"').to_owned());
    Some(Used {
        place: id.to_owned(),
        namespace: names.next()?,
        name: name.to_owned(),
        dimensions: names.collect(),
        statistic: statistic.to_owned(),
        axis: None,
    })
}

#[test]
fn rows_repeat_the_row_above() {
    let above = ["App", "Errors", "Service", "orders"].map(str::to_owned);
    assert_eq!(expanded(&[".", "Retries", ".", "."], &above)[1], "Retries");
    assert_eq!(expanded(&["..."], &above), above);
    assert_eq!(expanded(&["...", "cart"], &above)[2..], ["Service", "cart"]);
}
