//! Usage and cost of a period, by agent, model, incident and day.

mod text;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use picket_shared::usage::{Breakdown, Spend, TokenCounts, UsageRow, by_cost, quotient};
use rust_decimal::Decimal;
use serde::Serialize;

use super::metrics::Measured;

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
