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
mod tests {
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
}
