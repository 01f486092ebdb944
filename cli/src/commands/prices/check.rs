//! `picket prices check`: the usage in a stack's ledger that has no price, and what it costs under a candidate.

use std::{collections::BTreeMap, fmt, fs, io, path::PathBuf};

use jiff::civil::Date;
use picket_aws::{
    Fault,
    ledger::{LedgerRows, LedgerTable},
};
use picket_rules::{
    overrides,
    prices::{self, PriceBook, Tier},
};
use picket_shared::{
    report::ErrorChain,
    usage::{TokenCounts, UnpricedMark, Usage, UsageRow},
};
use rust_decimal::Decimal;
use serde::Serialize;

use super::first_day;
use crate::{
    exit::Exit,
    output::Output,
    stack,
    style::{BAD, FAINT, RESET},
};

/// Unpriced usage of a model at a tier and context step.
#[derive(Debug, PartialEq, Serialize)]
struct Unpriced {
    model: String,
    tier: String,
    /// The tokens above which the requests' contexts are.
    above: u64,
    requests: u64,
    tokens: TokenCounts,
    /// What it costs with the candidate's prices, where a candidate is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<Candidate>,
}

/// The usage's cost with a candidate's prices.
#[derive(Debug, PartialEq, Serialize)]
struct Candidate {
    model: String,
    /// The price's row; `None` where the candidate has none for the tier and the context step.
    price: Option<String>,
    /// Dollars; `None` is unpriced there too.
    cost_usd: Option<Decimal>,
}

/// Whether everything has a price.
#[derive(Debug, Serialize)]
struct Priced {
    requests: u64,
    unpriced: u64,
}

/// Reads the ledger's rows of the last days and prints those without a price. Exit status 1 where there are any.
pub(super) async fn run(
    stack: &str,
    today: Date,
    days: u16,
    candidate: Option<String>,
    file: Option<PathBuf>,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let book = match file {
        None => prices::built_in().clone(),
        Some(file) => {
            let name = file.display().to_string();
            match overrides::prices(&name, &fs::read_to_string(&file)?) {
                Ok(book) => book,
                Err(problems) => {
                    output.complain(problems)?;
                    return Ok(Exit::Failed);
                }
            }
        }
    };
    match rows(stack, first_day(today, days), today).await {
        Ok(LedgerRows { rows, unreadable }) => {
            if unreadable > 0 {
                output.complain(format_args!(
                    "{unreadable} rows of the ledger cannot be read and are not checked; restore them from the table's backup"
                ))?;
            }
            report(&rows, &book, candidate.as_deref(), output)
        }
        Err(fault) => {
            output.complain(ErrorChain(&fault))?;
            Ok(Exit::Failed)
        }
    }
}

async fn rows(stack: &str, first: Date, last: Date) -> Result<LedgerRows, Fault> {
    let (aws, table) = stack::named(stack, "LedgerTable").await?;
    LedgerTable::new(aws_sdk_dynamodb::Client::new(&aws), table)
        .rows(first, last)
        .await
}

fn report(
    rows: &[UsageRow],
    book: &PriceBook,
    candidate: Option<&str>,
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let unpriced = unpriced(rows, book, candidate);
    for usage in &unpriced {
        output.answer(usage)?;
    }
    let all = rows.iter().map(|row| row.usage.requests);
    let without = unpriced.iter().map(|usage| usage.requests);
    output.answer(&Priced {
        requests: all.fold(0, u64::saturating_add),
        unpriced: without.fold(0, u64::saturating_add),
    })?;
    Ok(if unpriced.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// Returns the usage without a price by model, tier and context step.
fn unpriced(rows: &[UsageRow], book: &PriceBook, candidate: Option<&str>) -> Vec<Unpriced> {
    let mut groups: BTreeMap<(&str, Tier, u64), (Date, bool, Usage)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.cost(book).is_none()) {
        let key = &row.key;
        let mark = key.unpriced().unwrap_or_else(|| of_row(row, book));
        let group = (key.model.as_str(), mark.tier, mark.above);
        let (date, _, usage) =
            groups
                .entry(group)
                .or_insert((key.date, key.batch, Usage::default()));
        *date = (*date).max(key.date);
        *usage = usage.checked_add(row.usage).unwrap_or(*usage);
    }
    groups
        .into_iter()
        .map(|((model, tier, above), (date, batch, usage))| {
            let mark = UnpricedMark { tier, above };
            let candidate = candidate.map(|candidate| {
                let price = book.price_of(&mark.lookup(candidate, date));
                Candidate {
                    model: candidate.to_owned(),
                    price: price.map(|price| price.id.as_str().to_owned()),
                    cost_usd: price.and_then(|price| price.cost(&usage.tokens, batch)),
                }
            });
            Unpriced {
                model: model.to_owned(),
                tier: mark.tier.to_string(),
                above,
                requests: usage.requests,
                tokens: usage.tokens,
                candidate,
            }
        })
        .collect()
}

/// A row names a price that lacks a kind of its tokens, or that is not in the book.
fn of_row(row: &UsageRow, book: &PriceBook) -> UnpricedMark {
    let price = row.key.price.as_deref().and_then(|id| book.by_id(id));
    let tier = if row.key.batch {
        Tier::BATCH
    } else {
        price.map_or(Tier::STANDARD, |price| price.tier.clone())
    };
    UnpricedMark {
        tier,
        above: price.map_or(0, |price| price.above),
    }
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            model,
            tier,
            above,
            requests,
            tokens,
            candidate,
        } = self;
        write!(f, "{BAD}unpriced{RESET} {model} {tier}")?;
        if *above > 0 {
            write!(f, " above {above} tokens")?;
        }
        let TokenCounts {
            input,
            output,
            cache_read,
            cache_write_5m,
            cache_write_1h,
        } = tokens;
        write!(
            f,
            ": {requests} requests, {input} input and {output} output tokens, cache: {cache_read} read, {cache_write_5m} written for 5 minutes and {cache_write_1h} for an hour"
        )?;
        match candidate {
            None => Ok(()),
            Some(Candidate {
                model,
                price: Some(price),
                cost_usd: Some(dollars),
            }) => write!(f, "\n  as {model}: ${dollars} {FAINT}({price}){RESET}"),
            Some(Candidate { model, .. }) => write!(f, "\n  as {model}: unpriced too"),
        }
    }
}

impl fmt::Display for Priced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, unpriced } = self;
        write!(f, "{unpriced} of {requests} requests have no price")
    }
}

#[cfg(test)]
mod tests;
