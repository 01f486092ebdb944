//! `picket ingest`: Kinesis events or payload lines through the event processor's core.

mod counting;
mod unmatched;

use std::{fmt, io};

use event_processor::{
    ingest::{Ingest, Ingested, Line, Series, UsageLine},
    rules::RuleSet,
};
use jiff::Timestamp;
use picket_rules::{metrics::MetricRules, prices::PriceBook};
use picket_shared::money;
use rust_decimal::Decimal;
use serde::Serialize;

use self::{counting::Counting, unmatched::Unmatched};
use crate::{
    arguments::IngestArguments,
    configured::{Configured, Sources},
    exit::Exit,
    output::Output,
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

/// The stack whose heartbeats would count: none, since no stack has this name.
const STACK: &str = "picket-ingest";

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Totals(Ingested);

/// Prints one total over all files, after a line for each file that is not understood.
pub(crate) fn run(
    arguments: &IngestArguments,
    now: Timestamp,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let (rules, prices) = match configuration(arguments) {
        Ok(configuration) => configuration,
        Err(reason) => {
            output.complain(reason)?;
            return Ok(Exit::Unreadable);
        }
    };
    output.note(format_args!("rules: {}", rules.origin))?;
    output.note(format_args!("prices: {}", prices.origin))?;
    let workloads = rules.value.clone();
    let rule_set = RuleSet::new(workloads, prices.value, &arguments.environment, STACK);
    let mut counting = Counting::new(Ingest::new(rule_set, now));
    let mut exit = Exit::Done;
    for file in &arguments.files {
        exit = exit.max(counting.take(file, output)?);
    }
    if counting.understood > 0 {
        let totals = counting.ingest.finish();
        let matches_nothing = totals.records.matched == 0 && totals.records.unmatched > 0;
        output.answer(&Totals(totals))?;
        if matches_nothing && let Some(why) = Unmatched::of(&counting.first, &rules.value) {
            output.note(why)?;
        }
    }
    Ok(exit)
}

/// The rules and prices to count by, or why there are none.
fn configuration(
    arguments: &IngestArguments,
) -> Result<(Configured<Vec<MetricRules>>, Configured<PriceBook>), String> {
    let sources = Sources::here();
    let rules = sources.rules(&arguments.rules)?;
    let prices = sources.prices(arguments.prices.as_deref())?;
    Ok((rules, prices))
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Ingested {
            records,
            series,
            usage,
            quarantine,
        }) = self;
        write!(
            f,
            "{BOLD}{} records{RESET}: {} matched, {} unmatched, {} quarantined",
            records.read, records.matched, records.unmatched, records.quarantined
        )?;
        heading(f, "usage", usage.len())?;
        usage.iter().try_for_each(|line| show_usage(f, line))?;
        heading(f, "series", series.len())?;
        series
            .iter()
            .try_for_each(|series| show_series(f, series))?;
        heading(f, "quarantine", quarantine.len())?;
        quarantine.iter().try_for_each(|record| {
            let place = match &record.line {
                Some(Line { file, number }) => format!("{file}:{number}"),
                None => record.position.clone(),
            };
            let reason = &record.reason;
            write!(f, "\n  {BAD}{}{RESET} {reason}", Value(&place))
        })
    }
}

fn heading(f: &mut fmt::Formatter<'_>, title: &str, count: usize) -> fmt::Result {
    if count == 0 {
        Ok(())
    } else {
        write!(f, "\n\n{BOLD}{title}{RESET} ({count})")
    }
}

fn show_usage(f: &mut fmt::Formatter<'_>, line: &UsageLine) -> fmt::Result {
    let agent = if line.agent.is_empty() {
        "(no agent)"
    } else {
        &line.agent
    };
    let cost = line.cost_usd.map_or_else(|| "unpriced".to_owned(), dollars);
    write!(
        f,
        "\n  {} {} {}",
        line.date,
        Value(agent),
        Value(&line.model)
    )?;
    if let Some(incident) = &line.incident {
        write!(f, " for {}", Value(incident))?;
    }
    write!(
        f,
        ": {} requests, tokens {} in, {} out, {} read from cache, {} written to it: {BOLD}{cost}{RESET}",
        line.requests,
        line.input_tokens,
        line.output_tokens,
        line.cache_read_tokens,
        line.cache_write_tokens
    )
}

/// Dollars to the cent; less than one in full, as a request costs.
fn dollars(cost: Decimal) -> String {
    if cost.abs() < Decimal::new(1, 2) {
        format!("${cost}")
    } else {
        money::dollars(cost)
    }
}

fn show_series(f: &mut fmt::Formatter<'_>, series: &Series) -> fmt::Result {
    let dimensions: Vec<_> = series
        .dimensions
        .iter()
        .map(|(name, value)| format!("{}={}", Value(name), Value(value)))
        .collect();
    write!(
        f,
        "\n  {} {}/{} {FAINT}{}{RESET} count {} sum {} min {} max {} {}",
        series.minute,
        series.namespace,
        series.name,
        dimensions.join(" "),
        series.count,
        series.sum,
        series.min,
        series.max,
        series.unit
    )
}
