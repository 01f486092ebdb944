//! The usage ledger, and what whoever reads it makes of its rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use picket_rules::prices;
use picket_shared::usage::{TokenCounts, Usage as Counted, UsageKey, UsageRow};
use rust_decimal::Decimal;

use super::{Expected, Usage};
use crate::{events::MODEL, world::State};

pub(super) fn ledger(state: &State, expected: &Expected, problems: &mut Vec<String>) {
    let mut has: BTreeMap<(String, String), Usage> = BTreeMap::new();
    for ((day, agent, model, incident, price, batch), counts) in &state.tables.ledger {
        if model != MODEL || incident.is_some() || *batch || counts[3..] != [0, 0, 0] {
            problems.push(format!("the ledger has a row of {day} {agent} {model}"));
        }
        let usage = has.entry((day.clone(), agent.clone())).or_default();
        usage.requests += counts[0];
        usage.input += counts[1];
        usage.output += counts[2];
        usage.dollars += dollars(day, agent, price.as_ref(), *counts);
    }
    let days: BTreeSet<_> = has.keys().chain(expected.usage.keys()).collect();
    for day in days {
        let none = Usage::default();
        let of = |usages: &BTreeMap<_, Usage>| usages.get(day).unwrap_or(&none).clone();
        let (has, least, more) = (of(&has), of(&expected.usage), of(&expected.unclear_usage));
        let is_exact = has == least;
        let is_between = more != none
            && (least.requests..=least.requests + more.requests).contains(&has.requests)
            && (least.input..=least.input + more.input).contains(&has.input)
            && (least.dollars..=least.dollars + more.dollars).contains(&has.dollars);
        if !is_exact && !is_between {
            problems.push(format!(
                "ledger {day:?}: {has:?} is not {least:?} (and {more:?})"
            ));
        }
    }
}

/// What whoever reads the ledger makes of a row.
fn dollars(day: &str, agent: &str, price: Option<&String>, counts: [u64; 6]) -> Decimal {
    let date: Date = day.parse().unwrap();
    let tokens = TokenCounts {
        input: counts[1],
        output: counts[2],
        ..TokenCounts::default()
    };
    let row = UsageRow {
        key: UsageKey {
            date,
            agent: agent.into(),
            model: MODEL.into(),
            incident: None,
            price: price.cloned(),
            batch: false,
        },
        usage: Counted {
            requests: counts[0],
            tokens,
        },
    };
    row.cost(prices::built_in())
        .unwrap_or(Decimal::NEGATIVE_ONE)
}
