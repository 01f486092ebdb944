//! Event to report: ask, put together, publish.

use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    overrides::{Held, Override},
};
use picket_rules::{
    overrides,
    prices::{self, PriceBook},
};
use picket_shared::{
    clock::Clock,
    fleet::{CostReport, FleetMessage},
    report::ErrorChain,
    usage::UsageRow,
};

use crate::{
    compose::{Costs, Source, compose},
    config::Config,
    error::Error,
    input,
    ports::{Ports, ReadCosts, ReadOverrides},
};

/// The most pages a run asks for, at $0.01 each. Two days by service are one page, also in accounts that use every service.
pub const MOST_PAGES: u32 = 10;

/// Makes and publishes the report that `event` asks for. `account` is the account that the function runs in, where known.
pub async fn handle(
    event: &[u8],
    account: Option<&str>,
    config: &Config,
    ports: &impl Ports,
    clock: &impl Clock,
) -> Result<CostReport, Error> {
    let date = input::read(event)?.date_at(clock.now())?;
    let (costs, rows, book) = tokio::join!(
        collect(ports, date),
        ports.rows(date),
        read_prices(ports, clock.now())
    );
    let source = Source {
        stack: &config.stack,
        account,
        date,
    };
    let price = |row: &UsageRow| row.cost(&book.in_force());
    let mut report = compose(&source, &costs, rows.map_err(|fault| said(&fault)), price)?;
    if let Some(reason) = book.refused() {
        report.caveats.push(format!(
            "tokens are priced by the built-in prices, since the override is refused: {reason}"
        ));
    }
    for caveat in &report.caveats {
        tracing::warn!(%date, caveat, "the report has a caveat");
    }
    let subject = format!("Cost of {date}: {} ({})", config.stack, config.environment);
    let message = FleetMessage::CostReport(Box::new(report.clone()));
    ports
        .publish(&message, &subject)
        .await
        .map_err(Error::Publish)?;
    tracing::info!(%date, total = ?report.total, requests = report.requests, "the report is published");
    Ok(report)
}

/// The prices that are compiled in, or what an operator put in their place. A report is rare, so that each one asks.
async fn read_prices(ports: &impl ReadOverrides, now: Timestamp) -> Override<PriceBook> {
    let built_in = prices::built_in().clone();
    let book = Held::new(Override::new(
        overrides::PRICES,
        built_in,
        |_, file, text| overrides::prices(file, text),
    ));
    book.refresh(ports, now).await;
    book.into_inner()
}

/// Every page of the day and the day before. What was read before a fault is kept.
async fn collect(ports: &impl ReadCosts, date: Date) -> Costs {
    let mut costs = Costs::default();
    let (Ok(start), Ok(end)) = (date.yesterday(), date.tomorrow()) else {
        costs.fault = Some(format!("{date} has no day before or after it"));
        return costs;
    };
    let mut page: Option<String> = None;
    while costs.requests < MOST_PAGES {
        costs.requests += 1;
        match ports.costs(start, end, page.as_deref()).await {
            Ok(answer) => {
                page.clone_from(&answer.next_page_token);
                costs.answers.push(answer);
            }
            Err(fault) => {
                costs.fault = Some(said(&fault));
                break;
            }
        }
        if page.is_none() {
            break;
        }
    }
    costs
}

/// A fault in a sentence, for a caveat; the whole chain goes to the log.
fn said(fault: &Fault) -> String {
    tracing::error!(fault = %ErrorChain(fault), "a source of the report did not answer");
    fault.to_string()
}

#[cfg(test)]
mod tests;
