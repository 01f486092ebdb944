//! Throughput and latency of a period, from answers of `GetMetricData`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_rules::metrics::{self, ENVIRONMENT, MetricKind};
use serde::{Deserialize, Serialize};

use crate::period::Period;

/// The ids of the queries.
const REQUESTS: &str = "requests";
const TOTAL: &str = "latency_total";
const COUNT: &str = "latency_count";
const P95: &str = "latency_p95";

/// The metric of requests.
const REQUESTS_METRIC: &str = "Requests";
/// Seconds of a point of throughput.
const POINT: i64 = 300;
/// Seconds of a point of a long period, and the days from which a period is long: 2,016 points are a week.
const LONG_POINT: i64 = 3_600;
const LONG: i64 = 7 * 24 * 3_600;

/// One query, in the form of `aws cloudwatch get-metric-data --metric-data-queries`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Query {
    pub(super) id: &'static str,
    pub(super) metric_stat: MetricStat,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MetricStat {
    pub(super) metric: Metric,
    pub(super) period: i64,
    pub(super) stat: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Metric {
    pub(super) namespace: String,
    #[serde(rename = "MetricName")]
    pub(super) name: String,
    pub(super) dimensions: Vec<Dimension>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Dimension {
    pub(super) name: String,
    pub(super) value: String,
}

/// An answer, recorded or of the SDK.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct MetricAnswer {
    #[serde(rename = "MetricDataResults", default)]
    pub(super) results: Vec<MetricResult>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MetricResult {
    pub(super) id: String,
    #[serde(default)]
    pub(super) timestamps: Vec<Timestamp>,
    #[serde(default)]
    pub(super) values: Vec<f64>,
}

/// Throughput and latency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Measured {
    /// Requests of each point, oldest first. A point without requests is left out.
    pub(super) throughput: Vec<Throughput>,
    /// Milliseconds; `None` where no request has a latency.
    pub(super) latency: Option<Latency>,
}

/// Requests of some minutes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Throughput {
    pub(super) at: Timestamp,
    pub(super) requests: f64,
    pub(super) per_minute: f64,
    pub(super) per_second: f64,
}

/// Latency of a period, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Latency {
    pub(super) requests: f64,
    pub(super) average_ms: f64,
    /// The 95th percentile; `None` where CloudWatch gave none. Where CloudWatch divides the period, it is between these
    /// two.
    pub(super) p95_ms: Option<(f64, f64)>,
}

/// Seconds of a point of throughput in a period.
pub(super) fn point(period: &Period) -> i64 {
    if period.length().as_secs() > LONG {
        LONG_POINT
    } else {
        POINT
    }
}

/// The queries of a period; empty where no rule has usage and a distribution in milliseconds.
pub(super) fn queries(period: &Period, environment: &str) -> Vec<Query> {
    let Some((namespace, latency)) = latency_metric() else {
        return Vec::new();
    };
    // A percentile of two parts is not known from theirs: one datapoint of the whole, a multiple of a minute, or of the
    // hour of metrics older than 63 days (CloudWatch API Reference, `GetMetricData`).
    let unit = if period.length().as_secs() > LONG {
        LONG_POINT
    } else {
        60
    };
    let whole = (period.length().as_secs().max(1) + unit - 1).div_euclid(unit) * unit;
    let query = |id, name: &str, stat, period| Query {
        id,
        metric_stat: MetricStat {
            metric: Metric {
                namespace: namespace.clone(),
                name: name.to_owned(),
                dimensions: vec![Dimension {
                    name: ENVIRONMENT.to_owned(),
                    value: environment.to_owned(),
                }],
            },
            period,
            stat,
        },
    };
    let point = point(period);
    vec![
        query(REQUESTS, REQUESTS_METRIC, "Sum", point),
        query(TOTAL, &latency, "Sum", point),
        query(COUNT, &latency, "SampleCount", point),
        query(P95, &latency, "p95", whole),
    ]
}

/// The namespace of the workload with usage, and its metric of latency.
fn latency_metric() -> Option<(String, String)> {
    let rules = metrics::built_in()
        .iter()
        .find(|rules| rules.usage.is_some())?;
    let mut made = rules.rules.iter().flat_map(|rule| &rule.transformations);
    let latency = made.find(|made| {
        made.kind == MetricKind::Distribution && made.unit.as_str() == "Milliseconds"
    })?;
    let namespace = latency.namespace.as_str().to_owned();
    Some((namespace, latency.name.as_str().to_owned()))
}

/// Throughput and latency from the answers' pages.
pub(super) fn measured(answers: &[MetricAnswer], point: i64) -> Measured {
    let values = |id: &str| -> BTreeMap<Timestamp, f64> {
        let results = answers.iter().flat_map(|answer| &answer.results);
        results
            .filter(|result| result.id == id)
            .flat_map(|result| {
                result
                    .timestamps
                    .iter()
                    .copied()
                    .zip(result.values.iter().copied())
            })
            .collect()
    };
    #[expect(clippy::cast_precision_loss, reason = "minutes or an hour")]
    let seconds = point as f64;
    let throughput = values(REQUESTS)
        .into_iter()
        .map(|(at, requests)| Throughput {
            at,
            requests,
            per_minute: requests * 60.0 / seconds,
            per_second: requests / seconds,
        });
    let requests: f64 = values(COUNT).values().sum();
    let total: f64 = values(TOTAL).values().sum();
    let p95 = values(P95);
    let least = p95.values().copied().reduce(f64::min);
    let most = p95.values().copied().reduce(f64::max);
    Measured {
        throughput: throughput.collect(),
        latency: (requests > 0.0).then(|| Latency {
            requests,
            average_ms: total / requests,
            p95_ms: least.zip(most),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        let day = jiff::civil::date(2026, 11, 19);
        Period {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            first: day,
            last: day,
        }
    }

    fn answer(text: &str) -> MetricAnswer {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_percentile_is_of_the_whole_period_and_throughput_of_five_minutes() {
        for (from, to, point, whole) in [
            ("2026-11-19T06:00:30Z", "2026-11-19T07:00:00Z", 300, 3_600),
            ("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z", 300, 86_400),
            (
                "2026-11-01T00:00:00Z",
                "2026-11-19T00:30:00Z",
                3_600,
                1_558_800,
            ),
        ] {
            let queries = queries(&period(from, to), "prod");
            let table: Vec<_> = queries
                .iter()
                .map(|query| (query.id, query.metric_stat.stat, query.metric_stat.period))
                .collect();
            assert_eq!(
                table,
                [
                    ("requests", "Sum", point),
                    ("latency_total", "Sum", point),
                    ("latency_count", "SampleCount", point),
                    ("latency_p95", "p95", whole),
                ]
            );
            let metric = &queries[3].metric_stat.metric;
            assert_eq!(metric.dimensions[0].value, "prod");
        }
    }

    #[test]
    fn an_average_is_of_requests_and_not_of_points() {
        let pages = [
            answer(
                r#"{"MetricDataResults": [
                {"Id": "requests", "Timestamps": ["2026-11-19T06:05:00Z", "2026-11-19T06:00:00+00:00"], "Values": [30, 3000]},
                {"Id": "latency_total", "Timestamps": ["2026-11-19T06:00:00Z"], "Values": [3000000]},
                {"Id": "latency_count", "Timestamps": ["2026-11-19T06:00:00Z"], "Values": [3000]},
                {"Id": "latency_p95", "Timestamps": ["2026-11-19T06:00:00Z"], "Values": [1800]}]}"#,
            ),
            answer(
                r#"{"MetricDataResults": [
                {"Id": "latency_total", "Timestamps": ["2026-11-19T06:05:00Z"], "Values": [300000]},
                {"Id": "latency_count", "Timestamps": ["2026-11-19T06:05:00Z"], "Values": [30]}]}"#,
            ),
        ];
        let measured = measured(&pages, 300);
        let latency = measured.latency.unwrap();
        assert!((latency.average_ms - 3_300_000.0 / 3_030.0).abs() < 1e-9);
        assert_eq!(latency.p95_ms, Some((1_800.0, 1_800.0)));
        let rates: Vec<_> = measured
            .throughput
            .iter()
            .map(|point| (point.requests, point.per_minute))
            .collect();
        assert_eq!(rates, [(3_000.0, 600.0), (30.0, 6.0)]);
    }

    #[test]
    fn no_datapoints_are_no_latency() {
        let measured = measured(&[MetricAnswer::default()], 300);
        assert_eq!((measured.throughput.len(), measured.latency), (0, None));
    }
}
