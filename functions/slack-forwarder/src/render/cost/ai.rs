//! The cost of language models: models, incidents, agents of thirty days, budgets, and Cost Explorer's figure.

use picket_shared::{
    fleet::{AgentBudget, AgentShare, AiCost, BedrockCost, IncidentCosts, WeekCost},
    money::{cents, money, unit_cost},
};
use rust_decimal::Decimal;

use super::{
    super::{sparkline::bars_from_zero, table::aligned},
    warnings,
};
use crate::draft::{
    mrkdwn::Mrkdwn,
    number::{count, short_count},
};

/// Rows of a table: what a person looks at first. The message has more of them, and `picket usage` all.
const ROWS: usize = 5;

/// The parts of the section, in order of worth.
pub(super) fn detail(ai: &AiCost) -> Vec<Mrkdwn> {
    let mut detail = vec![summary(ai)];
    detail.extend((!ai.by_model.is_empty()).then(|| Mrkdwn::new().fence(models(ai))));
    detail.extend(ai.incidents.as_ref().map(incidents));
    detail.extend((!ai.budgets.is_empty()).then(|| Mrkdwn::new().fence(budgets(&ai.budgets))));
    detail.extend((!ai.agents.is_empty()).then(|| Mrkdwn::new().fence(agents(ai))));
    detail.extend(ai.bedrock.as_ref().map(bedrock));
    detail.extend(warnings(&ai.notes));
    detail
}

fn summary(ai: &AiCost) -> Mrkdwn {
    let requests = ai.by_model.iter().map(|model| model.requests);
    let mut parts = vec![format!(
        "{} requests",
        count(requests.fold(0, u64::saturating_add))
    )];
    parts.extend(
        ai.per_request
            .map(|cost| format!("{} USD a request", unit_cost(cost))),
    );
    parts.extend(ai.week.as_ref().map(week));
    Mrkdwn::new()
        .bold("Language models")
        .text(format!(": {}.", parts.join("; ")))
}

fn week(week: &WeekCost) -> String {
    let sum = money(week.cost_usd);
    match (&week.percent, &week.withheld) {
        (Some(percent), _) => {
            let sign = if percent.is_sign_negative() { "" } else { "+" };
            format!("7 days {sum} USD, {sign}{percent} % on the week before")
        }
        (None, Some(reason)) => format!("7 days {sum} USD, not compared: {reason}"),
        (None, None) => format!("7 days {sum} USD"),
    }
}

fn models(ai: &AiCost) -> String {
    let mut rows = vec![["Model", "Tokens", "USD", "per 1,000"].map(str::to_owned)];
    rows.extend(ai.by_model.iter().take(ROWS).map(|model| {
        let tokens = picket_shared::usage::all(&model.tokens);
        [
            model.model.clone().unwrap_or_else(|| "others".to_owned()),
            tokens.map_or_else(String::new, short_count),
            cost(model.cost_usd),
            model
                .per_thousand_tokens
                .map_or_else(String::new, unit_cost),
        ]
    }));
    more(&mut rows, ai.by_model.len());
    aligned(&rows, 3)
}

fn incidents(incidents: &IncidentCosts) -> Mrkdwn {
    let mut rows = vec![["Incident", "Req.", "USD"].map(str::to_owned)];
    let top = incidents.top.iter().take(ROWS);
    rows.extend(top.map(|incident| {
        [
            incident.incident.clone(),
            short_count(incident.requests),
            cost(incident.cost_usd),
        ]
    }));
    let all = usize::try_from(incidents.count).unwrap_or(usize::MAX);
    more(&mut rows, all);
    let average = incidents.per_incident.map_or_else(String::new, |cost| {
        format!(", {} USD each on average", unit_cost(cost))
    });
    let unpriced = match incidents.unpriced {
        0 => String::new(),
        unpriced => format!(" ({} have requests without a price)", count(unpriced)),
    };
    let head = format!("{} incidents{average}{unpriced}\n", count(incidents.count));
    Mrkdwn::new().text(head).fence(aligned(&rows, 2))
}

fn agents(ai: &AiCost) -> String {
    let mut rows = vec![["Agent, 30 days", "USD", "%"].map(str::to_owned)];
    let name = |share: &AgentShare| match &share.agent {
        Some(agent) => agent.clone(),
        None => format!("{} more", count(share.agents)),
    };
    let percent = |percent: Option<Decimal>| percent.map_or_else(String::new, |p| p.to_string());
    rows.extend(
        ai.agents
            .iter()
            .map(|share| [name(share), cost(share.cost_usd), percent(share.percent)]),
    );
    let days = ai.trend.iter().map(|day| day.cost_usd);
    let largest = days.clone().flatten().max().unwrap_or_default();
    let trend = bars_from_zero(days);
    let table = aligned(&rows, 2);
    format!("{table}\n\n{trend}  highest {}", cents(largest))
}

fn budgets(budgets: &[AgentBudget]) -> String {
    let mut rows = vec![["Budget", "spent", "of", "rate", "spent by"].map(str::to_owned)];
    rows.extend(budgets.iter().take(ROWS).map(|budget| {
        let at_least = if budget.is_lower_bound { "≥ " } else { "" };
        [
            budget.agent.clone(),
            format!("{at_least}{}", money(budget.spent_usd)),
            money(budget.budget_usd),
            budget
                .burn_rate
                .map_or_else(String::new, |rate| rate.to_string()),
            spent_by(budget),
        ]
    }));
    more(&mut rows, budgets.len());
    aligned(&rows, 4)
}

fn spent_by(budget: &AgentBudget) -> String {
    if budget.spent_usd > budget.budget_usd {
        return "over".to_owned();
    }
    let day = budget.exhausted_on;
    day.map_or_else(String::new, |day| day.strftime("%d %b").to_string())
}

fn bedrock(bedrock: &BedrockCost) -> Mrkdwn {
    let ledger = bedrock
        .ledger_usd
        .map_or_else(|| "unknown".to_owned(), money);
    Mrkdwn::new().text(format!(
        "Amazon Bedrock: {} in Cost Explorer, {ledger} in the ledger. {}",
        money(bedrock.cost_explorer),
        bedrock.explanation
    ))
}

/// The line for the rows that are not shown.
fn more<const N: usize>(rows: &mut Vec<[String; N]>, all: usize) {
    // The first row is the head.
    let shown = rows.len() - 1;
    if let Some(rest) = all.checked_sub(shown).filter(|rest| *rest > 0) {
        let name = format!("{rest} more");
        rows.push(std::array::from_fn(|column| {
            if column == 0 {
                name.clone()
            } else {
                String::new()
            }
        }));
    }
}

fn cost(cost: Option<Decimal>) -> String {
    cost.map_or_else(|| "unpriced".to_owned(), cents)
}

#[cfg(test)]
mod tests;
