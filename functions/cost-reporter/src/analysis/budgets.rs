//! Budgets of AWS Budgets: how near each is to its limit, and what of the account it counts.

mod filter;

use std::cmp::Reverse;

use jiff::civil::Date;
use picket_shared::fleet::{AwsBudget, BudgetKind, BudgetStatus};
use rust_decimal::Decimal;

use crate::{
    amount,
    answer::{Budget, MetricValue},
    reads::Reads,
};

/// Budgets of a report. An account may have thousands, and a reader needs those near their limits.
const MOST: usize = 20;
/// The part of a limit, in percent, from which a budget is near it: the first notification of account.yaml's budget.
const NEAR_PERCENT: Decimal = Decimal::from_parts(80, 0, 0, false, 0);
/// The `HealthStatus` of a budget that AWS does not update.
const UNHEALTHY: &str = "UNHEALTHY";

/// The cost and usage budgets, those over their limits first, and how many there are beyond the report's. Utilization
/// and coverage budgets are left out: their limits are minimums.
///
/// AWS has the figures of the current period alone, so only the report of yesterday has budgets.
pub(crate) fn budgets(date: Date, today: Option<Date>, reads: &Reads) -> (Vec<AwsBudget>, usize) {
    let follows = |today| date.tomorrow().is_ok_and(|next| next == today);
    if !today.is_none_or(follows) {
        return (Vec::new(), 0);
    }
    let pages = reads.budgets.iter().flat_map(|page| &page.budgets);
    let mut budgets: Vec<_> = pages.filter_map(|budget| read(budget, date)).collect();
    // Pages may repeat a budget where one was created meanwhile.
    budgets.sort_by(|a, b| a.name.cmp(&b.name));
    budgets.dedup_by(|a, b| a.name == b.name);
    budgets.sort_by_key(|budget| {
        (
            rank(budget.status),
            !budget.is_of_account(),
            Reverse(part(budget)),
        )
    });
    let more = budgets.len().saturating_sub(MOST);
    budgets.truncate(MOST);
    (budgets, more)
}

fn read(budget: &Budget, date: Date) -> Option<AwsBudget> {
    let kind = match budget.budget_type.as_str() {
        "COST" => BudgetKind::Cost,
        "USAGE" => BudgetKind::Usage,
        _ => return None,
    };
    let counted = filter::counted(budget);
    let limit = budget.budget_limit.as_ref();
    let unit = limit.map_or("", |limit| limit.unit.as_str());
    let spend = budget.calculated_spend.as_ref();
    let same_unit = |value: &&MetricValue| value.unit == unit;
    let in_unit = |value: Option<&MetricValue>| {
        let value = value.filter(same_unit)?;
        amount::exact(&value.amount)
    };
    let actual = in_unit(spend.and_then(|spend| spend.actual_spend.as_ref()));
    let mut read = AwsBudget {
        name: budget.budget_name.clone(),
        kind,
        filter: counted.filter,
        is_after_credits: counted.is_after_credits,
        time_unit: budget.time_unit.clone(),
        unit: unit.to_owned(),
        limit: in_unit(limit),
        actual,
        forecast: in_unit(spend.and_then(|spend| spend.forecasted_spend.as_ref())),
        status: BudgetStatus::Unknown,
        reason: None,
    };
    match unknown(budget, &read, date) {
        Some(reason) => read.reason = Some(reason),
        None => read.status = status(&read),
    }
    Some(read)
}

/// Why a budget's amounts say nothing of its limit.
fn unknown(budget: &Budget, read: &AwsBudget, date: Date) -> Option<String> {
    let health = budget.health_status.as_ref();
    if let Some(health) = health.filter(|health| health.status.as_deref() == Some(UNHEALTHY)) {
        let reason = health.status_reason.as_deref().unwrap_or("no reason given");
        return Some(format!("AWS does not update it: {reason}"));
    }
    if read.limit.is_none() {
        return Some("its limit is not a decimal number".to_owned());
    }
    let Some(actual) = read.actual else {
        return Some("AWS has not computed its amount, or in another unit".to_owned());
    };
    // "When you modify a budget, the calculatedSpend drops to zero until Amazon has new usage data."
    // <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_UpdateBudget.html>
    let changed = budget.last_updated.filter(|day| *day >= date)?;
    actual.is_zero().then(|| {
        format!("it was changed on {changed}, and AWS may not have computed its amount since")
    })
}

fn status(budget: &AwsBudget) -> BudgetStatus {
    let (Some(limit), Some(actual)) = (budget.limit, budget.actual) else {
        return BudgetStatus::Unknown;
    };
    if actual > limit {
        return BudgetStatus::Over;
    }
    if budget.forecast.is_some_and(|forecast| forecast > limit) {
        return BudgetStatus::ForecastOver;
    }
    match part(budget) {
        Some(part) if part >= NEAR_PERCENT => BudgetStatus::Near,
        _ => BudgetStatus::Within,
    }
}

/// The order of a report. A budget whose status is unknown may be over its limit.
fn rank(status: BudgetStatus) -> u8 {
    match status {
        BudgetStatus::Over => 0,
        BudgetStatus::ForecastOver => 1,
        BudgetStatus::Near => 2,
        BudgetStatus::Unknown => 3,
        BudgetStatus::Within => 4,
    }
}

/// The actual amount in percent of the limit.
fn part(budget: &AwsBudget) -> Option<Decimal> {
    let hundredfold = budget.actual?.checked_mul(Decimal::ONE_HUNDRED)?;
    hundredfold.checked_div(budget.limit?)
}

#[cfg(test)]
mod tests;
