//! An account's alarms, metric filters, dashboards and saved queries, read with credentials, in the form of the AWS CLI's
//! answers, so that recorded and live answers are read by the same code.

mod alarms;

use std::error::Error;

use aws_types::SdkConfig;
use picket_shared::report::ErrorChain;
use serde_json::{Value, json};

pub(crate) use alarms::{alarm_history, alarms, mute_rules};

/// The metric filters of all log groups (`logs:DescribeMetricFilters`).
pub(crate) async fn metric_filters(aws: &SdkConfig) -> Result<Value, String> {
    let mut pages = aws_sdk_cloudwatchlogs::Client::new(aws)
        .describe_metric_filters()
        .into_paginator()
        .send();
    let mut filters = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refusal("the metric filters cannot be read", &error))?;
        filters.extend(page.metric_filters().iter().map(|filter| {
            let metrics = filter.metric_transformations().iter().map(|metric| {
                without_nulls(json!({
                    "metricName": metric.metric_name(),
                    "metricNamespace": metric.metric_namespace(),
                    "metricValue": metric.metric_value(),
                    "defaultValue": metric.default_value(),
                    "unit": metric.unit().map(|unit| unit.as_str().to_owned()),
                    "dimensions": metric.dimensions(),
                }))
            });
            without_nulls(json!({
                "filterName": filter.filter_name(),
                "filterPattern": filter.filter_pattern(),
                "logGroupName": filter.log_group_name(),
                "metricTransformations": metrics.collect::<Vec<_>>(),
            }))
        }));
    }
    Ok(json!({"metricFilters": filters}))
}

/// The saved queries (`logs:DescribeQueryDefinitions`).
pub(crate) async fn query_definitions(aws: &SdkConfig) -> Result<Value, String> {
    let client = aws_sdk_cloudwatchlogs::Client::new(aws);
    let (mut queries, mut token) = (vec![], None);
    loop {
        let page = client
            .describe_query_definitions()
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| refusal("the saved queries cannot be read", &error))?;
        queries.extend(page.query_definitions().iter().map(|query| {
            json!({
                "name": query.name(),
                "queryString": query.query_string(),
                "logGroupNames": query.log_group_names(),
            })
        }));
        token = page.next_token;
        if token.is_none() {
            return Ok(json!({"queryDefinitions": queries}));
        }
    }
}

/// Every dashboard (`cloudwatch:ListDashboards`, `cloudwatch:GetDashboard`).
pub(crate) async fn dashboards(aws: &SdkConfig) -> Result<Vec<Value>, String> {
    let client = aws_sdk_cloudwatch::Client::new(aws);
    let mut pages = client.list_dashboards().into_paginator().send();
    let mut dashboards = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refusal("the dashboards cannot be listed", &error))?;
        for entry in page.dashboard_entries() {
            let name = entry.dashboard_name().unwrap_or_default();
            let one = client.get_dashboard().dashboard_name(name).send().await;
            let one = one.map_err(|error| {
                refusal(&format!("the dashboard {name} cannot be read"), &error)
            })?;
            dashboards.push(json!({
                "DashboardName": one.dashboard_name(),
                "DashboardBody": one.dashboard_body(),
            }));
        }
    }
    Ok(dashboards)
}

/// The sentence on what could not be done, with AWS's reason.
pub(crate) fn refusal(what: &str, error: &dyn Error) -> String {
    format!("{what}: {}", ErrorChain(error))
}

fn without_nulls(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}
