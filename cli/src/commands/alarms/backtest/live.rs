//! The metrics of alarms, from CloudWatch.

use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{self, MetricDataQuery, StatusCode},
};
use jiff::{SignedDuration, Timestamp};
use picket_alarms::backtest::{Answers, OF_INSIGHTS, Query};
use picket_aws::{Fault, fault::Resource};

use super::{
    MOST_QUERIES,
    alarms::{Chosen, Kind},
};
use crate::period::Period;

/// Datapoints of an answer (API reference, `GetMetricData`, `MaxDatapoints`). Further pages come by `NextToken`, which
/// expressions do not have: a request asks for no more than fit.
const MOST_DATAPOINTS: i64 = 100_800;

/// The answers to all queries of the alarms.
pub(super) async fn read(chosen: &Chosen, period: &Period) -> Result<Answers, Fault> {
    let client = Client::new(&crate::aws::config().await?);
    answers(&client, chosen, period).await
}

async fn answers(client: &Client, chosen: &Chosen, period: &Period) -> Result<Answers, Fault> {
    let metrics = Resource::new(
        "metrics of this account",
        "in CloudWatch",
        "allow cloudwatch:GetMetricData",
    );
    let mut answers = Answers::default();
    for request in requests(chosen, period.length()) {
        let is_insights = request.iter().any(|query| query.is_insights());
        let reach = period.to.saturating_sub(OF_INSIGHTS).unwrap_or(period.from);
        let from = period
            .from
            .max(if is_insights { reach } else { period.from });
        let queries = request.iter().map(|query| sdk_query(query));
        let mut pages = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.collect()))
            .start_time(DateTime::from_secs(from.as_second()))
            .end_time(DateTime::from_secs(period.to.as_second()))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Fault::of(&metrics, "read", error))?;
            for result in page.metric_data_results.unwrap_or_default() {
                add(&mut answers, result);
            }
        }
        // A query that matches nothing has no series in the answer.
        for query in request.iter().filter(|query| query.is_insights()) {
            answers.ensure(&query.id);
        }
    }
    Ok(answers)
}

/// The queries by request. Those of an alarm stay together, since an expression names others; a metric that an earlier
/// request has is not asked for again where no expression needs it. A Metrics Insights query has a request of its own: it
/// can have only one (API reference, `GetMetricData`), and has as many series as there are groups.
fn requests(chosen: &Chosen, length: SignedDuration) -> Vec<Vec<&Query>> {
    let mut requests: Vec<Vec<&Query>> = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    let of_insights = chosen.queries().into_iter();
    let of_insights = of_insights.filter(|query| query.is_insights());
    for alarm in &chosen.0 {
        let Kind::Metric { definition, .. } = &alarm.kind else {
            continue;
        };
        let needs_all = !definition.supplied().is_empty();
        let own: Vec<&Query> = alarm
            .kind
            .queries()
            .iter()
            .filter(|query| !query.is_insights())
            .filter(|query| needs_all || !known.contains(&query.id.as_str()))
            .collect();
        known.extend(own.iter().map(|query| query.id.as_str()));
        let fits = |request: &[&Query]| {
            let datapoints = |query: &&Query| length.as_secs() / i64::from(seconds(query)) + 1;
            let all = || request.iter().chain(&own);
            all().count() <= MOST_QUERIES && all().map(datapoints).sum::<i64>() <= MOST_DATAPOINTS
        };
        match requests.last_mut().filter(|request| fits(request)) {
            Some(request) => {
                let new = own
                    .into_iter()
                    .filter(|query| !request.iter().any(|one| one.id == query.id));
                let new: Vec<&Query> = new.collect();
                request.extend(new);
            }
            None if own.is_empty() => {}
            None => requests.push(own),
        }
    }
    requests.extend(of_insights.map(|query| vec![query]));
    requests
}

fn seconds(query: &Query) -> u32 {
    let of_metric = query.metric_stat.as_ref().map(|stat| stat.period);
    of_metric.or(query.period).unwrap_or(60)
}

fn add(answers: &mut Answers, result: types::MetricDataResult) {
    let times = result.timestamps.unwrap_or_default().into_iter();
    let times = times.filter_map(|at| Timestamp::from_second(at.secs()).ok());
    let is_complete = result.status_code == Some(StatusCode::Complete);
    answers.add(
        &result.id.unwrap_or_default(),
        &result.label.unwrap_or_default(),
        times.zip(result.values.unwrap_or_default()),
        is_complete,
    );
}

fn sdk_query(query: &Query) -> MetricDataQuery {
    let whole = |seconds: u32| i32::try_from(seconds).unwrap_or(i32::MAX);
    let stat = query.metric_stat.as_ref().map(|stat| {
        let dimensions = stat.metric.dimensions.iter().map(|dimension| {
            types::Dimension::builder()
                .name(&dimension.name)
                .value(&dimension.value)
                .build()
        });
        let metric = types::Metric::builder()
            .namespace(&stat.metric.namespace)
            .metric_name(&stat.metric.name)
            .set_dimensions(Some(dimensions.collect()))
            .build();
        types::MetricStat::builder()
            .metric(metric)
            .period(whole(stat.period))
            .stat(&stat.stat)
            .set_unit(stat.unit.as_deref().map(Into::into))
            .build()
    });
    MetricDataQuery::builder()
        .id(&query.id)
        .set_label(query.label.clone())
        .set_metric_stat(stat)
        .set_expression(query.expression.clone())
        .set_period(query.period.map(whole))
        .set_account_id(query.account_id.clone())
        .build()
}

#[cfg(test)]
mod tests;
