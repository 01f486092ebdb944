//! The metrics of a function and its account, from CloudWatch.

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use crate::{
    actions::reserved_concurrency::ports::{Measured, ReadMeasurements},
    adapters::Adapters,
};

/// The queries of [`Measured`]: id, metric, statistic, and whether it is the function's or the account's.
const QUERIES: [(&str, &str, &str, bool); 3] = [
    ("function_peak", "ConcurrentExecutions", "Maximum", true),
    ("account_peak", "ConcurrentExecutions", "Maximum", false),
    ("throttles", "Throttles", "Sum", true),
];

/// Lambda's metrics come a minute at a time.
const PERIOD_SECONDS: i32 = 60;

impl ReadMeasurements for Adapters {
    async fn measured(
        &self,
        function: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Measured, Fault> {
        let metrics = Resource::new("metrics of", function, "");
        // Three metrics of a quarter of an hour are one page, whose limit is 100,800 values.
        let answer = self
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(
                QUERIES.map(|query| to_query(query, function)).to_vec(),
            ))
            .start_time(DateTime::from_secs(from.as_second()))
            .end_time(DateTime::from_secs(to.as_second()))
            .send()
            .await
            .map_err(|error| Fault::of(&metrics, "read", error))?;
        let values = |id: &str| {
            let results = answer.metric_data_results();
            let result = results.iter().find(|result| result.id() == Some(id));
            result
                .map(|result| result.values().to_vec())
                .unwrap_or_default()
        };
        Ok(Measured {
            function_peak: values("function_peak").into_iter().map(whole).max(),
            account_peak: values("account_peak").into_iter().map(whole).max(),
            throttles: values("throttles")
                .into_iter()
                .map(whole)
                .reduce(u32::saturating_add),
        })
    }
}

fn to_query(
    (id, name, statistic, of_function): (&str, &str, &str, bool),
    function: &str,
) -> MetricDataQuery {
    let dimension = Dimension::builder()
        .name("FunctionName")
        .value(function)
        .build();
    let metric = Metric::builder()
        .namespace("AWS/Lambda")
        .metric_name(name)
        .set_dimensions(of_function.then(|| vec![dimension]))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(PERIOD_SECONDS)
        .stat(statistic)
        .build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

/// The count nearest to a value of CloudWatch.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and takes what is not a number for 0"
)]
fn whole(value: f64) -> u32 {
    value.round() as u32
}
