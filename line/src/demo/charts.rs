//! The metrics that the page draws: those that exist, read back from CloudWatch.

mod chosen;

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat},
};
use jiff::Timestamp;
use picket_alarms::Definition;

use crate::{
    journal::{Point, SeriesPoints, chart_name},
    known::Known,
};

use chosen::{Chart, Found, chosen};

/// The namespace of the workload `bedrock-usage`.
pub(super) const BEDROCK: &str = "BedrockUsage";

/// `GetMetricData` takes 500 queries.
const MOST_QUERIES: usize = 500;

/// A range of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// The minutes in a range of every metric that is drawn. `alarms` are those whose metrics are drawn with them.
pub(super) async fn read(
    client: &Client,
    known: &Known,
    alarms: &[&Definition],
    range: Range,
) -> Result<Vec<SeriesPoints>> {
    let charts = chosen(known, alarms, found(client).await?);
    let mut series = Vec::new();
    for charts in charts.chunks(MOST_QUERIES) {
        let queries = charts.iter().enumerate().map(query).collect();
        let answer = client
            .get_metric_data()
            .start_time(DateTime::from_secs(range.from.as_second()))
            .end_time(DateTime::from_secs(range.to.as_second()))
            .set_metric_data_queries(Some(queries))
            .send()
            .await?;
        let results = answer.metric_data_results();
        let drawn = charts.iter().enumerate().map(|(number, chart)| {
            let id = id(number);
            let result = results
                .iter()
                .find(|result| result.id() == Some(id.as_str()));
            drawn(chart, result.map(points).unwrap_or_default())
        });
        series.extend(drawn);
    }
    Ok(series)
}

/// Every metric that exists.
async fn found(client: &Client) -> Result<Vec<Found>> {
    let mut pages = client.list_metrics().into_paginator().send();
    let mut found = vec![];
    while let Some(page) = pages.next().await {
        let page = page.context("the metrics cannot be listed")?;
        found.extend(page.metrics().iter().filter_map(one));
    }
    Ok(found)
}

fn one(metric: &Metric) -> Option<Found> {
    let pair = |one: &Dimension| Some((one.name()?.to_owned(), one.value()?.to_owned()));
    Some(Found {
        namespace: metric.namespace()?.to_owned(),
        metric: metric.metric_name()?.to_owned(),
        dimensions: metric.dimensions().iter().filter_map(pair).collect(),
    })
}

fn drawn(chart: &Chart, points: Vec<Point>) -> SeriesPoints {
    let Found {
        namespace,
        metric,
        dimensions,
    } = &chart.metric;
    SeriesPoints {
        workload: chart.workload.clone(),
        name: chart_name(namespace, metric, dimensions),
        statistic: chart.statistic.clone(),
        unit: chart.unit.to_owned(),
        points,
    }
}

fn id(number: usize) -> String {
    format!("q{number}")
}

fn query((number, chart): (usize, &Chart)) -> MetricDataQuery {
    let Found {
        namespace,
        metric,
        dimensions,
    } = &chart.metric;
    let dimensions = dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace(namespace)
        .metric_name(metric)
        .set_dimensions(Some(dimensions.collect()));
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(60)
        .stat(&chart.statistic)
        .build();
    MetricDataQuery::builder()
        .id(id(number))
        .metric_stat(stat)
        .build()
}

fn points(result: &MetricDataResult) -> Vec<Point> {
    let mut points: Vec<Point> = result
        .timestamps()
        .iter()
        .zip(result.values())
        .map(|(at, &value)| Point {
            time: at.secs(),
            value,
        })
        .collect();
    points.sort_by_key(|point| point.time);
    points
}

/// The value of a total of [`BEDROCK`] in the minute that starts then.
pub(super) fn value(series: &[SeriesPoints], metric: &str, minute: Timestamp) -> Option<f64> {
    let points = &series
        .iter()
        .find(|series| series.name == chart_name(BEDROCK, metric, &[]))?
        .points;
    points
        .iter()
        .find(|point| point.time == minute.as_second())
        .map(|point| point.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_drawn_in_order_of_time() {
        let result = MetricDataResult::builder()
            .timestamps(DateTime::from_secs(120))
            .timestamps(DateTime::from_secs(60))
            .values(2.0)
            .values(1.0)
            .build();
        assert_eq!(
            points(&result),
            [
                Point {
                    time: 60,
                    value: 1.0
                },
                Point {
                    time: 120,
                    value: 2.0
                }
            ]
        );
    }

    #[test]
    fn a_minutes_value_is_found_by_metric_and_start() {
        let series = [SeriesPoints {
            workload: "bedrock-usage".into(),
            name: chart_name(BEDROCK, "APIErrors", &[]),
            statistic: "Sum".into(),
            unit: String::new(),
            points: vec![Point {
                time: 60,
                value: 4.0,
            }],
        }];
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(value(&series, "APIErrors", at(60)), Some(4.0));
        assert_eq!(value(&series, "APIErrors", at(0)), None);
        assert_eq!(value(&series, "Requests", at(60)), None);
    }
}
