use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use picket_aws::ledger::LedgerRows;
use picket_rules::prices;
use picket_shared::usage::UsageRow;

use super::{
    Connection, Totals,
    counts::{Counts, OTHER},
    recording::{MODEL, Recording},
};

/// The ledger's totals of replayed requests on the recording's days, by agent.
pub(super) type Ledger = BTreeMap<String, Totals>;

/// Reads it: the rows of the recording's agents, and those of `Other`.
pub(super) async fn read(connection: &Connection, recording: &Recording) -> Result<Ledger> {
    let (first, last) = recording.days().context("the recording is empty")?;
    let LedgerRows { rows, unreadable } = connection.ledger.rows(first, last).await?;
    ensure!(
        unreadable == 0,
        "{unreadable} rows of the ledger cannot be read"
    );
    let expected = recording.by_agent();
    let replayed = rows.iter().filter(|row| {
        let agent = &row.key.agent;
        row.key.model == MODEL && (agent == OTHER || expected.contains_key(agent))
    });
    let mut ledger = Ledger::new();
    for row in replayed {
        let totals = ledger.entry(row.key.agent.clone()).or_default();
        totals.requests += row.usage.requests;
        totals.input_tokens += row.usage.tokens.input;
        totals.output_tokens += row.usage.tokens.output;
        totals.cost_usd += cost(row)?;
    }
    Ok(ledger)
}

/// The totals that were added since `before`.
pub(super) fn added(before: &Ledger, after: &Ledger) -> Result<Ledger> {
    let nothing = Totals::default();
    let one = |(agent, totals): (&String, &Totals)| {
        let before = before.get(agent).unwrap_or(&nothing);
        Ok((agent.clone(), totals.less(before)?))
    };
    after.iter().map(one).collect()
}

/// All agents together.
pub(super) fn total(ledger: &Ledger) -> Totals {
    let mut all = Totals::default();
    for totals in ledger.values() {
        all.requests += totals.requests;
        all.input_tokens += totals.input_tokens;
        all.output_tokens += totals.output_tokens;
        all.cost_usd += totals.cost_usd;
    }
    all.cost_usd = all.cost_usd.normalize();
    all
}

/// Without the dollars.
pub(super) fn counts(ledger: &Ledger) -> BTreeMap<String, Counts> {
    let one = |(agent, totals): (&String, &Totals)| (agent.clone(), totals.counts());
    ledger.iter().map(one).collect()
}

fn cost(row: &UsageRow) -> Result<rust_decimal::Decimal> {
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
