//! The cost of language models in a day's cost report, from the usage ledger.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ServiceCost;
use crate::usage::TokenCounts;

/// The cost of language models. Dollars are decimals in text; sums are unrounded, quotients have 12 decimals.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AiCost {
    /// The day by model, most expensive first.
    pub by_model: Vec<ModelCost>,
    /// Dollars a priced request of the day; `None` without one.
    pub per_request: Option<Decimal>,
    /// The day by incident; `None` where no request was for one.
    pub incidents: Option<IncidentCosts>,
    /// The thirty days that end with the day, oldest first. Empty where the ledger could not be read.
    pub trend: Vec<AiDayCost>,
    /// The thirty days by agent: the five most expensive ones, then the rest as one.
    pub agents: Vec<AgentShare>,
    /// Seven days against the seven before; `None` where a day is unknown.
    pub week: Option<WeekCost>,
    /// The month so far of each agent with a budget.
    pub budgets: Vec<AgentBudget>,
    /// Cost Explorer's figure beside the ledger's; `None` where Cost Explorer could not be read.
    pub bedrock: Option<BedrockCost>,
    /// Other AI services in Cost Explorer, such as `Amazon SageMaker`, most expensive first.
    pub services: Vec<ServiceCost>,
    /// What is left out, a sentence each.
    pub notes: Vec<String>,
    /// Ledger rows that were read.
    pub rows: u64,
}

/// One model's usage of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCost {
    /// The model; `None` is the sum of further ones.
    pub model: Option<String>,
    /// Requests, priced or not.
    pub requests: u64,
    /// Tokens by kind, priced or not.
    pub tokens: TokenCounts,
    /// Dollars of the priced part; `None` is unpriced, which is not zero.
    pub cost_usd: Option<Decimal>,
    /// Dollars a thousand priced tokens of all kinds.
    pub per_thousand_tokens: Option<Decimal>,
    /// Requests without a price.
    pub unpriced_requests: u64,
}

/// The incidents of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentCosts {
    /// Incidents, without those above the ledger's limit of rows, which are counted together.
    pub count: u64,
    /// Of them, those that have requests without a price.
    pub unpriced: u64,
    /// Dollars of an incident, on average over those whose requests all have a price.
    pub per_incident: Option<Decimal>,
    /// The most expensive ones.
    pub top: Vec<IncidentCost>,
}

/// One incident's usage of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentCost {
    /// Its id.
    pub incident: String,
    /// Requests.
    pub requests: u64,
    /// Dollars of the priced part; `None` is unpriced.
    pub cost_usd: Option<Decimal>,
}

/// A day of the trend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AiDayCost {
    /// The day, UTC.
    pub date: Date,
    /// Requests; `None` where the day could not be read.
    pub requests: Option<u64>,
    /// Dollars of the priced part; `None` where the day could not be read or nothing has a price.
    pub cost_usd: Option<Decimal>,
    /// Requests without a price.
    pub unpriced_requests: u64,
}

/// An agent's part of the thirty days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentShare {
    /// The agent; `None` is the sum of further ones.
    pub agent: Option<String>,
    /// The number of agents: more than one in the sum of further ones.
    pub agents: u64,
    /// Requests.
    pub requests: u64,
    /// Dollars of the priced part; `None` is unpriced.
    pub cost_usd: Option<Decimal>,
    /// Percent of all agents' dollars, with one decimal; `None` where there are none.
    pub percent: Option<Decimal>,
}

/// Seven days against the seven before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeekCost {
    /// Dollars of the seven days that end with the day.
    pub cost_usd: Decimal,
    /// Dollars of the seven days before.
    pub previous_usd: Decimal,
    /// The growth in percent, with one decimal; `None` where it cannot be computed.
    pub percent: Option<Decimal>,
    /// Why it cannot be computed.
    pub withheld: Option<String>,
}

/// An agent's budget of a calendar month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentBudget {
    /// The agent.
    pub agent: String,
    /// The budget of the month.
    pub budget_usd: Decimal,
    /// Dollars of the month so far.
    pub spent_usd: Decimal,
    /// Whether more may be spent: a day could not be read, or requests have no price.
    pub is_lower_bound: bool,
    /// Days of the month so far, the reported one included.
    pub days: u8,
    /// Days of the month.
    pub days_in_month: u8,
    /// Dollars spent as a multiple of the budget's share for these days, with two decimals: above 1, the month ends over
    /// budget. `None` where the dollars are a lower bound, or the budget is zero.
    pub burn_rate: Option<Decimal>,
    /// The day on which the budget is spent at this rate, if within the month.
    pub exhausted_on: Option<Date>,
}

/// Cost Explorer's figure for Amazon Bedrock beside the ledger's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BedrockCost {
    /// The services in Cost Explorer that are counted: `Amazon Bedrock` and, for models of third parties, names that
    /// contain it.
    pub services: Vec<ServiceCost>,
    /// Their sum, in the report's currency.
    pub cost_explorer: Decimal,
    /// The ledger's dollars; `None` is unpriced or unknown.
    pub ledger_usd: Option<Decimal>,
    /// Cost Explorer's sum less the ledger's; `None` where they cannot be compared.
    pub difference: Option<Decimal>,
    /// What explains the difference, in a sentence.
    pub explanation: String,
}
