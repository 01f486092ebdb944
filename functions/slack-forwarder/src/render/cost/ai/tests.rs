use picket_shared::fleet::{AiDayCost, IncidentCost, ModelCost};
use picket_shared::usage::TokenCounts;

use super::*;
use crate::render::table::WIDTH;

fn dollars(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn ai_cost() -> AiCost {
    let model = |name: &str, cost: Option<&str>| ModelCost {
        model: Some(name.to_owned()),
        requests: 1_200,
        tokens: TokenCounts {
            input: 2_000_000,
            cache_read: 500_000,
            ..TokenCounts::default()
        },
        cost_usd: cost.map(dollars),
        per_thousand_tokens: cost.map(|_| dollars("0.000034921")),
        unpriced_requests: u64::from(cost.is_none()),
    };
    let first = jiff::civil::date(2026, 10, 21);
    let trend = first.series(jiff::Span::new().days(1)).take(30);
    AiCost {
        by_model: vec![
            model("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some("12.5")),
            model("example.unheard-of", None),
        ],
        per_request: Some(dollars("0.0052083")),
        incidents: Some(IncidentCosts {
            count: 7,
            unpriced: 1,
            per_incident: Some(dollars("1.75")),
            top: vec![IncidentCost {
                incident: "INC-20261119-0001".into(),
                requests: 90,
                cost_usd: Some(dollars("6")),
            }],
        }),
        trend: trend
            .zip(0..)
            .map(|(date, number)| AiDayCost {
                date,
                requests: (number != 3).then_some(1),
                cost_usd: (number != 3).then(|| Decimal::from(number)),
                unpriced_requests: 0,
            })
            .collect(),
        agents: vec![
            AgentShare {
                agent: Some("triage".into()),
                agents: 1,
                requests: 5,
                cost_usd: Some(dollars("300")),
                percent: Some(dollars("69.0")),
            },
            AgentShare {
                agent: None,
                agents: 4,
                requests: 5,
                cost_usd: Some(dollars("135")),
                percent: Some(dollars("31.0")),
            },
        ],
        week: Some(WeekCost {
            cost_usd: dollars("182"),
            previous_usd: dollars("133"),
            percent: Some(dollars("36.8")),
            withheld: None,
        }),
        budgets: vec![
            AgentBudget {
                agent: "triage".into(),
                budget_usd: dollars("250"),
                spent_usd: dollars("200"),
                is_lower_bound: false,
                days: 19,
                days_in_month: 30,
                burn_rate: Some(dollars("1.26")),
                exhausted_on: Some(jiff::civil::date(2026, 11, 24)),
            },
            AgentBudget {
                agent: "writer".into(),
                budget_usd: dollars("10"),
                spent_usd: dollars("12"),
                is_lower_bound: true,
                days: 19,
                days_in_month: 30,
                burn_rate: None,
                exhausted_on: None,
            },
        ],
        bedrock: Some(BedrockCost {
            services: Vec::new(),
            cost_explorer: dollars("12.5"),
            ledger_usd: Some(dollars("12.5")),
            difference: Some(Decimal::ZERO),
            explanation: "The figures agree.".into(),
        }),
        services: Vec::new(),
        notes: vec!["usage of 2026-10-24 is missing: it was late".into()],
        rows: 60,
    }
}

#[test]
fn every_part_is_drawn_and_fits_a_phone() {
    let words: Vec<String> = detail(&ai_cost()).iter().map(Mrkdwn::words).collect();
    let text = words.join("\n");
    let lines = words.iter().flat_map(|part| part.lines());
    // Sentences wrap, tables do not.
    for line in lines.filter(|line| line.contains("  ")) {
        assert!(line.chars().count() <= WIDTH, "{line}");
    }
    assert_eq!(
        text,
        "\
Language models: 2,400 requests; 0.00521 USD a request; 7 days 182.00 USD, +36.8 % on the week before.
Model                        Tokens       USD  per 1,000
us.anthropic.…20250929-v1:0  2.50 M     12.50  0.0000349
example.unheard-of           2.50 M  unpriced
7 incidents, 1.75 USD each on average (1 have requests without a price)
Incident           Req.   USD
INC-20261119-0001    90  6.00
6 more
Budget    spent      of  rate  spent by
triage   200.00  250.00  1.26    24 Nov
writer  ≥ 12.00   10.00            over
Agent, 30 days     USD     %
triage          300.00  69.0
4 more          135.00  31.0

▁▂▂·▂▃▃▃▃▄▄▄▄▅▅▅▅▆▆▆▆▇▇▇▇█████  highest 29.00
Amazon Bedrock: 12.50 in Cost Explorer, 12.50 in the ledger. The figures agree.
⚠️ usage of 2026-10-24 is missing: it was late"
    );
}

#[test]
fn growth_is_not_shown_where_it_is_withheld() {
    let mut ai = ai_cost();
    ai.week = Some(WeekCost {
        cost_usd: dollars("5"),
        previous_usd: dollars("0"),
        percent: None,
        withheld: Some("the week before cost nothing".into()),
    });
    assert_eq!(
        summary(&ai).words(),
        "Language models: 2,400 requests; 0.00521 USD a request; 7 days 5.00 USD, not compared: the week before cost nothing."
    );
}
