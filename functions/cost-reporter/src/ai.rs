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
    usage::{Breakdown, Spend, by_cost, most_expensive},
};

use budgets::AgentBudgets;
use reading::UsageRead;

/// The models that are named; further ones are one sum.
const MOST_MODELS: usize = 30;
/// The incidents that are named.
const MOST_INCIDENTS: usize = 10;

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
    let (named, others) = most_expensive(&day.by_model, MOST_MODELS);
    let named = named
        .into_iter()
        .map(|(model, spend)| model_cost(Some(model), &spend));
    named
        .chain(others.map(|(_, spend)| model_cost(None, &spend)))
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
    let all = by_cost(day.incidents());
    if all.is_empty() {
        return None;
    }
    let costs = day.incident_spend();
    let top = all.into_iter().take(MOST_INCIDENTS);
    Some(IncidentCosts {
        count: costs.count() as u64,
        unpriced: costs.unpriced as u64,
        per_incident: costs.per_incident(),
        top: top
            .map(|(incident, spend)| IncidentCost {
                incident: incident.to_owned(),
                requests: spend.requests(),
                cost_usd: spend.cost_usd(),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests;
