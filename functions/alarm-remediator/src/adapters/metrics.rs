//! Metrics, from CloudWatch.

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy},
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::reads::{MetricQuery, ReadMetrics};

/// The length of a period: the metrics of AWS services come a minute at a time.
const PERIOD_SECONDS: i32 = 60;

impl ReadMetrics for Adapters {
    async fn metrics(
        &self,
        queries: &[MetricQuery],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Vec<f64>>, Fault> {
        let resource = Resource::new("metrics", "of the target", "");
        let queries_sent = queries.iter().enumerate().map(to_query).collect();
        // A request has at most 500 queries, and an answer 100,800 values: a page holds an hour of each action's few
        // metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
        let answer = self
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries_sent))
            .start_time(DateTime::from_secs(from.as_second()))
            .end_time(DateTime::from_secs(to.as_second()))
            .scan_by(ScanBy::TimestampAscending)
            .send()
            .await
            .map_err(|error| Fault::of(&resource, "read", error))?;
        let values = |index: usize| {
            let results = answer.metric_data_results();
            let result = results
                .iter()
                .find(|result| result.id() == Some(&id(index)));
            result.map_or_else(Vec::new, |result| MetricDataResult::values(result).to_vec())
        };
        Ok((0..queries.len()).map(values).collect())
    }
}

/// An id of a query, which begins with a lower-case letter.
fn id(index: usize) -> String {
    format!("q{index}")
}

fn to_query((index, query): (usize, &MetricQuery)) -> MetricDataQuery {
    let dimensions = query
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(value).build())
        .collect::<Vec<_>>();
    let metric = Metric::builder()
        .namespace(query.namespace)
        .metric_name(query.name)
        .set_dimensions((!dimensions.is_empty()).then_some(dimensions))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(PERIOD_SECONDS)
        .stat(query.statistic)
        .build();
    MetricDataQuery::builder()
        .id(id(index))
        .metric_stat(stat)
        .build()
}
