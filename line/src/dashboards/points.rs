//! The datapoints of rows, read from the emulator.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, DimensionFilter, Metric, MetricDataQuery, MetricStat},
};
use jiff::Timestamp;
use picket_alarms::expression::{Context, Expression, Value};
use serde::Serialize;

use super::row::{Row, Selected, Shown};
use crate::{aws::Clients, journal::Point};

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct DrawnSeries {
    label: String,
    colour: Option<String>,
    /// Whether it is on the right axis.
    right: bool,
    points: Vec<Point>,
}

/// A range in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// The visible lines of a widget's rows.
pub(super) async fn series(
    clients: &Clients,
    rows: &[Row],
    range: Range,
) -> Result<Vec<DrawnSeries>> {
    let mut selected: Vec<(usize, Selected)> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        match &row.shown {
            Shown::Metric(metric) => selected.push((index, metric.clone())),
            Shown::Search {
                selected: metric,
                by,
            } => {
                let found = found(clients, metric, by).await?;
                selected.extend(found.into_iter().map(|metric| (index, metric)));
            }
            Shown::Math(_) => {}
        }
    }
    let points = read(clients, rows, &selected, range).await?;
    let of_row = |index: usize| {
        let all = selected.iter().zip(&points);
        all.filter(move |((row, _), _)| *row == index)
            .map(|((_, metric), points)| (metric, points))
    };
    let known: BTreeMap<&str, &Vec<Point>> = rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((row.id.as_deref()?, of_row(index).next()?.1)))
        .collect();
    let mut drawn = Vec::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_hidden) {
        let line = |label: String, points: Vec<Point>| DrawnSeries {
            label,
            colour: row.colour.clone(),
            right: row.is_right,
            points,
        };
        match &row.shown {
            Shown::Metric(_) | Shown::Search { .. } => {
                let lines =
                    of_row(index).map(|(metric, points)| line(label(row, metric), points.clone()));
                drawn.extend(lines);
            }
            Shown::Math(text) => {
                let label = row.label.clone().unwrap_or_else(|| text.clone());
                drawn.push(line(label, computed(text, row.period, &known, range)));
            }
        }
    }
    Ok(drawn)
}

/// Of a search, the values of the dimensions by which it searched.
fn label(row: &Row, metric: &Selected) -> String {
    match &row.shown {
        Shown::Search { by, .. } => {
            let values = metric
                .dimensions
                .iter()
                .filter(|(name, _)| by.contains(name));
            values
                .map(|(_, value)| value.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        }
        _ => row.label.clone().unwrap_or_else(|| metric.name.clone()),
    }
}

/// The metrics that a search finds.
async fn found(clients: &Clients, metric: &Selected, by: &[String]) -> Result<Vec<Selected>> {
    let filters = metric
        .dimensions
        .iter()
        .map(|(name, value)| DimensionFilter::builder().name(name).value(value).build());
    let answer = clients
        .cloudwatch()
        .list_metrics()
        .namespace(&metric.namespace)
        .metric_name(&metric.name)
        .set_dimensions(Some(filters.collect()))
        .send()
        .await?;
    let wanted: BTreeSet<&str> = metric
        .dimensions
        .iter()
        .map(|(name, _)| name.as_str())
        .chain(by.iter().map(String::as_str))
        .collect();
    let found = answer.metrics().iter().filter_map(|found| {
        let pair = |one: &Dimension| Some((one.name()?.to_owned(), one.value()?.to_owned()));
        let dimensions: Vec<(String, String)> =
            found.dimensions().iter().filter_map(pair).collect();
        let names: BTreeSet<&str> = dimensions.iter().map(|(name, _)| name.as_str()).collect();
        (names == wanted).then(|| Selected {
            dimensions,
            ..metric.clone()
        })
    });
    Ok(found.collect())
}

/// The points of each metric, in the order of the metrics.
async fn read(
    clients: &Clients,
    rows: &[Row],
    selected: &[(usize, Selected)],
    range: Range,
) -> Result<Vec<Vec<Point>>> {
    let mut points = vec![Vec::new(); selected.len()];
    let queries = selected.iter().enumerate();
    let queries: Vec<_> = queries
        .map(|(number, (row, metric))| query(number, metric, rows[*row].period))
        .collect();
    if queries.is_empty() {
        return Ok(points);
    }
    let answer = clients
        .cloudwatch()
        .get_metric_data()
        .start_time(DateTime::from_secs(range.start))
        .end_time(DateTime::from_secs(range.end))
        .set_metric_data_queries(Some(queries))
        .send()
        .await?;
    for result in answer.metric_data_results() {
        let number = result
            .id()
            .and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
        let Some(into) = number.and_then(|number| points.get_mut(number)) else {
            continue;
        };
        let times = result.timestamps().iter().map(DateTime::secs);
        let values = times.zip(result.values());
        *into = values.map(|(time, &value)| Point { time, value }).collect();
        into.sort_by_key(|point| point.time);
    }
    Ok(points)
}

fn query(number: usize, metric: &Selected, period: i64) -> MetricDataQuery {
    let dimensions = metric
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let stat = MetricStat::builder()
        .metric(
            Metric::builder()
                .namespace(&metric.namespace)
                .metric_name(&metric.name)
                .set_dimensions(Some(dimensions.collect()))
                .build(),
        )
        .period(i32::try_from(period).unwrap_or(i32::MAX))
        .stat(&metric.statistic)
        .build();
    MetricDataQuery::builder()
        .id(format!("q{number}"))
        .metric_stat(stat)
        .build()
}

/// An expression's points; none where it is not understood.
fn computed(
    text: &str,
    period: i64,
    known: &BTreeMap<&str, &Vec<Point>>,
    range: Range,
) -> Vec<Point> {
    let Ok(expression) = text.parse::<Expression>() else {
        return Vec::new();
    };
    let step = usize::try_from(period).unwrap_or(60).max(1);
    let times: Vec<i64> = (range.start..range.end).step_by(step).collect();
    let starts: Vec<Timestamp> = times
        .iter()
        .filter_map(|&time| Timestamp::from_second(time).ok())
        .collect();
    let at = |points: &[Point], time: i64| {
        let point = points
            .iter()
            .find(|point| (time..time + period).contains(&point.time));
        point.map(|point| point.value)
    };
    let known: BTreeMap<String, Value> = known
        .iter()
        .map(|(id, points)| {
            let values = times.iter().map(|&time| at(points, time)).collect();
            ((*id).to_owned(), Value::Series(values))
        })
        .collect();
    let metrics: Vec<String> = known.keys().cloned().collect();
    let value = expression.evaluate(&Context {
        starts: &starts,
        period: u32::try_from(period).unwrap_or(60),
        known: &known,
        metrics: &metrics,
        fills_empty: true,
    });
    let series = value.into_list().into_iter().next().unwrap_or_default();
    let points = times.iter().zip(series);
    points
        .filter_map(|(&time, value)| {
            Some(Point {
                time,
                value: value?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_computed_period_by_period() {
        let point = |time, value| Point { time, value };
        let errors = vec![point(60, 3.0)];
        let requests = vec![point(0, 10.0), point(60, 12.0), point(120, 0.0)];
        let known = BTreeMap::from([("errors", &errors), ("requests", &requests)]);
        let range = Range { start: 0, end: 180 };
        let rate = computed("100 * FILL(errors, 0) / requests", 60, &known, range);
        assert_eq!(rate, [point(0, 0.0), point(60, 25.0)]);
        let per_second = computed("requests / PERIOD(requests)", 60, &known, range);
        assert_eq!(per_second[1], point(60, 0.2));
        assert_eq!(computed("not math (", 60, &known, range), []);
    }
}
