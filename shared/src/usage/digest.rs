//! The usage of a day so far, in brief, beside that of the day before: what a cost alert says of its cause.
//!
//! The metrics publisher stores it in the ledger table each time it publishes `CostToday`; the Slack forwarder reads it
//! when an alarm on that metric fires. It is JSON of version 1. A reader ignores fields that it does not know, and takes
//! versions up to 2.

mod changes;

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Breakdown, Spend, by_cost};

/// The key of the item in the ledger table: its `day` and its `row`.
pub const USAGE_DIGEST_KEY: (&str, &str) = ("usage-digest", "today");
/// The version that is written.
const VERSION: u32 = 1;
/// The agents and models that are named, most expensive first.
const NAMED: usize = 5;
/// The longest name, in characters: names come from events, and a message has little room.
const LONGEST_NAME: usize = 80;

/// A day so far, and the day before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageDigest {
    /// The version of the format.
    pub version: u32,
    /// When it was read from the ledger.
    pub as_of: Timestamp,
    /// The day so far.
    pub today: DayUsage,
    /// The day before, as it was read last.
    pub yesterday: Option<DayUsage>,
}

/// The usage of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUsage {
    /// The day, UTC.
    pub date: Date,
    /// Requests.
    pub requests: u64,
    /// Tokens of all kinds a request; `None` without a request.
    pub tokens_per_request: Option<u64>,
    /// Dollars of the priced part; `None` is unpriced.
    pub cost_usd: Option<Decimal>,
    /// Requests without a price.
    pub unpriced_requests: u64,
    /// Incidents.
    pub incidents: u64,
    /// The most expensive agents.
    pub agents: Vec<NamedCost>,
    /// The most expensive models.
    pub models: Vec<NamedCost>,
}

/// An agent's or a model's part of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCost {
    /// Its name, cut to 80 characters.
    pub name: String,
    /// Requests.
    pub requests: u64,
    /// Dollars of the priced part; `None` is unpriced.
    pub cost_usd: Option<Decimal>,
}

impl DayUsage {
    /// Sums up a day.
    pub fn of(date: Date, day: &Breakdown) -> Self {
        let total = &day.total;
        Self {
            date,
            requests: total.requests(),
            tokens_per_request: total.tokens_per_request(),
            cost_usd: total.cost_usd(),
            unpriced_requests: total.unpriced.requests,
            incidents: day.by_incident.len() as u64,
            agents: named(by_cost(&day.by_agent)),
            models: named(by_cost(&day.by_model)),
        }
    }
}

fn named(groups: Vec<(&str, Spend)>) -> Vec<NamedCost> {
    let cost = |(name, spend): (&str, Spend)| NamedCost {
        name: name.chars().take(LONGEST_NAME).collect(),
        requests: spend.requests(),
        cost_usd: spend.cost_usd(),
    };
    groups.into_iter().take(NAMED).map(cost).collect()
}

impl UsageDigest {
    /// The digest of a day so far, after an earlier one: what that says of this day is replaced, and what it says of the
    /// day before is kept.
    pub fn after(earlier: Option<Self>, today: DayUsage, as_of: Timestamp) -> Self {
        let days = earlier
            .into_iter()
            .flat_map(|earlier| [Some(earlier.today), earlier.yesterday]);
        let yesterday = today.date.yesterday().ok();
        Self {
            version: VERSION,
            as_of,
            yesterday: days.flatten().find(|day| Some(day.date) == yesterday),
            today,
        }
    }

    /// The bytes that are stored.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, numbers and lists are always JSON")
    }

    /// Reads stored bytes; `None` where they are of another format.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let digest: Self = serde_json::from_slice(bytes).ok()?;
        (digest.version <= VERSION + 1).then_some(digest)
    }
}

#[cfg(test)]
mod tests;
