//! The handler: reads costs, usage and prices, composes the report and publishes it.

use jiff::civil::Date;
use picket_aws::{
    Fault,
    overrides::{CachedOverrides, Override},
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
    ports::{Ports, ReadCosts},
};

/// The most pages that an invocation requests, at $0.01 each. Two days by service are one page, also in accounts that
/// use every service.
pub const MOST_PAGES: u32 = 10;

/// The handler of the function. It lives as long as the execution environment.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    ports: P,
    clock: C,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Creates the function.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            ports,
            clock,
        }
    }

    /// Creates and publishes the report that `event` requests. `account` is the account that the function runs in,
    /// where known.
    pub async fn handle(&self, event: &[u8], account: Option<&str>) -> Result<CostReport, Error> {
        let date = input::read(event)?.date_at(self.clock.now())?;
        let (costs, rows, book) = tokio::join!(
            collect(&self.ports, date),
            self.ports.rows(date),
            self.read_prices()
        );
        let source = Source {
            stack: &self.config.stack,
            account,
            date,
        };
        let prices = book.in_force();
        let price = |row: &UsageRow| row.cost(&prices);
        let mut report = compose(&source, &costs, rows.map_err(|fault| logged(&fault)), price)?;
        if let Some(reason) = book.refused() {
            report.caveats.push(format!(
                "tokens are priced by the built-in prices, since the override is refused: {reason}"
            ));
        }
        for caveat in &report.caveats {
            tracing::warn!(%date, caveat, "the report has a caveat");
        }
        self.publish(&report).await?;
        tracing::info!(%date, total = ?report.total, requests = report.requests, "the report is published");
        Ok(report)
    }

    async fn publish(&self, report: &CostReport) -> Result<(), Error> {
        let Config {
            stack, environment, ..
        } = &self.config;
        let subject = format!("Cost of {}: {stack} ({environment})", report.date);
        let message = FleetMessage::CostReport(Box::new(report.clone()));
        let published = self.ports.publish(&message, &subject).await;
        published.map_err(Error::Publish)
    }

    /// The prices and their override. A report is rare: each one reads the override.
    async fn read_prices(&self) -> Override<PriceBook> {
        let built_in = prices::built_in().clone();
        let book = CachedOverrides::new(Override::new(
            overrides::PRICES,
            built_in,
            |_, file, text| overrides::prices(file, text),
        ));
        book.refresh(&self.ports, self.clock.now()).await;
        book.into_inner()
    }
}

/// Reads every page of the day and the day before. Pages that were read before a fault are kept.
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
                costs.fault = Some(logged(&fault));
                break;
            }
        }
        if page.is_none() {
            break;
        }
    }
    costs
}

/// A fault's sentence, for a caveat; the log gets its sources too.
fn logged(fault: &Fault) -> String {
    tracing::error!(fault = %ErrorChain(fault), "a source of the report did not answer");
    fault.to_string()
}

#[cfg(test)]
mod tests;
