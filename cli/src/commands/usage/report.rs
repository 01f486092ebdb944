//! Usage and cost of a period, by agent, model, incident and day.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::civil::Date;
use picket_shared::{
    money::{dollars, grouped, unit_cost},
    usage::{Breakdown, Spend, TokenCounts, UsageRow, all, by_cost, quotient},
};
use rust_decimal::Decimal;
use serde::Serialize;

use super::metrics::{Latency, Measured};
use crate::{
    style::{BAD, BOLD, FAINT, RESET},
    terminal::Value,
};

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct UsageReport {
    pub(super) first: Date,
    pub(super) last: Date,
    #[serde(flatten)]
    total: Costs,
    agents: Vec<Row>,
    models: Vec<Row>,
    incidents: Incidents,
    days: Vec<Row>,
    /// Rows of the ledger that are in no sum.
    unreadable_rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measured: Option<Measured>,
    /// Rows of a table for people.
    #[serde(skip)]
    top: usize,
}

/// Usage and cost of a group.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    #[serde(flatten)]
    costs: Costs,
}

#[derive(Debug, Serialize)]
struct Costs {
    requests: u64,
    tokens: TokenCounts,
    /// Dollars of the priced part; `None` is unpriced, which is not zero.
    cost_usd: Option<Decimal>,
    unpriced_requests: u64,
    per_request_usd: Option<Decimal>,
    per_thousand_tokens_usd: Option<Decimal>,
}

#[derive(Debug, Serialize)]
struct Incidents {
    count: u64,
    /// Incidents with requests without a price.
    unpriced: u64,
    /// Dollars of an incident, over those whose requests all have a price.
    per_incident_usd: Option<Decimal>,
    /// Dollars of all incidents by the number of those that succeeded; `None` where it is not known which did, or a
    /// request has no price.
    per_successful_incident_usd: Option<Decimal>,
    /// Incidents of the period that succeeded, where known.
    successful: Option<u64>,
    all: Vec<Row>,
}

impl Costs {
    fn of(spend: &Spend) -> Self {
        Self {
            requests: spend.requests(),
            tokens: spend.usage().tokens,
            cost_usd: spend.cost_usd(),
            unpriced_requests: spend.unpriced.requests,
            per_request_usd: spend.per_request(),
            per_thousand_tokens_usd: spend.per_thousand_tokens(),
        }
    }
}

fn rows(groups: &BTreeMap<String, Spend>) -> Vec<Row> {
    let row = |(name, spend): (&str, Spend)| Row {
        name: name.to_owned(),
        costs: Costs::of(&spend),
    };
    by_cost(groups).into_iter().map(row).collect()
}

impl UsageReport {
    /// Adds up the rows of the days `first` to `last`. `succeeded`: the ids of the incidents that did, where known.
    pub(super) fn new(
        (first, last): (Date, Date),
        rows_read: &[UsageRow],
        unreadable: u64,
        price: impl Fn(&UsageRow) -> Option<Decimal>,
        succeeded: Option<&BTreeSet<String>>,
        top: usize,
    ) -> Self {
        let mut breakdown = Breakdown::default();
        let mut days = BTreeMap::<String, Spend>::new();
        let in_period = |row: &&UsageRow| (first..=last).contains(&row.key.date);
        for row in rows_read.iter().filter(in_period) {
            let dollars = price(row);
            let left_out = breakdown.left_out;
            breakdown.add(row, dollars);
            if breakdown.left_out == left_out {
                let day = days.entry(row.key.date.to_string()).or_default();
                *day = day
                    .checked_add(Spend::new(row.usage, dollars))
                    .unwrap_or(*day);
            }
        }
        Self {
            first,
            last,
            total: Costs::of(&breakdown.total),
            agents: rows(&breakdown.by_agent),
            models: rows(&breakdown.by_model),
            incidents: Incidents::of(&breakdown, succeeded),
            days: days
                .iter()
                .map(|(day, spend)| Row {
                    name: day.clone(),
                    costs: Costs::of(spend),
                })
                .collect(),
            unreadable_rows: unreadable.saturating_add(breakdown.left_out),
            measured: None,
            top,
        }
    }
}

impl Incidents {
    fn of(usage: &Breakdown, succeeded: Option<&BTreeSet<String>>) -> Self {
        let costs = usage.incident_spend();
        let mut spends = usage.by_incident.values().copied();
        let of_all = spends.try_fold(Spend::default(), Spend::checked_add);
        let successful = succeeded.map(|ids| {
            let named = usage.incidents();
            named.filter(|(name, _)| ids.contains(*name)).count() as u64
        });
        Self {
            count: costs.count() as u64,
            unpriced: costs.unpriced as u64,
            per_incident_usd: costs.per_incident(),
            per_successful_incident_usd: of_all
                .filter(Spend::is_priced)
                .zip(successful)
                .and_then(|(sum, successful)| quotient(sum.dollars, successful)),
            successful,
            all: rows(&usage.by_incident),
        }
    }
}

impl fmt::Display for UsageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, .. } = self;
        let days = if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        };
        write!(f, "{BOLD}{days} (UTC)  {}{RESET}", cost(&self.total))?;
        write!(
            f,
            "  {} requests",
            grouped(&self.total.requests.to_string())
        )?;
        if let Some(cost) = self.total.per_request_usd {
            write!(f, ", {} each", unit(cost))?;
        }
        table(f, "agent", &self.agents, self.top)?;
        table(f, "model", &self.models, self.top)?;
        self.incidents.write(f, self.top)?;
        if self.days.len() > 1 {
            table(f, "day", &self.days, usize::MAX)?;
        }
        if let Some(measured) = &self.measured {
            write!(f, "{measured}")?;
        }
        if self.total.unpriced_requests > 0 {
            let unpriced = grouped(&self.total.unpriced_requests.to_string());
            write!(
                f,
                "\n{BAD}unpriced{RESET}: {unpriced} requests have no price and are in no sum; see picket prices check"
            )?;
        }
        if self.unreadable_rows > 0 {
            write!(
                f,
                "\n{BAD}incomplete{RESET}: {} rows of the ledger cannot be read or added up",
                self.unreadable_rows
            )?;
        }
        Ok(())
    }
}

impl Incidents {
    fn write(&self, f: &mut fmt::Formatter<'_>, top: usize) -> fmt::Result {
        if self.all.is_empty() {
            return Ok(());
        }
        table(f, "incident", &self.all, top)?;
        write!(f, "\n{FAINT}{} incidents", grouped(&self.count.to_string()))?;
        if let Some(cost) = self.per_incident_usd {
            write!(f, ", {} each on average", unit(cost))?;
        }
        if self.unpriced > 0 {
            write!(f, ", {} with requests without a price", self.unpriced)?;
        }
        if let Some(successful) = self.successful {
            write!(f, "; {successful} succeeded")?;
        }
        if let Some(cost) = self.per_successful_incident_usd {
            write!(f, ", {} for each of them", unit(cost))?;
        }
        write!(f, "{RESET}")
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = &self.throughput;
        let peak = points
            .iter()
            .max_by(|a, b| a.requests.total_cmp(&b.requests));
        if let Some(peak) = peak {
            write!(
                f,
                "\n\n{BOLD}throughput{RESET}: at most {:.1} requests a minute, at {}",
                peak.per_minute, peak.at
            )?;
            for point in points {
                write!(
                    f,
                    "\n{FAINT}{}{RESET}  {:>10.1} a minute  {:>8.2} a second",
                    point.at, point.per_minute, point.per_second
                )?;
            }
        }
        match &self.latency {
            None => write!(f, "\n\n{BOLD}latency{RESET}: no datapoints"),
            Some(latency) => write!(f, "\n\n{BOLD}latency{RESET}: {latency}"),
        }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "average {:.0} ms", self.average_ms)?;
        match self.p95_ms {
            Some((least, most)) if least < most => {
                write!(f, ", p95 between {least:.0} and {most:.0} ms")
            }
            Some((_, most)) => write!(f, ", p95 {most:.0} ms"),
            None => write!(f, ", p95 unknown"),
        }?;
        write!(f, ", of {:.0} requests", self.requests)
    }
}

fn table(f: &mut fmt::Formatter<'_>, by: &str, rows: &[Row], top: usize) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    write!(
        f,
        "\n\n{FAINT}{:>12}  {:>10}  {:>14}  {:>12}{RESET}  {by}",
        "cost", "requests", "tokens", "per 1,000"
    )?;
    for Row { name, costs } in rows.iter().take(top) {
        let tokens =
            all(&costs.tokens).map_or_else(String::new, |tokens| grouped(&tokens.to_string()));
        let each = costs.per_thousand_tokens_usd.map_or_else(String::new, unit);
        let requests = grouped(&costs.requests.to_string());
        let name = if name.is_empty() { "(no name)" } else { name };
        write!(
            f,
            "\n{:>12}  {requests:>10}  {tokens:>14}  {each:>12}  {}",
            cost(costs),
            Value(name)
        )?;
    }
    match rows.len().checked_sub(top) {
        Some(rest) if rest > 0 => write!(f, "\n{FAINT}{rest} more{RESET}"),
        _ => Ok(()),
    }
}

fn cost(costs: &Costs) -> String {
    costs
        .cost_usd
        .map_or_else(|| "unpriced".to_owned(), dollars)
}

fn unit(cost: Decimal) -> String {
    format!("${}", unit_cost(cost))
}
