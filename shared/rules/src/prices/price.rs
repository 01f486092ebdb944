//! One row of prices.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Tier;
use crate::{Glob, tokens::TokenCounts};

/// The name of a row, which ledger rows carry: letters, digits, `-` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceId(pub(super) String);

impl PriceId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The price of a model from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// Its name, never used again.
    pub id: PriceId,
    /// The models it is for: their ids, without the geography of an inference profile.
    pub model: Glob,
    /// The region it is for; `None` is all that have no row of their own.
    pub region: Option<String>,
    /// The service tier it is for.
    pub tier: Tier,
    /// The context step: the tokens of a request's context (input, cache reads and cache writes) above which all of its
    /// tokens have this price; 0 is the price from the first token on.
    pub above: u64,
    /// The first day it holds.
    pub from: Date,
    /// The page it was read from.
    pub source: Arc<str>,
    /// The day it was read there.
    pub read: Date,
    /// The rates of a request.
    pub rates: Rates,
    /// The rates of a batch request, in a row of the standard tier; `None` where the row has none.
    pub batch: Option<Rates>,
    /// Why this price was chosen, where another source has a different one.
    pub note: Option<String>,
}

/// Dollars per million tokens of each kind; `None` is no price, which is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// Read at the full price.
    pub input: Option<Decimal>,
    /// Generated.
    pub output: Option<Decimal>,
    /// Read from the prompt cache.
    pub cache_read: Option<Decimal>,
    /// Written to the prompt cache for five minutes.
    pub cache_write_5m: Option<Decimal>,
    /// Written to the prompt cache for an hour.
    pub cache_write_1h: Option<Decimal>,
}

/// Decimal places of a price; the reader refuses more. $0.000001 a million tokens is below any price there is.
pub(super) const PLACES: u32 = 6;
/// The highest price, in dollars a million tokens. With [`PLACES`] it bounds the arithmetic below.
pub(super) const HIGHEST: u32 = 1_000_000;

/// The columns by which rows are distinguished; no two rows have the same.
type Key<'a> = (&'a str, &'a str, &'a Tier, u64, Date);

impl Price {
    /// Returns model, region, tier, context step and first day.
    pub(super) fn key(&self) -> Key<'_> {
        let region = self.region.as_deref().unwrap_or_default();
        (
            self.model.as_str(),
            region,
            &self.tier,
            self.above,
            self.from,
        )
    }

    /// Returns the exact cost of tokens in dollars. `None` where tokens of a kind have no price (unpriced is never
    /// zero), and past 79 quadrillion dollars, where a decimal's 96 bits end.
    pub fn cost(&self, tokens: &TokenCounts, batch: bool) -> Option<Decimal> {
        self.rates_of(batch)?.cost(tokens)
    }

    /// The rates of requests made in batch or not. `None` where batches have no price.
    pub fn rates_of(&self, batch: bool) -> Option<&Rates> {
        match (batch, &self.tier) {
            (true, tier) if *tier == Tier::STANDARD => self.batch.as_ref(),
            (true, tier) if *tier != Tier::BATCH => None,
            _ => Some(&self.rates),
        }
    }
}

/// Rates made ready for many requests: whole millionths of a dollar per million tokens, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tariff([Option<u64>; 5]);

/// Decimal places of a cost in [`Tariff::picodollars`].
const COST_PLACES: u32 = PLACES + 6;

impl Rates {
    /// Returns the exact cost of tokens in dollars, as [`Price::cost`] does.
    pub fn cost(&self, tokens: &TokenCounts) -> Option<Decimal> {
        let cost = self.tariff().picodollars(tokens)?;
        let cost = Decimal::try_from_i128_with_scale(cost, COST_PLACES).ok()?;
        Some(cost.normalize())
    }

    /// Returns the rates in picodollars.
    pub fn tariff(&self) -> Tariff {
        let rates = [
            self.input,
            self.output,
            self.cache_read,
            self.cache_write_5m,
            self.cache_write_1h,
        ];
        Tariff(rates.map(|price| u64::try_from(millionths(price?)?).ok()))
    }
}

impl Tariff {
    /// Returns the exact cost of tokens in picodollars. `None` where tokens of a kind have no
    /// price.
    pub fn picodollars(&self, tokens: &TokenCounts) -> Option<i128> {
        let counts = [
            tokens.input,
            tokens.output,
            tokens.cache_read,
            tokens.cache_write_5m,
            tokens.cache_write_1h,
        ];
        let mut total: i128 = 0;
        for (price, count) in self.0.into_iter().zip(counts) {
            if count > 0 {
                // At most 10^12 millionths of a dollar times 2^64 tokens, five times: below 2^107.
                total += i128::from(price?) * i128::from(count);
            }
        }
        Some(total)
    }
}

/// The price in whole millionths of a dollar.
fn millionths(price: Decimal) -> Option<i128> {
    let missing = PLACES.checked_sub(price.scale())?;
    price.mantissa().checked_mul(10_i128.pow(missing))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates(input: &str, output: &str) -> Rates {
        Rates {
            input: input.parse().ok(),
            output: output.parse().ok(),
            ..Rates::default()
        }
    }

    fn tokens(input: u64, output: u64) -> TokenCounts {
        TokenCounts {
            input,
            output,
            ..TokenCounts::default()
        }
    }

    #[test]
    fn a_cost_is_exact_to_the_last_digit() {
        for (input, output, counts, cost) in [
            ("3", "15", (1_000_000, 1_000_000), "18"),
            ("3.00", "15.00", (1, 1), "0.000018"),
            ("0.035", "0.14", (1, 0), "0.000000035"),
            ("0.00875", "0", (3, 7), "0.00000002625"),
            ("0.000001", "0", (1, 0), "0.000000000001"),
            ("3", "15", (0, 0), "0"),
        ] {
            let cost: Decimal = cost.parse().unwrap();
            assert_eq!(
                rates(input, output).cost(&tokens(counts.0, counts.1)),
                Some(cost),
                "{input} {output} {counts:?}"
            );
        }
    }

    #[test]
    fn tokens_without_a_price_are_unpriced_and_not_free() {
        assert_eq!(rates("3", "").cost(&tokens(1, 1)), None);
        assert_eq!(rates("3", "").cost(&tokens(1, 0)), "0.000003".parse().ok());
        let cached = TokenCounts {
            cache_write_1h: 1,
            ..tokens(1, 1)
        };
        assert_eq!(rates("3", "15").cost(&cached), None);
    }

    proptest! {
        #[test]
        fn a_cost_adds_up(a in 0..u64::MAX / 2, b in 0..u64::MAX / 2, price in 0..1_000_000_000_i64) {
            let rates = Rates { input: Some(Decimal::new(price, 6)), ..Rates::default() };
            let cost = |count| rates.cost(&tokens(count, 0));
            if let (Some(a_cost), Some(b_cost)) = (cost(a), cost(b)) {
                prop_assert_eq!(cost(a + b), a_cost.checked_add(b_cost));
            }
        }

        #[test]
        fn no_count_and_no_legal_price_panics(counts in any::<[u64; 5]>(), price in 0..=i64::from(HIGHEST) * 1_000_000) {
            let price = Some(Decimal::new(price, PLACES));
            let rates = Rates { input: price, output: price, cache_read: price, cache_write_5m: price, cache_write_1h: price };
            let [input, output, cache_read, cache_write_5m, cache_write_1h] = counts;
            let _ = rates.cost(&TokenCounts { input, output, cache_read, cache_write_5m, cache_write_1h });
        }
    }
}
