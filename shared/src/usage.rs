//! Token usage, as the ledger keeps it: integers alone. Money is worked out when it is read.

use jiff::civil::Date;
use picket_rules::prices::PriceBook;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use picket_rules::tokens::TokenCounts;

/// What a ledger row is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UsageKey {
    /// The UTC day of the requests.
    pub date: Date,
    /// Who asked; empty where the event did not say.
    pub agent: String,
    /// The model as the event named it.
    pub model: String,
    /// The incident the request was made for, where there was one.
    pub incident: Option<String>,
    /// The id of the price row in force; `None` is unpriced, which is not zero and can be priced afterwards.
    pub price: Option<String>,
    /// Whether the requests were made in batch, which has prices of its own.
    pub batch: bool,
}

/// Requests and tokens of one ledger row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Requests.
    pub requests: u64,
    /// Their tokens.
    pub tokens: TokenCounts,
}

impl Usage {
    /// The sum, or `None` where a total passes 2^64 - 1.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            requests: self.requests.checked_add(other.requests)?,
            tokens: self.tokens.checked_add(other.tokens)?,
        })
    }
}

impl UsageRow {
    /// The row's dollars: by the price row that it names; where it names none, by the one that the book has for its model by
    /// now. `None` is unpriced.
    pub fn cost(&self, book: &PriceBook) -> Option<Decimal> {
        let price = match &self.key.price {
            Some(id) => book.by_id(id),
            None => book.find(&self.key.model, None, self.key.date),
        }?;
        price.cost(&self.usage.tokens, self.key.batch)
    }
}

/// One row: what for, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// What for.
    pub key: UsageKey,
    /// How much.
    pub usage: Usage,
}
