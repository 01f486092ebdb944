//! The series of a panel, asked of the Prometheus.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::text::{Variables, legend};
use crate::{
    journal::Point,
    prometheus::{Queries, Range, SeriesOverTime},
};

/// Steps without a point after which a mark begins anew.
const GAP: i64 = 3;

/// What a panel shows.
#[derive(Debug, Serialize)]
pub(super) struct DrawnPanel {
    series: Vec<DrawnSeries>,
    /// Why there is none, in Prometheus's words.
    error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct DrawnSeries {
    name: String,
    labels: BTreeMap<String, String>,
    points: Vec<Point>,
    links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Link {
    title: String,
    url: String,
}

/// Something that began at a time.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Mark {
    name: String,
    /// Seconds since 1970.
    start: i64,
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The series of a panel. A query that Prometheus refuses is an error of the panel alone.
pub(super) async fn panel(
    prometheus: &Queries,
    panel: &Value,
    range: Range,
    variables: &Variables<'_>,
) -> DrawnPanel {
    let (mut series, mut error) = (Vec::new(), None);
    for target in list(&panel["targets"]) {
        match answers(prometheus, target, range, variables).await {
            Ok(found) => {
                let own = |found| drawn(panel, target, variables, found);
                series.extend(found.into_iter().map(own));
            }
            Err(refused) => error = Some(format!("{refused:#}")),
        }
    }
    if panel["type"] == "heatmap" {
        series = buckets(series);
    }
    DrawnPanel { series, error }
}

/// The values of a query over time, or the newest, as the panel's kind of query says.
async fn answers(
    prometheus: &Queries,
    target: &Value,
    range: Range,
    variables: &Variables<'_>,
) -> Result<Vec<SeriesOverTime>> {
    let query = variables.query(target["expr"].as_str().unwrap_or_default());
    if target["instant"] != true {
        return prometheus.range(&query, range).await;
    }
    let newest = prometheus.query(&query).await?;
    let newest = newest.into_iter().filter(|(_, value)| value.is_finite());
    let at = |(labels, value)| {
        let point = Point {
            time: range.end,
            value,
        };
        (labels, vec![point])
    };
    Ok(newest.map(at).collect())
}

fn drawn(
    panel: &Value,
    target: &Value,
    variables: &Variables<'_>,
    (labels, points): SeriesOverTime,
) -> DrawnSeries {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let links = list(&panel["fieldConfig"]["defaults"]["links"]).map(|link| Link {
        title: text(&link["title"]),
        url: variables.link(&text(&link["url"]), &labels),
    });
    DrawnSeries {
        name: legend(&text(&target["legendFormat"]), &labels),
        links: links.collect(),
        labels,
        points,
    }
}

/// Prometheus's buckets count what is in those below too: each less the one below it, from the lowest on.
fn buckets(mut series: Vec<DrawnSeries>) -> Vec<DrawnSeries> {
    let bound = |one: &DrawnSeries| {
        let text = one.labels.get("le").map_or("", String::as_str);
        text.parse().unwrap_or(f64::INFINITY)
    };
    series.sort_by(|a, b| bound(a).total_cmp(&bound(b)));
    let mut below: BTreeMap<i64, f64> = BTreeMap::new();
    for one in &mut series {
        for point in &mut one.points {
            let all = point.value;
            let less = below.insert(point.time, all).unwrap_or_default();
            point.value = (all - less).max(0.0);
        }
    }
    series
}

/// When each series of the annotations' queries began.
pub(super) async fn marks(
    prometheus: &Queries,
    annotations: &Value,
    range: Range,
) -> Result<Vec<Mark>> {
    let mut marks = Vec::new();
    for annotation in list(&annotations["list"]) {
        let Some(query) = annotation["expr"].as_str() else {
            continue;
        };
        let title = annotation["titleFormat"].as_str().unwrap_or_default();
        for (labels, points) in prometheus.range(query, range).await? {
            let name = legend(title, &labels);
            let starts = starts(&points, range.step);
            marks.extend(starts.map(|start| Mark {
                name: name.clone(),
                start,
            }));
        }
    }
    Ok(marks)
}

/// The times at which points begin after a gap.
fn starts(points: &[Point], step: i64) -> impl Iterator<Item = i64> {
    let before = std::iter::once(None).chain(points.iter().map(|point| Some(point.time)));
    let pairs = points.iter().zip(before);
    pairs.filter_map(move |(point, before)| {
        let is_start = before.is_none_or(|before| point.time - before > GAP * step);
        is_start.then_some(point.time)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[(i64, f64)]) -> Vec<Point> {
        let values = values.iter();
        values.map(|&(time, value)| Point { time, value }).collect()
    }

    fn bucket(bound: &str, values: &[(i64, f64)]) -> DrawnSeries {
        DrawnSeries {
            name: bound.to_owned(),
            labels: BTreeMap::from([("le".to_owned(), bound.to_owned())]),
            points: points(values),
            links: Vec::new(),
        }
    }

    #[test]
    fn a_bucket_is_what_is_not_in_the_ones_below() {
        let cumulative = vec![
            bucket("+Inf", &[(0, 9.0), (10, 4.0)]),
            bucket("0.5", &[(0, 2.0), (10, 4.0)]),
            bucket("0.25", &[(0, 2.0)]),
        ];
        let expected = vec![
            bucket("0.25", &[(0, 2.0)]),
            bucket("0.5", &[(0, 0.0), (10, 4.0)]),
            bucket("+Inf", &[(0, 7.0), (10, 0.0)]),
        ];
        assert_eq!(buckets(cumulative), expected);
    }

    #[test]
    fn a_mark_is_where_a_series_begins_and_where_it_begins_again() {
        let points = points(&[(10, 1.0), (20, 1.0), (60, 1.0), (70, 1.0)]);
        assert_eq!(starts(&points, 10).collect::<Vec<_>>(), [10, 60]);
        assert_eq!(starts(&points, 20).collect::<Vec<_>>(), [10]);
    }
}
