//! The cost of language models, from the usage ledger.

use std::{cmp::Reverse, collections::BTreeMap};

use picket_shared::{
    fleet::AgentCost,
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
            .map_or_else(|| "an unknown amount".to_owned(), |sum| format!("${sum}"));
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
mod tests {
    use jiff::civil::date;
    use picket_shared::usage::{TokenCounts, UsageKey};

    use super::*;

    fn row(agent: &str, model: &str, price: Option<&str>, input: u64) -> UsageRow {
        UsageRow {
            key: UsageKey {
                date: date(2026, 11, 19),
                agent: agent.into(),
                model: model.into(),
                incident: None,
                price: price.map(str::to_owned),
                batch: false,
            },
            usage: Usage {
                requests: 1,
                tokens: TokenCounts {
                    input,
                    ..TokenCounts::default()
                },
            },
        }
    }

    /// 0.00000003 dollars a token, where the row names a price.
    fn price(row: &UsageRow) -> Option<Decimal> {
        row.key.price.as_ref()?;
        Decimal::from(row.usage.tokens.input).checked_mul(Decimal::new(3, 8))
    }

    #[test]
    fn the_dearest_agent_stands_first_and_the_sum_is_exact() {
        let rows = [
            row("triage", "nova", Some("p"), 1_000_001),
            row("planner", "nova", Some("p"), 10),
            row("triage", "nova", Some("p"), 1),
            row("writer", "sonnet", Some("p"), 2_000_000),
        ];
        let costs = token_costs(&rows, price);
        let table: Vec<_> = costs
            .by_agent
            .iter()
            .map(|row| {
                (
                    row.agent.as_str(),
                    row.requests,
                    row.tokens.input,
                    row.cost_usd.unwrap().to_string(),
                )
            })
            .collect();
        assert_eq!(
            table,
            [
                ("writer", 1, 2_000_000, "0.06000000".to_owned()),
                ("triage", 2, 1_000_002, "0.03000006".to_owned()),
                ("planner", 1, 10, "0.00000030".to_owned()),
            ]
        );
        assert_eq!(costs.total.unwrap().to_string(), "0.09000036");
        assert_eq!(costs.caveats, [""; 0]);
    }

    #[test]
    fn unpriced_use_is_named_and_never_zero() {
        let rows = [
            row("triage", "mystery", None, 5),
            row("triage", "nova", None, 7),
            row("triage", "nova", Some("p"), 1),
        ];
        let costs = token_costs(&rows, price);
        let table: Vec<_> = costs
            .by_agent
            .iter()
            .map(|row| (row.model.as_str(), row.tokens.input, row.cost_usd.is_some()))
            .collect();
        assert_eq!(
            table,
            [("nova", 1, true), ("mystery", 5, false), ("nova", 7, false)]
        );
        assert_eq!(costs.total.unwrap().to_string(), "0.00000003");
        assert_eq!(
            costs.caveats,
            [
                "unpriced: requests to mystery (1) have no price and are in no total; add a row to prices.yaml",
                "unpriced: requests to nova (1) have no price and are in no total; add a row to prices.yaml",
            ]
        );
    }

    #[test]
    fn a_day_without_any_price_has_no_total() {
        let costs = token_costs(&[row("triage", "mystery", None, 5)], price);
        assert_eq!(costs.total, None);
    }

    #[test]
    fn use_that_cannot_be_added_up_is_named() {
        let rows = [
            row("a", "m", Some("p"), u64::MAX),
            row("a", "m", Some("p"), 1),
        ];
        let costs = token_costs(&rows, |_| Some(Decimal::ONE));
        assert_eq!(costs.by_agent[0].tokens.input, u64::MAX);
        assert_eq!(
            costs.caveats,
            ["incomplete: the use of m by a is too large to add up"]
        );
    }

    #[test]
    fn a_long_list_is_cut_and_the_total_is_not() {
        let rows: Vec<_> = (0..103)
            .map(|number| {
                row(
                    &format!("agent {number:03}"),
                    "nova",
                    Some("p"),
                    1_000 + number,
                )
            })
            .collect();
        let costs = token_costs(&rows, price);
        assert_eq!(costs.by_agent.len(), MOST_ROWS);
        assert_eq!(costs.by_agent[0].agent, "agent 102");
        // 3 hundred-millionths of a dollar a token: 103 times 1,000 and 0 to 102.
        assert_eq!(costs.total.unwrap().to_string(), "0.00324759");
        assert_eq!(
            costs.caveats,
            [
                "the 100 most expensive uses are listed; the 3 others cost $0.00009009 together and are in the total"
            ]
        );
    }

    #[test]
    fn no_use_costs_nothing() {
        let costs = token_costs(&[], price);
        assert_eq!(
            (costs.by_agent.len(), costs.total),
            (0, Some(Decimal::ZERO))
        );
    }
}
