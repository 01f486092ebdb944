//! The fleet message, composed of the sources that answered.

use picket_aws::ledger::LedgerRows;
use picket_shared::{
    fleet::{CostAnalysis, CostReport},
    usage::UsageRow,
};
use rust_decimal::Decimal;

use crate::{
    ai::tokens::{TokenCosts, token_costs},
    analysis::budgets,
    error::Error,
    reads::{Part, Reads},
    report::{About, day_report},
};

/// The stack, account and day of a report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) stack: &'a str,
    pub(crate) account: Option<&'a str>,
    pub(crate) about: About<'a>,
}

/// Composes the report; an error where neither source answered. Rows of other days are ignored.
pub(crate) fn compose(
    source: &Source<'_>,
    reads: &Reads,
    ledger: Result<LedgerRows, String>,
    price: impl Fn(&UsageRow) -> Option<Decimal>,
) -> Result<CostReport, Error> {
    let mut message = from_costs(source, reads);
    match ledger {
        Ok(LedgerRows {
            mut rows,
            unreadable,
        }) => {
            if unreadable > 0 {
                message.caveats.push(format!(
                    "incomplete: {unreadable} rows of the usage ledger cannot be read and are in no total; restore them from the table's backup"
                ));
            }
            rows.retain(|row| row.key.date == source.about.date);
            let TokenCosts {
                by_agent,
                total,
                caveats,
            } = token_costs(&rows, price);
            message.by_agent = by_agent;
            message.token_cost_usd = total;
            message.caveats.extend(caveats);
        }
        Err(ledger) if message.total.is_none() => {
            let costs = message.caveats.join("; ");
            return Err(Error::NothingToSay { costs, ledger });
        }
        Err(ledger) => message.caveats.push(format!(
            "the usage ledger could not be read, so token costs are unknown: {ledger}"
        )),
    }
    Ok(message)
}

fn from_costs(source: &Source<'_>, reads: &Reads) -> CostReport {
    let mut message = CostReport {
        stack: source.stack.to_owned(),
        account: source.account.map(str::to_owned),
        date: source.about.date,
        // The ledger's prices are in dollars, so a report of tokens alone is too.
        currency: "USD".to_owned(),
        estimated: true,
        total: None,
        previous_total: None,
        by_service: Vec::new(),
        absent: Vec::new(),
        by_agent: Vec::new(),
        token_cost_usd: None,
        ai: None,
        caveats: Vec::new(),
        requests: reads.requests,
        analysis: CostAnalysis::default(),
    };
    let fault = reads.left_out.get(&Part::Services);
    let about = &source.about;
    (message.analysis.budgets, message.analysis.more_budgets) =
        budgets(about.date, about.today, reads);
    match (day_report(about, reads), fault) {
        (Ok(day), fault) => {
            if !day.currency.is_empty() {
                message.currency = day.currency;
            }
            message.estimated = day.estimated;
            message.total = Some(day.total);
            message.previous_total = day.previous_total;
            message.by_service = day.by_service;
            message.absent = day.absent;
            message.analysis = day.analysis;
            message.caveats = day.caveats;
            message
                .caveats
                .extend(fault.map(|fault| format!("incomplete: {fault}")));
        }
        (Err(_), Some(fault)) => message.caveats.push(format!(
            "Cost Explorer could not be read, so the day's cost is unknown: {fault}"
        )),
        (Err(missing), None) => message
            .caveats
            .push(format!("the day's cost is unknown: {missing}")),
    }
    message
}

#[cfg(test)]
mod tests;
