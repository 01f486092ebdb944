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
            "the 100 most expensive uses are listed; the 3 others cost $0.0001 together and are in the total"
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
