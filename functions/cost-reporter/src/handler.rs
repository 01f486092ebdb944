//! The handler: reads costs, usage and prices, composes the reports and publishes them.

mod posted;

use std::mem;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use picket_aws::{
    Fault,
    overrides::{CachedOverrides, Override},
};
use picket_cloudwatch::ports::PutError;
use picket_rules::{
    overrides,
    prices::{self, PriceBook},
};
use picket_shared::{
    Severity,
    clock::Clock,
    fleet::{CostReport, FleetMessage},
    report::ErrorChain,
    usage::UsageRow,
};

use posted::Posted;

use crate::{
    ai::{add_ai_cost, reading::read_usage},
    analysis::Settings,
    collect::{Limits, cache::AnswerCache, collect},
    compose::{Source, compose},
    config::Config,
    csv::csv,
    error::Error,
    input, metrics,
    ports::Ports,
    reads::{
        Reads,
        plan::{self, PlanFor},
    },
    report::{About, detail_queries},
};

/// An invocation.
struct Run<'a> {
    now: Timestamp,
    today: Date,
    account: Option<&'a str>,
    /// Whether days that were posted are posted again, from new answers.
    again: bool,
    posted: Posted,
}

impl Run<'_> {
    fn about<'a>(&'a self, date: Date, settings: &'a Settings) -> About<'a> {
        About {
            date,
            today: Some(self.today),
            settings,
            reported: &self.posted.days,
        }
    }
}

/// The handler of the function. It lives as long as the execution environment.
#[derive(Debug)]
pub struct Handler<P, C> {
    config: Config,
    ports: P,
    clock: C,
    answers: AnswerCache,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Creates the function.
    pub fn new(config: Config, ports: P, clock: C) -> Self {
        Self {
            config,
            ports,
            clock,
            answers: AnswerCache::default(),
        }
    }

    /// Creates and publishes the reports that `event` requests, and returns them: none where they were posted before.
    /// `account` is the account that the function runs in, where known.
    pub async fn handle(
        &self,
        event: &[u8],
        account: Option<&str>,
    ) -> Result<Vec<CostReport>, Error> {
        let now = self.clock.now();
        let today = now.to_zoned(TimeZone::UTC).date();
        let input = input::read(event)?;
        let run = Run {
            now,
            today,
            account,
            again: input.again,
            posted: self.posted(input, today).await,
        };
        let days = input.days_at(now, &run.posted.dates())?;
        let claims = self.claim(&days, &run).await;
        let reports = self.report(&claims.mine, &run).await;
        match (reports, claims.held.first()) {
            (Ok(_), Some(held)) => Err(Error::Held(*held)),
            (reports, _) => reports,
        }
    }

    /// Reports some days, the oldest first. What is not posted is released, for a retry.
    async fn report(&self, days: &[Date], run: &Run<'_>) -> Result<Vec<CostReport>, Error> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else {
            return Ok(Vec::new());
        };
        let (reads, book) = tokio::join!(self.read_costs(*first, *last, run), self.read_prices());
        let mut reports = Vec::new();
        for (at, date) in days.iter().enumerate() {
            match self
                .report_day((*date, date == last), &reads, &book, run)
                .await
            {
                Ok(report) => reports.push(report),
                Err(error) => {
                    self.release(&days[at..], run.now).await;
                    return Err(error);
                }
            }
        }
        Ok(reports)
    }

    /// Reports a day. The newest one of a run also has the usage of the days before it.
    async fn report_day(
        &self,
        (date, is_newest): (Date, bool),
        reads: &Reads,
        book: &Override<PriceBook>,
        run: &Run<'_>,
    ) -> Result<CostReport, Error> {
        let source = Source {
            stack: &self.config.stack,
            account: run.account,
            about: run.about(date, &self.config.settings),
        };
        let prices = book.in_force();
        let price = |row: &UsageRow| row.cost(&prices);
        let usage = read_usage(&self.ports, date, is_newest, price).await;
        let mut usage = usage.map_err(|fault| logged(&fault));
        let rows = usage.as_mut().map(|usage| mem::take(&mut usage.rows));
        let mut report = compose(&source, reads, rows.map_err(|fault| fault.clone()), price)?;
        if let Ok(usage) = &usage {
            add_ai_cost(&mut report, usage, &self.config.agent_budgets, run.today);
        }
        if let Some(reason) = book.refused() {
            report.caveats.push(format!(
                "tokens are priced by the built-in prices, since the override is refused: {reason}"
            ));
        }
        report.caveats.extend(run.posted.fault.clone());
        self.write_views(&mut report, run).await;
        for caveat in &report.caveats {
            tracing::warn!(%date, caveat, "the report has a caveat");
        }
        self.publish(&report).await?;
        tracing::info!(%date, total = ?report.total, requests = report.requests, "the report is published");
        self.write_posted(&report, run.now).await;
        Ok(report)
    }

    /// Writes the report as CSV, and the newest day as metrics. What fails is a caveat: the message says it.
    async fn write_views(&self, report: &mut CostReport, run: &Run<'_>) {
        let name = format!("cost/{}.csv", report.date);
        if let Err(fault) = self.ports.write_file(&name, csv(report)).await {
            let caveat = format!("the report is not in the bucket: {}", logged(&fault));
            report.caveats.push(caveat);
        }
        if report.date.tomorrow().is_ok_and(|next| next == run.today)
            && let Some(request) = metrics::request(report, run.now)
            && let Err(error) = self.ports.put_metrics(&request).await
        {
            let (PutError::Illegal(fault) | PutError::Refused(fault) | PutError::Lost(fault)) =
                error;
            let caveat = format!("the metrics are not published: {}", logged(&fault));
            report.caveats.push(caveat);
        }
    }

    /// Reads what the report needs from Cost Explorer: what is always read, then what is behind the changes.
    ///
    /// Of several days, the causes of the newest are read.
    async fn read_costs(&self, first: Date, last: Date, run: &Run<'_>) -> Reads {
        let plan = PlanFor {
            first,
            last,
            today: run.today,
            tag: self.config.settings.tag.as_deref(),
            regions: self.config.by_region,
            account: run.account,
        };
        let limits = Limits {
            requests: self.config.most_requests,
            started: run.now,
        };
        let (ports, clock, cache) = (&self.ports, &self.clock, &self.answers);
        let mut reads = Reads::default();
        cache.begin(run.today, run.again);
        collect(ports, clock, limits, plan::first(&plan), cache, &mut reads).await;
        let about = run.about(last, &self.config.settings);
        let details = detail_queries(&about, &reads, &plan);
        collect(ports, clock, limits, details, cache, &mut reads).await;
        reads
    }

    async fn publish(&self, report: &CostReport) -> Result<(), Error> {
        let Config {
            stack, environment, ..
        } = &self.config;
        let subject = format!("Cost of {}: {stack} ({environment})", report.date);
        let message = FleetMessage::CostReport(Box::new(report.clone()));
        // A route can mention people for a severity, and so for a report over budget alone.
        let severity = if report.analysis.is_over_budget() {
            Severity::Warning
        } else {
            Severity::Info
        };
        let published = self.ports.publish(severity, &message, &subject).await;
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
