//! Token usage, as the ledger keeps it: integers alone. Money is worked out when it is read.

mod row_id;

use jiff::civil::Date;
use picket_rules::prices::PriceBook;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use picket_rules::tokens::TokenCounts;
pub use row_id::{LONGEST_NAMES, names_length, row_id};

/// The key of a ledger row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UsageKey {
    /// The UTC day of the requests.
    pub date: Date,
    /// The agent; empty where the event names none.
    pub agent: String,
    /// The model as the event named it.
    pub model: String,
    /// The incident the request was made for, where there was one.
    pub incident: Option<String>,
    /// The id of the price row in force, or a [`Tier`]'s mark in its place; `None` is unpriced, which is not zero and
    /// can be priced afterwards.
    pub price: Option<String>,
    /// Whether the requests were made in batch, which has prices of its own.
    pub batch: bool,
}

/// A service tier other than the standard: Bedrock's service tiers `priority`, `flex` and `reserved`, or
/// `optimized` latency. Each has prices of its own, so such a request is never priced as a standard one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tier(String);

/// Begins what a row has in the place of a price row's id, which has no colon. A build that knows no tiers finds no
/// price of that id.
const TIER: &str = "tier:";

impl Tier {
    /// Reads a value of `serviceTier` or `performanceConfig`, in any case; `None` is the standard. An unknown value
    /// yet is a tier too.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        let is_standard = ["", "default", "standard"].contains(&word.as_str());
        (!is_standard).then_some(Self(word))
    }

    /// Returns the text that a row has in place of a price's id.
    pub fn mark(&self) -> String {
        format!("{TIER}{}", self.0)
    }
}

impl UsageKey {
    /// The tier's word, where the requests were served at one that has no price.
    pub fn tier(&self) -> Option<&str> {
        self.price.as_deref()?.strip_prefix(TIER)
    }
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
    /// The row's dollars: by the price row that it names; where it names none, by the one that the book has for its
    /// model by now. `None` is unpriced.
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
    /// The key.
    pub key: UsageKey,
    /// The usage.
    pub usage: Usage,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use picket_rules::prices::built_in;

    use super::*;

    #[test]
    fn words_of_the_standard_are_no_tier_and_all_others_are() {
        for (word, mark) in [
            ("default", None),
            ("standard", None),
            ("STANDARD", None),
            ("", None),
            (" ", None),
            ("priority", Some("tier:priority")),
            ("Flex", Some("tier:flex")),
            ("reserved", Some("tier:reserved")),
            ("optimized", Some("tier:optimized")),
            ("tomorrow's", Some("tier:tomorrow's")),
        ] {
            let tier = Tier::of(word).map(|tier| tier.mark());
            assert_eq!(tier.as_deref(), mark, "{word}");
        }
    }

    #[test]
    fn a_tier_is_unpriced_where_the_standard_has_a_price_that_came_later() {
        let row = |price: Option<&str>| UsageRow {
            key: UsageKey {
                date: date(2026, 11, 20),
                agent: String::new(),
                model: "amazon.nova-micro-v1:0".into(),
                incident: None,
                price: price.map(str::to_owned),
                batch: false,
            },
            usage: Usage::default(),
        };
        assert!(row(None).cost(built_in()).is_some());
        assert_eq!(row(Some("tier:flex")).cost(built_in()), None);
        assert_eq!(row(Some("tier:flex")).key.tier(), Some("flex"));
        assert_eq!(row(Some("nova-micro")).key.tier(), None);
        assert_eq!(row(None).key.tier(), None);
    }
}
