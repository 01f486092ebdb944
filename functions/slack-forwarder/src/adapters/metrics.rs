//! The metrics of the health check, from CloudWatch.

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode},
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::{
    health::{MetricQuery, Series, Window},
    ports::ReadMetrics,
};

impl ReadMetrics for Adapters {
    async fn read_metrics(
        &self,
        queries: &[MetricQuery],
        window: Window,
    ) -> Result<Vec<Series>, Fault> {
        let resource = Resource::new("metrics", "of the health check", "");
        // At most 500 queries: a file has 30 checks of at most twelve. Answers above 100,800 values come in pages.
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
        let mut pages = self
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries.iter().enumerate().map(sent).collect()))
            .start_time(DateTime::from_secs(window.from.as_second()))
            .end_time(DateTime::from_secs(window.to.as_second()))
            .into_paginator()
            .send();
        let mut answers = vec![Series::new(); queries.len()];
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Fault::of(&resource, "read", error))?;
            for result in page.metric_data_results() {
                let answer = place(result).and_then(|place| answers.get_mut(place));
                let answer = answer.ok_or_else(|| {
                    Fault::permanent("CloudWatch answered a query that was not sent")
                })?;
                answer.extend(values(result)?);
            }
        }
        Ok(answers)
    }
}

/// A query under an id, which begins with a letter.
fn sent((place, query): (usize, &MetricQuery)) -> MetricDataQuery {
    let dimension =
        |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(&query.namespace)
        .metric_name(&query.name)
        .set_dimensions(Some(query.dimensions.iter().map(dimension).collect()));
    let seconds = query.period_minutes * 60;
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(i32::try_from(seconds).unwrap_or(i32::MAX))
        .stat(<&str>::from(query.statistic));
    MetricDataQuery::builder()
        .id(format!("q{place}"))
        .metric_stat(stat.build())
        .build()
}

/// Which query a result answers.
fn place(result: &MetricDataResult) -> Option<usize> {
    result.id()?.strip_prefix('q')?.parse().ok()
}

/// The values of a result. Part of them is on this page where it says so; an error of CloudWatch's is no absence of data.
fn values(result: &MetricDataResult) -> Result<Series, Fault> {
    match result.status_code() {
        Some(StatusCode::InternalError) => Err(Fault::transient(
            "CloudWatch could not read one of the metrics",
        )),
        Some(StatusCode::Forbidden) => Err(Fault::permanent(
            "CloudWatch does not allow to read one of the metrics: allow cloudwatch:GetMetricData",
        )),
        _ => {
            let times = result.timestamps().iter();
            let times = times.map(|at| Timestamp::from_second(at.secs()).unwrap_or_default());
            Ok(times.zip(result.values().iter().copied()).collect())
        }
    }
}
