//! `GetMetricData` for the health check.

use aws_sdk_cloudwatch::{
    operation::get_metric_data::GetMetricDataOutput,
    primitives::DateTime,
    types::{MetricDataResult, StatusCode},
};
use aws_smithy_mocks::{Rule, mock};
use jiff::Timestamp;
use picket_rules::health::Statistic;

use super::*;
use crate::{
    health::{MetricQuery, Series, Window},
    ports::ReadMetrics,
};

fn window() -> Window {
    Window::before("2026-11-20T06:45:00Z".parse().unwrap())
}

fn query(name: &str, statistic: Statistic) -> MetricQuery {
    MetricQuery {
        namespace: "AWS/Lambda".to_owned(),
        name: name.to_owned(),
        statistic,
        dimensions: vec![("FunctionName".to_owned(), "orders".to_owned())],
        period_minutes: 15,
    }
}

async fn read(rules: &[&Rule]) -> Result<Vec<Series>, Fault> {
    let (client, config) = cloudwatch(rules).await;
    let adapters = Adapters {
        cloudwatch: client,
        ..adapters(&config)
    };
    let queries = [
        query("Errors", Statistic::Sum),
        query("Duration", Statistic::SampleCount),
        query("Throttles", Statistic::Maximum),
    ];
    adapters.read_metrics(&queries, window()).await
}

fn result(id: &str, status: StatusCode, values: &[(i64, f64)]) -> MetricDataResult {
    let times = values.iter().map(|(at, _)| DateTime::from_secs(*at));
    MetricDataResult::builder()
        .id(id)
        .status_code(status)
        .set_timestamps(Some(times.collect()))
        .set_values(Some(values.iter().map(|(_, value)| *value).collect()))
        .build()
}

fn page(results: &[MetricDataResult], next: Option<&str>) -> GetMetricDataOutput {
    GetMetricDataOutput::builder()
        .set_metric_data_results(Some(results.to_vec()))
        .set_next_token(next.map(str::to_owned))
        .build()
}

#[tokio::test]
async fn the_values_of_all_pages_come_in_the_order_of_the_queries() {
    let from = window().from.as_second();
    let first = page(
        &[
            result("q1", StatusCode::Complete, &[(from, 7.0)]),
            result("q0", StatusCode::PartialData, &[(from, 1.0)]),
        ],
        Some("more"),
    );
    let second = page(
        &[result("q0", StatusCode::Complete, &[(from + 900, 2.0)])],
        None,
    );
    let first = mock!(aws_sdk_cloudwatch::Client::get_metric_data)
        .match_requests(|request| {
            let window = window();
            let queries = request.metric_data_queries();
            let stat = queries[1].metric_stat().unwrap();
            let metric = stat.metric().unwrap();
            let dimension = &metric.dimensions()[0];
            queries.len() == 3
                && request.start_time().map(DateTime::secs) == Some(window.from.as_second())
                && request.end_time().map(DateTime::secs) == Some(window.to.as_second())
                && (stat.stat(), stat.period()) == (Some("SampleCount"), Some(900))
                && (metric.namespace(), metric.metric_name())
                    == (Some("AWS/Lambda"), Some("Duration"))
                && (dimension.name(), dimension.value()) == (Some("FunctionName"), Some("orders"))
        })
        .then_output(move || first.clone());
    let second = mock!(aws_sdk_cloudwatch::Client::get_metric_data)
        .match_requests(|request| request.next_token() == Some("more"))
        .then_output(move || second.clone());
    let at = |seconds| Timestamp::from_second(from + seconds).unwrap();
    let expected: [Series; 3] = [
        vec![(at(0), 1.0), (at(900), 2.0)],
        vec![(at(0), 7.0)],
        vec![],
    ];
    assert_eq!(read(&[&first, &second]).await.unwrap(), expected);
}

#[tokio::test]
async fn a_metric_that_cannot_be_read_is_a_fault_and_not_missing_data() {
    for (results, is_transient) in [
        (result("q0", StatusCode::InternalError, &[]), true),
        (result("q0", StatusCode::Forbidden, &[]), false),
        (result("q9", StatusCode::Complete, &[]), false),
        (result("other", StatusCode::Complete, &[]), false),
    ] {
        let output = page(std::slice::from_ref(&results), None);
        let rule =
            mock!(aws_sdk_cloudwatch::Client::get_metric_data).then_output(move || output.clone());
        let fault = read(&[&rule]).await.unwrap_err();
        assert_eq!(fault.is_transient(), is_transient, "{results:?}: {fault}");
    }
}
