//! The token cost of a day, by agent and model.

use std::{cmp::Reverse, collections::BTreeMap};

use picket_shared::{
    fleet::AgentCost,
    money,
    usage::{Usage, UsageRow},
};
use rust_decimal::Decimal;

use crate::amount;

/// The most rows of a report: with names of the usual length a message of them is a tenth of the 256 KiB that SNS
/// takes.
const MOST_ROWS: usize = 100;

/// The token cost of a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct TokenCosts {
    /// By agent and model, most expensive first, unpriced last. An agent's use of a model has two rows where only a
    /// part of it has a price.
    pub(crate) by_agent: Vec<AgentCost>,
    /// The sum of the priced rows; `None` where none has a price, or 28 digits do not hold it.
    pub(crate) total: Option<Decimal>,
    /// The use that has no price or cannot be summed, a sentence each.
    pub(crate) caveats: Vec<String>,
}

/// Agent, model, and whether the use has a price.
type Group = (String, String, bool);

/// Adds up ledger rows. `price` gives a row's dollars, or `None` where it has no price.
pub(crate) fn token_costs(
    rows: &[UsageRow],
    price: impl Fn(&UsageRow) -> Option<Decimal>,
) -> TokenCosts {
    let mut caveats = Vec::new();
    let mut groups = BTreeMap::<Group, (Usage, Decimal)>::new();
    for row in rows {
        let dollars = price(row);
        let group = (
            row.key.agent.clone(),
            row.key.model.clone(),
            dollars.is_some(),
        );
        let before = groups.get(&group).copied().unwrap_or_default();
        match plus(before, row.usage, dollars.unwrap_or_default()) {
            Some(sum) => {
                groups.insert(group, sum);
            }
            None => caveats.push(format!(
                "incomplete: the use of {} by {} is too large to add up",
                row.key.model,
                name(&row.key.agent)
            )),
        }
    }
    let mut by_agent: Vec<_> = groups.into_iter().map(agent_cost).collect();
    by_agent.sort_by_key(|row| Reverse(row.cost_usd));
    caveats.extend(unpriced(&by_agent));
    let total = priced_sum(&by_agent);
    caveats.extend(cut(&mut by_agent));
    TokenCosts {
        by_agent,
        total,
        caveats,
    }
}

fn plus(
    (usage, dollars): (Usage, Decimal),
    more: Usage,
    price: Decimal,
) -> Option<(Usage, Decimal)> {
    Some((usage.checked_add(more)?, amount::add(dollars, price)?))
}

fn agent_cost(((agent, model, priced), (usage, dollars)): (Group, (Usage, Decimal))) -> AgentCost {
    AgentCost {
        agent,
        model,
        requests: usage.requests,
        tokens: usage.tokens,
        cost_usd: priced.then_some(dollars),
    }
}

/// `None` also where there are rows and none has a price: that is not zero.
fn priced_sum(rows: &[AgentCost]) -> Option<Decimal> {
    let mut priced = rows.iter().filter_map(|row| row.cost_usd).peekable();
    if priced.peek().is_none() && !rows.is_empty() {
        return None;
    }
    amount::sum(priced)
}

/// Removes the cheapest rows of a list that is too long for a message, and returns that as a caveat.
fn cut(by_agent: &mut Vec<AgentCost>) -> Option<String> {
    let rest = by_agent.split_off(by_agent.len().min(MOST_ROWS));
    (!rest.is_empty()).then(|| {
        let dollars = priced_sum(&rest)
            .map_or_else(|| "an unknown amount".to_owned(), money::dollars);
        let count = rest.len();
        format!("the {MOST_ROWS} most expensive uses are listed; the {count} others cost {dollars} together and are in the total")
    })
}

/// One sentence a model that has no price.
fn unpriced(by_agent: &[AgentCost]) -> Vec<String> {
    let mut models = BTreeMap::<&str, u64>::new();
    for row in by_agent.iter().filter(|row| row.cost_usd.is_none()) {
        let requests = models.entry(&row.model).or_default();
        *requests = requests.saturating_add(row.requests);
    }
    models
        .into_iter()
        .map(|(model, requests)| {
            format!(
                "unpriced: requests to {} ({requests}) have no price and are in no total; add a row to prices.yaml",
                name(model)
            )
        })
        .collect()
}

/// A name for a sentence; an event may have had none.
fn name(text: &str) -> &str {
    if text.is_empty() { "(no name)" } else { text }
}

#[cfg(test)]
mod tests;
