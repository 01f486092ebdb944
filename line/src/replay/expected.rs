use anyhow::{Context, Result};
use picket_rules::prices;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    counts::Counts,
    recording::{MODEL, Recording, Request, day},
};
use crate::emulator::REGION;

/// Requests, tokens and dollars.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens generated.
    pub output_tokens: u64,
    /// Dollars, exact.
    pub cost_usd: Decimal,
}

impl Totals {
    /// Without the dollars.
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.requests,
            input_tokens: self.input_tokens,
            output_tokens: self.output_tokens,
        }
    }

    /// The difference from an earlier state.
    pub(super) fn less(&self, before: &Self) -> Result<Self> {
        let less = |now: u64, before: u64| {
            now.checked_sub(before)
                .context("the ledger has less than before")
        };
        Ok(Self {
            requests: less(self.requests, before.requests)?,
            input_tokens: less(self.input_tokens, before.input_tokens)?,
            output_tokens: less(self.output_tokens, before.output_tokens)?,
            cost_usd: (self.cost_usd - before.cost_usd).normalize(),
        })
    }
}

const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// The totals of a recording: each request priced by itself and added up, which is not how the ledger does it.
pub(super) fn totals(recording: &Recording) -> Result<Totals> {
    let mut totals = Totals::default();
    for request in recording.requests() {
        totals.requests += 1;
        totals.input_tokens += request.input;
        totals.output_tokens += request.output;
        totals.cost_usd += cost(request)?;
    }
    totals.cost_usd = totals.cost_usd.normalize();
    Ok(totals)
}

fn cost(request: &Request) -> Result<Decimal> {
    let price = prices::built_in()
        .find(MODEL, Some(REGION), day(request.at))
        .with_context(|| format!("{MODEL} has no price on {}", day(request.at)))?;
    let dollars = |tokens: u64, per_million: Option<Decimal>| {
        let per_million =
            per_million.with_context(|| format!("the price {} is not whole", price.id.as_str()))?;
        anyhow::Ok(Decimal::from(tokens) * per_million / MILLION)
    };
    Ok(dollars(request.input, price.rates.input)? + dollars(request.output, price.rates.output)?)
}
