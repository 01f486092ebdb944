//! Budgets of AWS Budgets, as a cost report has them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A budget of AWS Budgets, with AWS's figures of its current period, which are up to a day old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsBudget {
    /// Its name.
    pub name: String,
    /// What it counts.
    pub kind: BudgetKind,
    /// What of the account it counts, in words, such as `SERVICE Amazon EC2`; `None` is everything.
    pub filter: Option<String>,
    /// Whether credits lower its amounts, where known. A report's month is without credits.
    #[serde(default)]
    pub is_after_credits: Option<bool>,
    /// The length of its period: `DAILY`, `MONTHLY`, `QUARTERLY`, `ANNUALLY` or `CUSTOM`.
    pub time_unit: String,
    /// The unit of its amounts: ISO 4217, or a unit of usage, such as `GB`.
    pub unit: String,
    /// The limit of the period.
    pub limit: Option<Decimal>,
    /// What AWS counted of the period so far; `None` is unknown, and not zero.
    pub actual: Option<Decimal>,
    /// AWS's forecast of the whole period.
    pub forecast: Option<Decimal>,
    /// How its amounts compare with the limit.
    pub status: BudgetStatus,
    /// Why the status is unknown.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetKind {
    /// Cost.
    Cost,
    /// Usage, in a unit of its own.
    Usage,
    /// One that a newer build added.
    #[serde(other)]
    Other,
}

/// How a budget's amounts compare with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BudgetStatus {
    /// The actual amount exceeds it.
    Over,
    /// The forecast exceeds it.
    ForecastOver,
    /// The actual amount is at least 80 % of it.
    Near,
    /// None of these.
    Within,
    /// It is not known, or one that a newer build added.
    #[serde(other)]
    Unknown,
}

impl AwsBudget {
    /// Whether it is of the account's whole cost. Only such a budget says something of the account's cost.
    pub fn is_of_account(&self) -> bool {
        self.kind == BudgetKind::Cost && self.filter.is_none()
    }

    /// Whether the actual amount or the forecast exceeds the limit.
    pub fn is_over(&self) -> bool {
        matches!(self.status, BudgetStatus::Over | BudgetStatus::ForecastOver)
    }
}
