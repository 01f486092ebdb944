//! Token usage, as the ledger keeps it: integers alone. Money is worked out when it is read.

mod breakdown;
mod digest;
mod row_id;
mod spend;

use jiff::civil::Date;
use picket_rules::prices::{Lookup, PriceBook, context_above};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use breakdown::{Breakdown, IncidentSpend, OTHER, by_cost, most_expensive};
pub use digest::{DayUsage, NamedCost, USAGE_DIGEST_KEY, UsageDigest};
pub use picket_rules::{prices::Tier, tokens::TokenCounts};
pub use row_id::{LONGEST_NAMES, names_length, row_id};
pub use spend::{Spend, all, quotient};

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
    /// The id of the price row in force, or an [`UnpricedMark`] in its place; `None` is unpriced at the standard tier.
    /// Unpriced is not zero, and can be priced afterwards.
    pub price: Option<String>,
    /// Whether the requests were made in batch, which has prices of its own.
    pub batch: bool,
}

/// What a row has in the place of a price's id where its requests have no price of their own: the service tier and the
/// context class ([`PriceBook::context_class`]), so that they are never priced as others are, and can be priced once
/// there is a row for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpricedMark {
    /// The service tier.
    pub tier: Tier,
    /// The context step below the requests' contexts; 0 is none.
    pub above: u64,
}

/// Begins a mark: `tier:flex`, `tier:standard>200000`. The id of a price's row has no colon: a build that knows no
/// marks finds no price of that id.
const MARK: &str = "tier:";
/// Separates the tier from the context step.
const STEP: char = '>';

impl UnpricedMark {
    /// Returns the mark's text; `None` where the requests are standard ones, which need no mark.
    pub fn text(&self) -> Option<String> {
        let Self { tier, above } = self;
        // The flag of the key says that a request was in batch.
        let is_plain = *tier == Tier::STANDARD || *tier == Tier::BATCH;
        match (is_plain, above) {
            (true, 0) => None,
            (false, 0) => Some(format!("{MARK}{tier}")),
            _ => Some(format!("{MARK}{tier}{STEP}{above}")),
        }
    }

    /// Returns the lookup of a price for these requests.
    pub fn lookup<'a>(&'a self, model: &'a str, date: Date) -> Lookup<'a> {
        Lookup {
            model,
            region: None,
            date,
            tier: &self.tier,
            context: context_above(self.above),
        }
    }

    /// Reads a mark; `None` is a price's id.
    fn read(text: &str) -> Option<Self> {
        let mark = text.strip_prefix(MARK)?;
        let (tier, above) = mark
            .rsplit_once(STEP)
            .and_then(|(tier, above)| Some((tier, above.parse().ok()?)))
            .unwrap_or((mark, 0));
        Some(Self {
            tier: Tier::read(tier),
            above,
        })
    }
}

impl UsageKey {
    /// The service tier and the context step of requests that had no price when they were counted; `None` is priced.
    pub fn unpriced(&self) -> Option<UnpricedMark> {
        let Some(text) = self.price.as_deref() else {
            let tier = if self.batch {
                Tier::BATCH
            } else {
                Tier::STANDARD
            };
            return Some(UnpricedMark { tier, above: 0 });
        };
        UnpricedMark::read(text)
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
    /// The row's dollars: by the price row that it names; where it names none, by the one that the book has by now for
    /// its model, tier and context step. `None` is unpriced.
    pub fn cost(&self, book: &PriceBook) -> Option<Decimal> {
        let key = &self.key;
        let price = match (key.unpriced(), &key.price) {
            (Some(mark), _) => book.price_of(&mark.lookup(&key.model, key.date)),
            (None, id) => book.by_id(id.as_deref()?),
        }?;
        price.cost(&self.usage.tokens, key.batch)
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
    use picket_rules::prices;

    use super::*;

    fn row(model: &str, price: Option<&str>, batch: bool) -> UsageRow {
        UsageRow {
            key: UsageKey {
                date: date(2026, 11, 20),
                agent: String::new(),
                model: model.into(),
                incident: None,
                price: price.map(str::to_owned),
                batch,
            },
            usage: Usage {
                requests: 1,
                tokens: TokenCounts {
                    input: 1_000_000,
                    ..TokenCounts::default()
                },
            },
        }
    }

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for (tier, above, text) in [
            ("standard", 0, None),
            ("batch", 0, None),
            ("flex", 0, Some("tier:flex")),
            ("priority", 200_000, Some("tier:priority>200000")),
            ("standard", 200_000, Some("tier:standard>200000")),
            ("batch", 200_000, Some("tier:batch>200000")),
            ("a>b", 0, Some("tier:a>b")),
        ] {
            let mark = UnpricedMark {
                tier: Tier::read(tier),
                above,
            };
            assert_eq!(mark.text().as_deref(), text, "{tier} {above}");
            if let Some(text) = text {
                assert_eq!(row("m", Some(text), false).key.unpriced(), Some(mark));
            }
        }
        assert_eq!(row("m", Some("nova-micro"), false).key.unpriced(), None);
        let batch = row("m", None, true).key.unpriced().unwrap();
        assert_eq!((batch.tier, batch.above), (Tier::BATCH, 0));
    }

    const PRICES: &str = "
prices:
  - { id: m, model: m, from: 2026-01-01, source: 'https://example.com', read: 2026-01-01, input: 3, batch: { input: 1.5 } }
  - { id: m-flex, model: m, tier: flex, from: 2026-01-01, source: 'https://example.com', read: 2026-01-01, input: 2 }
  - { id: m-long, model: m, above: 200000, from: 2026-01-01, source: 'https://example.com', read: 2026-01-01, input: 6 }
";

    #[test]
    fn what_was_unpriced_gets_the_price_of_its_own_tier_and_step_and_no_other() {
        let book = prices::parse("p.yaml", PRICES).unwrap();
        for (price, batch, dollars) in [
            (None, false, Some("3")),
            (None, true, Some("1.5")),
            (Some("tier:flex"), false, Some("2")),
            (Some("tier:standard>200000"), false, Some("6")),
            (Some("tier:flex>200000"), false, None),
            (Some("tier:flex"), true, None),
            (Some("tier:batch>200000"), true, None),
            (Some("tier:priority"), false, None),
            (Some("m"), true, Some("1.5")),
            (Some("m-flex"), false, Some("2")),
            (Some("gone"), false, None),
        ] {
            let cost = row("m", price, batch).cost(&book);
            assert_eq!(
                cost,
                dollars.and_then(|text| text.parse().ok()),
                "{price:?} {batch}"
            );
        }
    }
}
