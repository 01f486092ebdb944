mod ai;
mod analysis;
mod budget;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::usage::TokenCounts;

pub use ai::{
    AgentBudget, AgentShare, AiCost, AiDayCost, BedrockCost, IncidentCost, IncidentCosts,
    ModelCost, WeekCost,
};
pub use analysis::{
    AccountCost, Appearance, AwsAnomaly, Cause, Charges, Comparison, CostAnalysis, CostAnomaly,
    Credits, DayCost, FirstSeen, MonthCost, MonthForecast, Mover, Restated, Untagged, UsualCost,
};
pub use budget::{AwsBudget, BudgetKind, BudgetStatus};

/// The beginning of a caveat that says that amounts are missing or do not add up.
pub const INCOMPLETE: &str = "incomplete: ";

/// The cost of a day. Amounts are decimals in text, unrounded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostReport {
    /// The stack that reports.
    pub stack: String,
    /// The account whose cost it is, where known.
    pub account: Option<String>,
    /// The day, UTC.
    pub date: Date,
    /// ISO 4217.
    pub currency: String,
    /// Cost Explorer may still change the day.
    pub estimated: bool,
    /// The day's total; `None` where Cost Explorer could not be read, which is not zero.
    pub total: Option<Decimal>,
    /// The day before; `None` where Cost Explorer gave none.
    pub previous_total: Option<Decimal>,
    /// By service, most expensive first.
    pub by_service: Vec<ServiceCost>,
    /// Services that cost something the day before and have no row on the day, most expensive first.
    #[serde(default)]
    pub absent: Vec<AbsentService>,
    /// Token cost from the ledger, most expensive first.
    pub by_agent: Vec<AgentCost>,
    /// Sum of the priced uses; `None` where the ledger could not be read, or nothing that was used has a price.
    pub token_cost_usd: Option<Decimal>,
    /// Language models: models, incidents, trend, budgets. `None` where the ledger could not be read.
    #[serde(default)]
    pub ai: Option<Box<AiCost>>,
    /// Missing parts and sums that do not add up, a sentence each. Empty: the report is complete.
    pub caveats: Vec<String>,
    /// Requests made to Cost Explorer, at $0.01 each, pages included.
    pub requests: u32,
    /// Comparisons, the month, and causes.
    #[serde(default)]
    pub analysis: CostAnalysis,
}

impl CostReport {
    /// Why the report's amounts are incomplete; `None` where they add up and nothing is missing.
    pub fn incomplete(&self) -> Option<&str> {
        let reason = |caveat: &String| caveat.starts_with(INCOMPLETE);
        self.caveats
            .iter()
            .find(|caveat| reason(caveat))
            .map(|caveat| caveat.strip_prefix(INCOMPLETE).unwrap_or(caveat))
    }
}

/// One service's cost on the day and the day before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceCost {
    /// Cost Explorer's name of it.
    pub service: String,
    /// The day's amount.
    pub amount: Decimal,
    /// The day before; `None` where it had no row.
    pub previous: Option<Decimal>,
}

/// A service of the day before that has no row on the day: Cost Explorer leaves out what cost nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AbsentService {
    /// Cost Explorer's name of it.
    pub service: String,
    /// Its cost of the day before.
    pub previous: Decimal,
}

/// One agent's use of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentCost {
    /// The agent.
    pub agent: String,
    /// The model.
    pub model: String,
    /// Requests.
    pub requests: u64,
    /// Tokens by kind.
    pub tokens: TokenCounts,
    /// Dollars; `None` is unpriced, which is not zero.
    pub cost_usd: Option<Decimal>,
}
