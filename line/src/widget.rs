//! `GetMetricWidgetImage`, which MiniStack lacks: a plain drawing of the metrics that a widget names, read back from
//! MiniStack.
//!
//! MiniStack hands the request on ([`crate::emulator`]'s server), so that the permissions of the calling function's
//! role are checked.

mod canvas;
mod letters;
mod plot;
mod ticks;

use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result};
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::aws::Clients;
use plot::{Frame, Series};

/// Where the server draws; it gets the address of MiniStack once MiniStack runs.
pub type Source = Arc<OnceLock<Clients>>;

/// The fields of a widget that are used.
#[derive(Debug, Deserialize)]
struct Widget {
    start: Timestamp,
    end: Timestamp,
    width: u32,
    height: u32,
    metrics: Vec<Vec<Value>>,
    #[serde(default)]
    annotations: Annotations,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Annotations {
    horizontal: Vec<Annotation<f64>>,
    vertical: Vec<Annotation<Timestamp>>,
}

#[derive(Debug, Deserialize)]
struct Annotation<T> {
    value: T,
}

/// Its route: `POST /widget` with the widget as JSON, answered by a PNG.
pub fn router(source: Source) -> Router {
    Router::new()
        .route("/widget", post(draw))
        .with_state(source)
}

async fn draw(State(source): State<Source>, body: Bytes) -> Response {
    match drawn(&source, &body).await {
        Ok(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        Err(error) => {
            tracing::warn!("a widget cannot be drawn: {error:#}");
            (StatusCode::BAD_REQUEST, format!("{error:#}")).into_response()
        }
    }
}

async fn drawn(source: &Source, body: &[u8]) -> Result<Vec<u8>> {
    let widget: Widget = serde_json::from_slice(body).context("the widget cannot be read")?;
    let clients = source.get().context("MiniStack does not run yet")?;
    let seen = widget.metrics.iter().filter_map(|entry| query(entry));
    let queries: Vec<_> = seen
        .enumerate()
        .map(|(number, stat)| {
            MetricDataQuery::builder()
                .id(format!("m{number}"))
                .metric_stat(stat)
                .build()
        })
        .collect();
    let mut series = Vec::new();
    if !queries.is_empty() {
        let answer = clients
            .cloudwatch()
            .get_metric_data()
            .start_time(DateTime::from_secs(widget.start.as_second()))
            .end_time(DateTime::from_secs(widget.end.as_second()))
            .set_metric_data_queries(Some(queries))
            .send()
            .await?;
        for result in answer.metric_data_results() {
            let times = result.timestamps().iter().map(DateTime::secs);
            let mut points: Series = times.zip(result.values().iter().copied()).collect();
            points.sort_by_key(|(at, _)| *at);
            series.push(points);
        }
    }
    let frame = Frame {
        width: widget.width,
        height: widget.height,
        start: widget.start.as_second(),
        end: widget.end.as_second(),
        threshold: widget.annotations.horizontal.first().map(|line| line.value),
        change: widget
            .annotations
            .vertical
            .first()
            .map(|line| line.value.as_second()),
    };
    plot::plot(&frame, &series).png()
}

/// The metric of a widget's line; `None` for an expression, which MiniStack does not compute, and for a hidden line.
fn query(entry: &[Value]) -> Option<MetricStat> {
    let (options, names) = match entry.split_last() {
        Some((options, names)) if options.is_object() => (options, names),
        _ => (&Value::Null, entry),
    };
    if options["visible"] == false {
        return None;
    }
    let mut names = names.iter().filter_map(Value::as_str);
    let mut metric = Metric::builder()
        .namespace(names.next()?)
        .metric_name(names.next()?);
    while let (Some(name), Some(value)) = (names.next(), names.next()) {
        metric = metric.dimensions(Dimension::builder().name(name).value(value).build());
    }
    let period = options["period"].as_i64().unwrap_or(300);
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(i32::try_from(period).ok()?)
        .stat(options["stat"].as_str().unwrap_or("Average"));
    Some(stat.build())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_a_metric_with_its_dimensions_and_what_is_computed_or_hidden_is_none() {
        let entry = |value: Value| query(value.as_array().unwrap());
        let stat =
            entry(json!(["Shop", "Duration", "Service", "orders", {"stat": "p99", "period": 60}]))
                .unwrap();
        assert_eq!((stat.stat(), stat.period()), (Some("p99"), Some(60)));
        let metric = stat.metric().unwrap();
        assert_eq!(
            (metric.namespace(), metric.metric_name()),
            (Some("Shop"), Some("Duration"))
        );
        assert_eq!(metric.dimensions()[0].value(), Some("orders"));
        assert!(entry(json!([{"expression": "m1 / m2", "id": "e"}])).is_none());
        assert!(entry(json!(["Shop", "Errors", {"visible": false}])).is_none());
    }
}
