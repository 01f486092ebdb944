//! The handler: reads costs, usage and prices, composes the report and publishes it.

use jiff::{Timestamp, tz::TimeZone};
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
    collect::{Limits, collect},
    compose::{Source, compose},
    config::Config,
    error::Error,
    input,
    ports::Ports,
    reads::{
        Reads,
        plan::{self, PlanFor},
    },
    report::{About, detail_queries},
};

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
        let now = self.clock.now();
        let date = input::read(event)?.date_at(now)?;
        let about = About {
            date,
            today: Some(now.to_zoned(TimeZone::UTC).date()),
            settings: &self.config.settings,
            reported: &[],
        };
        let (reads, rows, book) = tokio::join!(
            self.read_costs(&about, now),
            self.ports.rows(date),
            self.read_prices()
        );
        let source = Source {
            stack: &self.config.stack,
            account,
            about,
        };
        let prices = book.in_force();
        let price = |row: &UsageRow| row.cost(&prices);
        let mut report = compose(&source, &reads, rows.map_err(|fault| logged(&fault)), price)?;
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

    /// Reads what the report needs from Cost Explorer: what is always read, then what is behind the changes.
    async fn read_costs(&self, about: &About<'_>, started: Timestamp) -> Reads {
        let plan = PlanFor {
            first: about.date,
            last: about.date,
            today: about.today.unwrap_or(about.date),
            tag: self.config.settings.tag.as_deref(),
            regions: self.config.by_region,
        };
        let limits = Limits {
            requests: self.config.most_requests,
            started,
        };
        let (ports, clock, mut reads) = (&self.ports, &self.clock, Reads::default());
        collect(ports, clock, limits, plan::first(&plan), &mut reads).await;
        let details = detail_queries(about, &reads, &plan);
        collect(ports, clock, limits, details, &mut reads).await;
        reads
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

/// A fault's sentence, for a caveat; the log gets its sources too.
fn logged(fault: &Fault) -> String {
    tracing::error!(fault = %ErrorChain(fault), "a source of the report did not answer");
    fault.to_string()
}

#[cfg(test)]
mod tests;
