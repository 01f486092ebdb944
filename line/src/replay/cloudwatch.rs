//! What CloudWatch has of the workload `bedrock-usage`, and how far the publisher is with it.

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Metric as CloudWatchMetric, MetricDataQuery, MetricStat},
};
use jiff::{Timestamp, ToSpan};
use picket_aws::ledger::Sink;
use picket_shared::{chain::Slice, position::Position};

use super::{
    Connection,
    view::{METRICS, Metric, Scope, Series, count},
};

/// The namespace of the workload.
const NAMESPACE: &str = "BedrockUsage";
/// The environment that every line is deployed for.
const ENVIRONMENT: &str = "dev";
/// Queries of a `GetMetricData` request
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const QUERIES: usize = 500;
/// An hour in seconds: sums of sums are the same for any period, and these are few.
const PERIOD: i32 = 3_600;
/// Slices a page.
const PAGE: u16 = 500;

/// Minutes of which datapoints are added up, from the start of an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    from: Timestamp,
    to: Timestamp,
}

impl Range {
    /// From a recording's first request to hours after `now`, the time of its last: every datapoint is in it, whether
    /// it has the time of its event or of its arrival.
    pub(super) fn around(first: Timestamp, now: Timestamp) -> Result<Self> {
        let hour = i64::from(PERIOD);
        let start = first.as_second().div_euclid(hour) * hour;
        Ok(Self {
            from: Timestamp::from_second(start)?,
            to: now.checked_add(6.hours())?,
        })
    }
}

/// The sums of the three metrics, by series.
pub(super) async fn read(connection: &Connection, range: Range) -> Result<Series> {
    let client = connection.clients.cloudwatch();
    let mut series = Series::new();
    for metric in &METRICS {
        let listed = list(&client, metric).await?;
        for listed in listed.chunks(QUERIES) {
            read_some(&client, metric, listed, range, &mut series).await?;
        }
    }
    Ok(series)
}

/// The metric's series of this environment.
async fn list(client: &Client, metric: &Metric) -> Result<Vec<(Scope, CloudWatchMetric)>> {
    let mut pages = client
        .list_metrics()
        .namespace(NAMESPACE)
        .metric_name(metric.cloudwatch)
        .into_paginator()
        .send();
    let mut listed = Vec::new();
    while let Some(page) = pages.next().await {
        listed.extend(page?.metrics.unwrap_or_default());
    }
    let with_scope = |listed: CloudWatchMetric| Some((scope(&listed)?, listed));
    Ok(listed.into_iter().filter_map(with_scope).collect())
}

fn scope(metric: &CloudWatchMetric) -> Option<Scope> {
    let value = |name: &str| {
        let dimensions = metric.dimensions().iter();
        let mut named = dimensions.filter(|dimension| dimension.name() == Some(name));
        named.next()?.value().map(str::to_owned)
    };
    (value("Environment")? == ENVIRONMENT)
        .then(|| Scope::of(value("AgentId"), value("ModelId")))
        .flatten()
}

async fn read_some(
    client: &Client,
    metric: &Metric,
    listed: &[(Scope, CloudWatchMetric)],
    range: Range,
    series: &mut Series,
) -> Result<()> {
    let queries = listed.iter().enumerate();
    let mut pages = client
        .get_metric_data()
        .start_time(DateTime::from_secs(range.from.as_second()))
        .end_time(DateTime::from_secs(range.to.as_second()))
        .set_metric_data_queries(Some(
            queries.map(|(number, (_, of))| query(number, of)).collect(),
        ))
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        for result in page?.metric_data_results() {
            let number = result.id().and_then(|id| id.strip_prefix('q'));
            let number: usize = number
                .context("a result without its query's name")?
                .parse()?;
            let (scope, _) = listed.get(number).context("a result of no query")?;
            let counts = series.entry(scope.clone()).or_default();
            for value in result.values() {
                let value = count(*value);
                let value = value
                    .with_context(|| format!("{} is no count: {value:?}", metric.cloudwatch))?;
                (metric.put)(counts, value);
            }
        }
    }
    Ok(())
}

fn query(number: usize, metric: &CloudWatchMetric) -> MetricDataQuery {
    let stat = MetricStat::builder()
        .metric(metric.clone())
        .period(PERIOD)
        .stat("Sum")
        .build();
    MetricDataQuery::builder()
        .id(format!("q{number}"))
        .metric_stat(stat)
        .build()
}

/// Whether CloudWatch has every slice of every chain, and nothing is claimed.
pub(super) async fn is_level(connection: &Connection) -> Result<bool> {
    for chain in connection.chain.chains().await? {
        let newest = connection.chain.newest_mark(&chain).await?;
        let cursor = connection.ledger.cursor(Sink::CloudWatch, &chain).await?;
        let level = match cursor {
            Some(cursor) => cursor.claim.is_none() && cursor.mark >= newest,
            None => newest == Position::start(),
        };
        if !level {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Slices that the publisher sent again because they may have been sent: what `PublishAmbiguous` counts, as the cursors
/// have it.
pub(super) async fn ambiguous(connection: &Connection) -> Result<u64> {
    let mut all = 0;
    for chain in connection.chain.chains().await? {
        let cursor = connection.ledger.cursor(Sink::CloudWatch, &chain).await?;
        all += cursor.map_or(0, |cursor| cursor.ambiguous);
    }
    Ok(all)
}

/// Requests of the slice that has most of them.
pub(super) async fn largest_slice(connection: &Connection) -> Result<u64> {
    let mut largest = 0;
    for chain in connection.chain.chains().await? {
        let mut from = Position::start();
        loop {
            let slices = connection.chain.read_from(&chain, &from, PAGE).await?;
            let slices: Vec<Slice> = slices.into_iter().collect::<Result<_, _>>()?;
            let Some(last) = slices.last() else { break };
            ensure!(last.after > from, "chain {chain} leads back to {from:?}");
            from = last.after.clone();
            largest = slices
                .iter()
                .map(requests)
                .max()
                .max(Some(largest))
                .unwrap_or(largest);
        }
    }
    Ok(largest)
}

fn requests(slice: &Slice) -> u64 {
    let of = slice.body.series.iter().filter(|series| {
        let key = &series.key;
        key.namespace == NAMESPACE && key.name == "Requests" && key.dimensions.len() == 1
    });
    of.map(|series| series.aggregate.statistics().count).sum()
}
