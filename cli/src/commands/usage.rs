//! `picket usage`: usage and cost of language models from a stack's ledger, throughput and latency from CloudWatch.

mod metrics;
mod report;

use std::{collections::BTreeSet, fs, io, path::PathBuf};

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use jiff::Timestamp;
use picket_aws::{
    Fault,
    fault::Resource,
    ledger::{LedgerRows, LedgerTable, read_recorded},
};
use picket_rules::{
    overrides,
    prices::{self, PriceBook},
};
use picket_shared::report::ErrorChain;
use serde::Serialize;

use self::{
    metrics::{MetricAnswer, MetricResult, Query, measured, point, queries},
    report::UsageReport,
};
use crate::{
    arguments::{Lasts, UsageArguments},
    aws,
    exit::Exit,
    input,
    output::Output,
    period::Period,
    stack,
};

/// The queries, as one value.
#[derive(Serialize)]
#[serde(transparent)]
struct Queries(Vec<Query>);

impl std::fmt::Display for Queries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| std::fmt::Error)?;
        f.write_str(&text)
    }
}

/// Reads and prints. Exit status 1 where the table or CloudWatch cannot be read, 2 where a file or the command line
/// makes no sense.
pub(crate) async fn run(
    arguments: UsageArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let Some(period) = period(&arguments, now) else {
        output.complain("--to is before --from")?;
        return Ok(Exit::Unreadable);
    };
    let queries = queries(&period, &arguments.environment);
    if arguments.queries {
        output.answer(&Queries(queries))?;
        return Ok(Exit::Done);
    }
    let (succeeded, exit) = succeeded(arguments.succeeded.as_ref(), output)?;
    let (book, exit) = match book(arguments.prices.as_ref(), output)? {
        Some(book) => (book, exit),
        None => return Ok(Exit::Failed),
    };
    let (answers, files_exit) = recorded_metrics(&arguments.metrics, output)?;
    let (recorded, ledger_exit) = recorded_ledger(&arguments.ledger, output)?;
    let exit = exit.max(files_exit).max(ledger_exit);
    if exit != Exit::Done {
        return Ok(exit);
    }
    let read = match &arguments.stack {
        Some(stack) => ledger(stack, &period).await,
        None => Ok(recorded),
    };
    let LedgerRows { rows, unreadable } = match read {
        Ok(rows) => rows,
        Err(fault) => {
            output.complain(ErrorChain(&fault))?;
            return Ok(Exit::Failed);
        }
    };
    let top = usize::try_from(arguments.top.get()).unwrap_or(usize::MAX);
    let mut report = UsageReport::new(
        (period.first, period.last),
        &rows,
        unreadable,
        |row| row.cost(&book),
        succeeded.as_ref(),
        top,
    );
    let mut exit = Exit::Done;
    if arguments.cloudwatch {
        match cloudwatch(&queries, &period).await {
            Ok(answers) => report.measured = Some(measured(&answers, point(&period))),
            // The ledger's part is worth having without it.
            Err(fault) => {
                output.complain(ErrorChain(&fault))?;
                exit = Exit::Failed;
            }
        }
    } else if !answers.is_empty() {
        report.measured = Some(measured(&answers, point(&period)));
    }
    output.answer(&report)?;
    Ok(exit)
}

fn period(arguments: &UsageArguments, now: Timestamp) -> Option<Period> {
    match (arguments.from, arguments.lasts) {
        (Some(from), _) => Period::days(from, arguments.to.unwrap_or(from), now),
        (None, lasts) => Some(Period::until(now, lasts.unwrap_or(Lasts::Days(1)))),
    }
}

fn succeeded(
    file: Option<&PathBuf>,
    output: &mut Output<'_>,
) -> io::Result<(Option<BTreeSet<String>>, Exit)> {
    let Some(file) = file else {
        return Ok((None, Exit::Done));
    };
    let (files, exit) = input::read_all(std::slice::from_ref(file), output)?;
    let text = files
        .iter()
        .map(|named| String::from_utf8_lossy(&named.bytes));
    let text = text.collect::<Vec<_>>().join("\n");
    let ids = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok((Some(ids.map(str::to_owned).collect()), exit))
}

fn book(file: Option<&PathBuf>, output: &mut Output<'_>) -> io::Result<Option<PriceBook>> {
    let Some(file) = file else {
        return Ok(Some(prices::built_in().clone()));
    };
    let name = file.display().to_string();
    match overrides::prices(&name, &fs::read_to_string(file)?) {
        Ok(book) => Ok(Some(book)),
        Err(problems) => {
            output.complain(problems)?;
            Ok(None)
        }
    }
}

fn recorded_metrics(
    files: &[PathBuf],
    output: &mut Output<'_>,
) -> io::Result<(Vec<MetricAnswer>, Exit)> {
    let (files, mut exit) = input::read_all(files, output)?;
    let mut answers = Vec::new();
    for named in files {
        match serde_json::from_slice(&named.bytes) {
            Ok(answer) => answers.push(answer),
            Err(error) => {
                output.complain(format_args!("{}: {error}", named.path))?;
                exit = Exit::Unreadable;
            }
        }
    }
    Ok((answers, exit))
}

fn recorded_ledger(files: &[PathBuf], output: &mut Output<'_>) -> io::Result<(LedgerRows, Exit)> {
    let (files, mut exit) = input::read_all(files, output)?;
    let mut rows = LedgerRows::default();
    for named in files {
        match read_recorded(&named.bytes) {
            Ok(read) => {
                rows.rows.extend(read.rows);
                rows.unreadable += read.unreadable;
            }
            Err(error) => {
                output.complain(format_args!("{}: {}", named.path, ErrorChain(&error)))?;
                exit = Exit::Unreadable;
            }
        }
    }
    Ok((rows, exit))
}

async fn ledger(stack: &str, period: &Period) -> Result<LedgerRows, Fault> {
    let (aws, table) = stack::named(stack, "LedgerTable").await?;
    LedgerTable::new(aws_sdk_dynamodb::Client::new(&aws), table)
        .rows(period.first, period.last)
        .await
}

/// Every page of CloudWatch's answer.
async fn cloudwatch(queries: &[Query], period: &Period) -> Result<Vec<MetricAnswer>, Fault> {
    let metrics = Resource::new(
        "metrics of this account",
        "in CloudWatch",
        "allow cloudwatch:GetMetricData",
    );
    let client = aws_sdk_cloudwatch::Client::new(&aws::config().await?);
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(queries.iter().map(sdk_query).collect()))
        .start_time(DateTime::from_secs(period.from.as_second()))
        .end_time(DateTime::from_secs(period.to.as_second()))
        .into_paginator()
        .send();
    let mut answers = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Fault::of(&metrics, "read", error))?;
        let results = page.metric_data_results.unwrap_or_default();
        answers.push(MetricAnswer {
            results: results.into_iter().map(result).collect(),
        });
    }
    Ok(answers)
}

fn result(result: aws_sdk_cloudwatch::types::MetricDataResult) -> MetricResult {
    let time = |at: DateTime| Timestamp::from_second(at.secs()).unwrap_or_default();
    MetricResult {
        id: result.id.unwrap_or_default(),
        timestamps: result
            .timestamps
            .unwrap_or_default()
            .into_iter()
            .map(time)
            .collect(),
        values: result.values.unwrap_or_default(),
    }
}

fn sdk_query(query: &Query) -> MetricDataQuery {
    let stat = &query.metric_stat;
    let dimensions = stat.metric.dimensions.iter().map(|dimension| {
        Dimension::builder()
            .name(&dimension.name)
            .value(&dimension.value)
            .build()
    });
    let metric = Metric::builder()
        .namespace(&stat.metric.namespace)
        .metric_name(&stat.metric.name)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(i32::try_from(stat.period).unwrap_or(i32::MAX))
        .stat(stat.stat)
        .build();
    MetricDataQuery::builder()
        .id(query.id)
        .metric_stat(stat)
        .build()
}
