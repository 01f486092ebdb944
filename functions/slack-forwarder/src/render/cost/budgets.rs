//! The lines of the budgets of AWS Budgets.

use picket_shared::{
    fleet::{AwsBudget, BudgetKind, BudgetStatus, CostAnalysis},
    money::money,
};
use rust_decimal::Decimal;

use super::{changes::LINES, summary::part};
use crate::draft::mrkdwn::Mrkdwn;

/// The budgets, those over their limits first; `None` of nothing.
///
/// AWS updates budgets up to three times a day, 8 to 12 hours after the update before:
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html>
pub(super) fn budgets(analysis: &CostAnalysis) -> Option<Mrkdwn> {
    let budgets = &analysis.budgets;
    if budgets.is_empty() {
        return None;
    }
    let rest = budgets.len().saturating_sub(LINES) + analysis.more_budgets;
    let more = (rest > 0).then(|| format!("{rest} more"));
    let lines: Vec<_> = budgets.iter().take(LINES).map(line).chain(more).collect();
    let items = format!(" (up to a day old):\n• {}", lines.join("\n• "));
    Some(Mrkdwn::new().bold("AWS Budgets").text(items))
}

/// `payments: 412.00 of 400.00 USD (103 %), monthly, SERVICE Amazon EC2: over budget`
fn line(budget: &AwsBudget) -> String {
    let amount = |amount: Decimal| match budget.kind {
        BudgetKind::Cost => money(amount),
        BudgetKind::Usage | BudgetKind::Other => amount.normalize().to_string(),
    };
    let known = |value: Option<Decimal>| value.map_or_else(|| "unknown".to_owned(), amount);
    let percent = budget.actual.zip(budget.limit);
    let percent = percent.map_or_else(String::new, |(actual, limit)| part(actual, limit));
    let forecast = budget
        .forecast
        .map(|forecast| format!(", forecast {}", amount(forecast)));
    let credits = budget.is_after_credits.filter(|after| *after);
    let parts = [
        Some(format!(
            "{}: {} of {} {}{percent}",
            budget.name,
            known(budget.actual),
            known(budget.limit),
            budget.unit
        )),
        forecast,
        Some(format!(", {}", budget.time_unit.to_lowercase())),
        credits.map(|_| ", after credits".to_owned()),
        budget.filter.as_ref().map(|filter| format!(", {filter}")),
        status(budget),
    ];
    parts.into_iter().flatten().collect()
}

fn status(budget: &AwsBudget) -> Option<String> {
    match budget.status {
        BudgetStatus::Over => Some(": over budget".to_owned()),
        BudgetStatus::ForecastOver => Some(": over budget by its forecast".to_owned()),
        BudgetStatus::Near => Some(": near its limit".to_owned()),
        BudgetStatus::Within => None,
        BudgetStatus::Unknown => {
            let reason = budget.reason.as_deref().unwrap_or("no reason given");
            Some(format!(": unknown, since {reason}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(name: &str, status: BudgetStatus) -> AwsBudget {
        AwsBudget {
            name: name.to_owned(),
            kind: BudgetKind::Cost,
            filter: None,
            is_after_credits: Some(false),
            time_unit: "MONTHLY".to_owned(),
            unit: "USD".to_owned(),
            limit: Some(Decimal::from(400)),
            actual: Some(Decimal::new(412_004, 3)),
            forecast: None,
            status,
            reason: None,
        }
    }

    #[test]
    fn a_line_has_what_a_budget_counts_and_what_is_known_of_it() {
        let part = AwsBudget {
            filter: Some("SERVICE Amazon EC2".to_owned()),
            is_after_credits: Some(true),
            forecast: Some(Decimal::from(520)),
            ..budget("payments", BudgetStatus::Over)
        };
        let usage = AwsBudget {
            kind: BudgetKind::Usage,
            time_unit: "DAILY".to_owned(),
            unit: "GB".to_owned(),
            actual: Some(Decimal::new(855_000, 4)),
            limit: Some(Decimal::from(100)),
            ..budget("transfer", BudgetStatus::Near)
        };
        let unknown = AwsBudget {
            actual: None,
            reason: Some("AWS does not update it: FILTER_INVALID".to_owned()),
            ..budget("old", BudgetStatus::Unknown)
        };
        for (budget, expected) in [
            (
                part,
                "payments: 412.00 of 400.00 USD (103 %), forecast 520.00, monthly, after credits, SERVICE Amazon EC2: over budget",
            ),
            (
                usage,
                "transfer: 85.5 of 100 GB (86 %), daily: near its limit",
            ),
            (
                unknown,
                "old: unknown of 400.00 USD, monthly: unknown, since AWS does not update it: FILTER_INVALID",
            ),
            (
                budget("account", BudgetStatus::ForecastOver),
                "account: 412.00 of 400.00 USD (103 %), monthly: over budget by its forecast",
            ),
            (
                budget("account", BudgetStatus::Within),
                "account: 412.00 of 400.00 USD (103 %), monthly",
            ),
        ] {
            assert_eq!(line(&budget), expected);
        }
    }

    #[test]
    fn what_is_not_listed_is_counted_and_the_age_of_the_amounts_is_stated() {
        let names = (0..7).map(|number| budget(&format!("budget {number}"), BudgetStatus::Within));
        let analysis = CostAnalysis {
            budgets: names.collect(),
            more_budgets: 40,
            ..CostAnalysis::default()
        };
        let words = budgets(&analysis).unwrap().words();
        assert!(
            words.starts_with("AWS Budgets (up to a day old):"),
            "{words}"
        );
        assert_eq!(words.matches("• ").count(), LINES + 1);
        assert!(words.ends_with("• 42 more"), "{words}");
        assert!(budgets(&CostAnalysis::default()).is_none());
    }
}
