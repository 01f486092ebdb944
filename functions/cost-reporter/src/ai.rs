//! The cost of language models, from the usage ledger.
//!
//! [`reading`] reads the day and the days before it, [`history`] folds them, [`tokens`] is the day's table by agent and
//! model, [`budgets`] holds the month against the agents' budgets, and [`bedrock`] compares the day with Cost Explorer.

mod bedrock;
pub(crate) mod budgets;
mod history;
pub(crate) mod reading;
pub(crate) mod tokens;

use jiff::civil::Date;
use picket_shared::{
    fleet::{AiCost, CostReport, IncidentCost, IncidentCosts, ModelCost},
    usage::{Breakdown, Spend, by_cost, quotient},
};
use rust_decimal::Decimal;

use crate::amount;
use budgets::AgentBudgets;
use reading::UsageRead;

/// The models that are named; further ones are one sum.
const MOST_MODELS: usize = 30;
/// The incidents that are named.
const MOST_INCIDENTS: usize = 10;
/// The name under which the ledger counts what is above its limit of rows (docs/decisions/0021).
const OTHER: &str = "Other";

/// Adds the cost of language models to a report. `today` is the day, UTC, on which it is made.
pub(crate) fn add_ai_cost(
    report: &mut CostReport,
    usage: &UsageRead,
    budgets: &AgentBudgets,
    today: Date,
) {
    let date = report.date;
    let history = &usage.history;
    let month = |agent: &str| history.month_of(agent);
    let whole = usage.is_whole.then_some(usage.day.total);
    if usage.is_cut {
        report.caveats.push(format!(
            "incomplete: the ledger has more than {} rows of {date}; further ones are in no total",
            reading::MOST_ROWS
        ));
    }
    report.ai = Some(Box::new(AiCost {
        by_model: models(&usage.day),
        per_request: usage.day.total.per_request(),
        incidents: incidents(&usage.day),
        trend: history.trend(date),
        agents: history.agents(),
        week: history.week(date, date < today),
        budgets: budgets.states(date, month, history.lacks_of_month(date)),
        bedrock: bedrock::compare(report, whole),
        services: bedrock::other_services(report),
        notes: history.notes(date),
        rows: history.rows,
    }));
}

fn models(day: &Breakdown) -> Vec<ModelCost> {
    let all = by_cost(&day.by_model);
    let (named, rest) = all.split_at(all.len().min(MOST_MODELS));
    let named = named
        .iter()
        .map(|(model, spend)| model_cost(Some(model), spend));
    let sum = |sum: Option<Spend>, (_, spend): &(&str, Spend)| sum?.checked_add(*spend);
    let others = rest.iter().fold(Some(Spend::default()), sum);
    let others = others.filter(|_| !rest.is_empty());
    named
        .chain(others.map(|spend| model_cost(None, &spend)))
        .collect()
}

fn model_cost(model: Option<&str>, spend: &Spend) -> ModelCost {
    ModelCost {
        model: model.map(str::to_owned),
        requests: spend.requests(),
        tokens: spend.usage().tokens,
        cost_usd: spend.cost_usd(),
        per_thousand_tokens: spend.per_thousand_tokens(),
        unpriced_requests: spend.unpriced.requests,
    }
}

fn incidents(day: &Breakdown) -> Option<IncidentCosts> {
    let mut all = by_cost(&day.by_incident);
    all.retain(|(incident, _)| *incident != OTHER);
    if all.is_empty() {
        return None;
    }
    let is_priced = |spend: &Spend| spend.unpriced.requests == 0;
    let priced: Vec<Decimal> = all
        .iter()
        .filter(|(_, spend)| is_priced(spend))
        .map(|(_, spend)| spend.dollars)
        .collect();
    let top = all.iter().take(MOST_INCIDENTS);
    Some(IncidentCosts {
        count: all.len() as u64,
        unpriced: (all.len() - priced.len()) as u64,
        per_incident: amount::sum(priced.iter().copied())
            .and_then(|sum| quotient(sum, priced.len() as u64)),
        top: top
            .map(|(incident, spend)| IncidentCost {
                incident: (*incident).to_owned(),
                requests: spend.requests(),
                cost_usd: spend.cost_usd(),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests;
