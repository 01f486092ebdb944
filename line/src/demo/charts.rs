//! The metrics that the page draws, read back from CloudWatch.

use anyhow::Result;
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat},
};
use jiff::Timestamp;

use super::throttled;
use crate::{
    aws::Clients,
    journal::{Point, SeriesPoints, chart_name},
};

struct Chart {
    namespace: &'static str,
    metric: &'static str,
    statistic: &'static str,
    unit: &'static str,
    dimension: (&'static str, &'static str),
}

const fn chart(
    namespace: &'static str,
    metric: &'static str,
    statistic: &'static str,
    unit: &'static str,
) -> Chart {
    Chart {
        namespace,
        metric,
        statistic,
        unit,
        dimension: ("Environment", "dev"),
    }
}

/// The namespace of the workload `bedrock-usage`.
pub(super) const BEDROCK: &str = "BedrockUsage";

const CHARTS: [Chart; 9] = [
    chart(BEDROCK, "Requests", "Sum", ""),
    chart(BEDROCK, "APIErrors", "Sum", ""),
    chart(BEDROCK, "APILatency", "p90", "ms"),
    chart(BEDROCK, "InputTokens", "Sum", ""),
    chart(BEDROCK, "OutputTokens", "Sum", ""),
    chart(BEDROCK, "EstimatedCost", "Sum", "USD"),
    chart("SchedulingAgent", "Appointments", "Sum", ""),
    chart("SchedulingAgent", "ToolLatencyMs", "p90", "ms"),
    Chart {
        dimension: ("FunctionName", throttled::NAME),
        ..chart("AWS/Lambda", "Throttles", "Sum", "")
    },
];

/// Every chart's minutes in a range.
pub(super) async fn read(
    clients: &Clients,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<SeriesPoints>> {
    let queries = CHARTS
        .iter()
        .enumerate()
        .map(|(number, chart)| query(number, chart))
        .collect();
    let answer = clients
        .cloudwatch()
        .get_metric_data()
        .start_time(DateTime::from_secs(from.as_second()))
        .end_time(DateTime::from_secs(to.as_second()))
        .set_metric_data_queries(Some(queries))
        .send()
        .await?;
    let result = |number: usize| {
        let id = format!("q{number}");
        answer
            .metric_data_results()
            .iter()
            .find(move |result| result.id() == Some(&id))
    };
    let series = |(number, chart): (usize, &Chart)| SeriesPoints {
        name: chart_name(chart.namespace, chart.metric),
        unit: chart.unit.to_owned(),
        points: result(number).map(points).unwrap_or_default(),
    };
    Ok(CHARTS.iter().enumerate().map(series).collect())
}

fn query(number: usize, chart: &Chart) -> MetricDataQuery {
    let (name, value) = chart.dimension;
    let metric = Metric::builder()
        .namespace(chart.namespace)
        .metric_name(chart.metric)
        .dimensions(Dimension::builder().name(name).value(value).build());
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(60)
        .stat(chart.statistic)
        .build();
    MetricDataQuery::builder()
        .id(format!("q{number}"))
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

/// A chart's value in the minute that starts then.
pub(super) fn value(series: &[SeriesPoints], metric: &str, minute: Timestamp) -> Option<f64> {
    let points = &series
        .iter()
        .find(|series| series.name == chart_name(BEDROCK, metric))?
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
        let name = chart_name(BEDROCK, "APIErrors");
        let series = [SeriesPoints {
            name,
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
