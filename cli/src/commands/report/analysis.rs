//! The analysis of a day as lines of text.

use std::fmt;

use cost_reporter::DayReport;
use picket_shared::{
    fleet::{AwsBudget, BudgetKind, BudgetStatus, CostAnomaly, Mover},
    money::money,
};
use rust_decimal::Decimal;

use super::change;
use crate::terminal::Value;

/// The analysis of a report, each line after a line break.
pub(super) struct Lines<'a>(pub(super) &'a DayReport);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let analysis = &self.0.analysis;
        if let Some(charges) = &analysis.charges {
            let charges = charges.named();
            let charges: Vec<_> = charges
                .iter()
                .map(|(name, amount)| format!("{name} {}", money(*amount)))
                .collect();
            write!(f, "\n{}", charges.join(", "))?;
        }
        if let Some(why) = &analysis.filling {
            write!(f, "\nstill filling: {}", Value(why))?;
        }
        if let Some(comparison) = &analysis.comparison {
            write!(
                f,
                "\nusage of {}: {}",
                comparison.day,
                money(comparison.amount)
            )?;
            let usual = comparison.usual.map(|usual| usual.median);
            for (before, on) in [
                (comparison.day_before, "the day before"),
                (comparison.week_before, "the same weekday last week"),
                (usual, "the weekday's median"),
            ] {
                if before.is_some() {
                    write!(f, ", {} on {on}", change(comparison.amount, before))?;
                }
            }
        }
        self.month(f)?;
        for budget in &analysis.budgets {
            write!(f, "\nAWS budget {}", budget_line(budget))?;
        }
        if analysis.more_budgets > 0 {
            write!(f, "\n{} more AWS budgets", analysis.more_budgets)?;
        }
        for mover in &analysis.movers {
            write!(f, "\nchanged: {}", mover_line(mover))?;
        }
        for seen in &analysis.first_seen {
            write!(f, "\nnew: {} {}", Value(&seen.name), money(seen.amount))?;
        }
        for anomaly in &analysis.anomalies {
            write!(f, "\nunusual: {}", anomaly_line(anomaly))?;
        }
        for account in &analysis.accounts {
            write!(
                f,
                "\naccount {}: {}",
                Value(&account.account),
                money(account.amount)
            )?;
            if account.week_before.is_some() {
                let change = change(account.amount, account.week_before);
                write!(f, ", {change} on last week")?;
            }
        }
        if let Some(untagged) = &analysis.untagged {
            let (amount, of) = (money(untagged.amount), money(untagged.of));
            write!(
                f,
                "\nwithout the tag {}: {amount} of {of}",
                Value(&untagged.tag)
            )?;
        }
        if let Some(credits) = &analysis.credits {
            write!(
                f,
                "\ncredits paid {} a day in the last week",
                money(credits.per_day)
            )?;
            if credits.stopped {
                write!(f, ", and nothing any more")?;
            }
        }
        Ok(())
    }
}

impl Lines<'_> {
    fn month(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(month) = &self.0.analysis.month else {
            return Ok(());
        };
        write!(
            f,
            "\nmonth to date without credits: {}",
            money(month.to_date)
        )?;
        if let Some(budget) = month.budget {
            write!(f, " of {}", money(budget))?;
        }
        if let Some(forecast) = month.forecast {
            write!(f, ", forecast {}", money(forecast.mean))?;
        }
        if month.is_over_budget() {
            write!(f, ": over budget")?;
        }
        if month.last_month.is_some() {
            let change = change(month.to_date, month.last_month);
            write!(f, "; {change} on as many days of last month")?;
        }
        Ok(())
    }
}

fn mover_line(mover: &Mover) -> String {
    let change_of = change(mover.amount, Some(mover.before));
    let causes: Vec<_> = mover
        .causes
        .iter()
        .map(|cause| format!("{} {} {}", cause.by, cause.name, money(cause.change)))
        .collect();
    let line = format!("{} {change_of} on {}", mover.service, mover.against);
    let line = if causes.is_empty() {
        line
    } else {
        format!("{line} ({})", causes.join(", "))
    };
    Value(&line).to_string()
}

fn budget_line(budget: &AwsBudget) -> String {
    let amount = |amount: Option<Decimal>| match (amount, budget.kind) {
        (None, _) => "unknown".to_owned(),
        (Some(amount), BudgetKind::Cost) => money(amount),
        (Some(amount), BudgetKind::Usage | BudgetKind::Other) => amount.normalize().to_string(),
    };
    let mut parts = vec![format!(
        "{}: {} of {} {} ({})",
        budget.name,
        amount(budget.actual),
        amount(budget.limit),
        budget.unit,
        budget.time_unit.to_lowercase()
    )];
    if budget.forecast.is_some() {
        parts.push(format!("forecast {}", amount(budget.forecast)));
    }
    if budget.is_after_credits == Some(true) {
        parts.push("after credits".to_owned());
    }
    parts.extend(budget.filter.clone());
    let status = match budget.status {
        BudgetStatus::Over => ": over budget",
        BudgetStatus::ForecastOver => ": over budget by its forecast",
        BudgetStatus::Near => ": near its limit",
        BudgetStatus::Within => "",
        BudgetStatus::Unknown => ": unknown",
    };
    let reason = budget.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| format!(", since {reason}"));
    Value(&format!("{}{status}{reason}", parts.join(", "))).to_string()
}

fn anomaly_line(anomaly: &CostAnomaly) -> String {
    let mut parts = vec![anomaly.service.clone()];
    if let Some((amount, usual)) = anomaly.amount.zip(anomaly.usual) {
        parts.push(format!("{}, usually {}", money(amount), money(usual)));
    }
    for aws in &anomaly.aws {
        parts.push(format!("AWS: {} since {}", money(aws.impact), aws.start));
    }
    Value(&parts.join("; ")).to_string()
}
