use jiff::civil::date;
use picket_shared::{
    fleet::ServiceCost,
    usage::{TokenCounts, Usage, UsageKey, UsageRow},
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{history::History, *};
use crate::amount;

const DAY: Date = date(2026, 11, 19);

pub(super) fn row(
    day: Date,
    agent: &str,
    model: &str,
    incident: Option<&str>,
    input: u64,
) -> UsageRow {
    UsageRow {
        key: UsageKey {
            date: day,
            agent: agent.into(),
            model: model.into(),
            incident: incident.map(str::to_owned),
            price: None,
            batch: false,
        },
        usage: Usage {
            requests: 2,
            tokens: TokenCounts {
                input,
                ..TokenCounts::default()
            },
        },
    }
}

/// Three dollars a million tokens; models that begin with `x` have no price.
pub(super) fn price(row: &UsageRow) -> Option<Decimal> {
    let tokens = Decimal::from(row.usage.tokens.input);
    (!row.key.model.starts_with('x')).then(|| tokens * Decimal::new(3, 6))
}

pub(super) fn dollars(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(super) fn report(services: &[(&str, &str)]) -> CostReport {
    let by_service: Vec<ServiceCost> = services
        .iter()
        .map(|(service, amount)| ServiceCost {
            service: (*service).to_owned(),
            amount: dollars(amount),
            previous: None,
        })
        .collect();
    CostReport {
        stack: "picket-dev".into(),
        account: None,
        date: DAY,
        currency: "USD".into(),
        estimated: false,
        total: Some(by_service.iter().map(|service| service.amount).sum()),
        previous_total: None,
        by_service,
        absent: Vec::new(),
        by_agent: Vec::new(),
        token_cost_usd: None,
        ai: None,
        caveats: Vec::new(),
        requests: 1,
        analysis: picket_shared::fleet::CostAnalysis::default(),
    }
}

fn usage(rows: Vec<UsageRow>) -> UsageRead {
    let day = Breakdown::of(&rows, price);
    let mut history = History::default();
    history.add(DAY, DAY, &day);
    UsageRead {
        rows: picket_aws::ledger::LedgerRows {
            rows,
            unreadable: 0,
        },
        day,
        is_cut: false,
        is_whole: true,
        history,
    }
}

fn ai_cost(rows: Vec<UsageRow>) -> AiCost {
    let mut report = report(&[]);
    let budgets = AgentBudgets::default();
    add_ai_cost(&mut report, &usage(rows), &budgets, date(2026, 11, 20));
    *report.ai.unwrap()
}

#[test]
fn the_day_by_model_has_every_kind_of_unit_cost() {
    let ai = ai_cost(vec![
        row(DAY, "triage", "sonnet", None, 1_000_000),
        row(DAY, "writer", "sonnet", None, 500_000),
        row(DAY, "triage", "nova", None, 1_000),
        row(DAY, "triage", "x-new", None, 9_000_000),
    ]);
    let table: Vec<_> = ai
        .by_model
        .iter()
        .map(|model| {
            (
                model.model.as_deref().unwrap(),
                model.requests,
                model.cost_usd.map(|cost| cost.normalize().to_string()),
                model.per_thousand_tokens.map(|cost| cost.to_string()),
                model.unpriced_requests,
            )
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        table,
        [
            ("sonnet", 4, some("4.5"), some("0.003"), 0),
            ("nova", 2, some("0.003"), some("0.003"), 0),
            ("x-new", 2, None, None, 2),
        ]
    );
    // 4.503 dollars for six priced requests; the two without a price are in neither.
    assert_eq!(ai.per_request, Some(dollars("0.7505")));
}

#[test]
fn an_incident_with_unpriced_requests_is_in_no_average() {
    let ai = ai_cost(vec![
        row(DAY, "a", "m", Some("INC-1"), 1_000_000),
        row(DAY, "b", "m", Some("INC-1"), 1_000_000),
        row(DAY, "a", "m", Some("INC-2"), 500_000),
        row(DAY, "a", "m", Some("INC-3"), 9_000_000),
        row(DAY, "a", "x", Some("INC-3"), 1),
        row(DAY, "a", "x", Some("INC-4"), 1),
        row(DAY, "Other", "m", Some("Other"), 7_000_000),
        row(DAY, "a", "m", None, 7_000_000),
    ]);
    let incidents = ai.incidents.unwrap();
    assert_eq!((incidents.count, incidents.unpriced), (4, 2));
    assert_eq!(incidents.per_incident, Some(dollars("3.75")));
    let top: Vec<_> = incidents
        .top
        .iter()
        .map(|incident| (incident.incident.as_str(), incident.cost_usd))
        .collect();
    assert_eq!(
        top,
        [
            ("INC-3", Some(dollars("27"))),
            ("INC-1", Some(dollars("6"))),
            ("INC-2", Some(dollars("1.5"))),
            ("INC-4", None),
        ]
    );
    assert_eq!(ai_cost(vec![row(DAY, "a", "m", None, 1)]).incidents, None);
}

#[test]
fn a_day_of_more_rows_than_are_read_is_a_caveat() {
    let mut report = report(&[]);
    let mut usage = usage(vec![row(DAY, "a", "m", None, 1)]);
    usage.is_cut = true;
    usage.is_whole = false;
    let budgets = AgentBudgets::default();
    add_ai_cost(&mut report, &usage, &budgets, date(2026, 11, 20));
    assert_eq!(
        report.caveats,
        [
            "incomplete: the ledger has more than 100000 rows of 2026-11-19; further ones are in no total"
        ]
    );
    let bedrock = report.ai.unwrap().bedrock.unwrap();
    assert_eq!(bedrock.difference, None);
}

proptest! {
    /// The message fits SNS, whatever the events name.
    #[test]
    fn the_part_of_a_message_is_bounded_and_its_sums_are_the_total(
        rows in prop::collection::vec((0..300_u32, 0..100_u32, prop::option::of(0..300_u32), 0..1_000_000_u64), 1..400),
    ) {
        let name = |kind: &str, number: u32| format!("{kind}{number:0>200}");
        let rows: Vec<UsageRow> = rows
            .into_iter()
            .map(|(agent, model, incident, input)| {
                let model = if model == 0 { "x".to_owned() } else { name("m", model) };
                let incident = incident.map(|incident| name("i", incident));
                row(DAY, &name("a", agent), &model, incident.as_deref(), input)
            })
            .collect();
        let total = Breakdown::of(&rows, price).total;
        let ai = ai_cost(rows);
        let sum = |costs: &mut dyn Iterator<Item = Option<Decimal>>| amount::sum(costs.flatten()).unwrap();
        prop_assert_eq!(sum(&mut ai.by_model.iter().map(|model| model.cost_usd)), total.dollars);
        prop_assert_eq!(sum(&mut ai.agents.iter().map(|agent| agent.cost_usd)), total.dollars);
        prop_assert_eq!(sum(&mut ai.trend.iter().map(|day| day.cost_usd)), total.dollars);
        prop_assert_eq!(ai.by_model.iter().map(|model| model.requests).sum::<u64>(), total.requests());
        let bytes = serde_json::to_string(&ai).unwrap().len();
        prop_assert!(bytes < 40_000, "{} bytes", bytes);
    }
}
