use anyhow::{Context, Result};
use picket_rules::prices;
use picket_shared::usage::UsageRow;
use rust_decimal::Decimal;

use super::{
    Connection, Totals,
    recording::{AGENT, MODEL, Recording},
};

/// What the ledger holds for replayed requests on the recording's days.
pub(super) async fn totals(connection: &Connection, recording: &Recording) -> Result<Totals> {
    let (first, last) = recording.days().context("the recording is empty")?;
    let rows = connection.ledger.rows(first, last).await?;
    let replayed = rows
        .iter()
        .filter(|row| row.key.agent == AGENT && row.key.model == MODEL);
    let mut totals = Totals::default();
    for row in replayed {
        totals.requests += row.usage.requests;
        totals.input_tokens += row.usage.tokens.input;
        totals.output_tokens += row.usage.tokens.output;
        totals.cost_usd += cost(row)?;
    }
    totals.cost_usd = totals.cost_usd.normalize();
    Ok(totals)
}

fn cost(row: &UsageRow) -> Result<Decimal> {
    let id = row
        .key
        .price
        .as_deref()
        .with_context(|| format!("a row of {} is unpriced", row.key.date))?;
    let price = prices::built_in()
        .by_id(id)
        .with_context(|| format!("there is no price {id}"))?;
    price
        .cost(&row.usage.tokens, row.key.batch)
        .with_context(|| format!("the price {id} does not cover the row's tokens"))
}
