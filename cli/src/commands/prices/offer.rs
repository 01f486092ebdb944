//! Prices as a source lists them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use picket_rules::prices::{Rates, Tier};
use rust_decimal::Decimal;

/// The prices of a model, as a source lists them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offer {
    /// The model as the source names it: an id that requests may name too.
    pub(super) model: String,
    /// The Region, where the id does not name it.
    pub(super) region: Option<String>,
    /// Rates by tier and context step, in dollars per million tokens.
    pub(super) prices: BTreeMap<(Tier, u64), Rates>,
}

/// What a file has.
#[derive(Debug, Default)]
pub(super) struct Offers {
    /// The models with prices for tokens.
    pub(super) offers: Vec<Offer>,
    /// Entries about models on Bedrock that are not read, and why.
    pub(super) left_out: Vec<LeftOut>,
}

/// An entry that is not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(super) struct LeftOut {
    /// The entry.
    pub(super) entry: String,
    /// A sentence.
    pub(super) reason: String,
}

/// A source, as its rows name it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Its name in the file.
    pub(super) name: String,
    /// The day it was read.
    pub(super) read: Date,
    /// Its address.
    pub(super) address: String,
}

/// A kind of token that has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Input,
    Output,
    CacheRead,
    CacheWrite5m,
    CacheWrite1h,
}

impl Kind {
    /// In the order of the columns.
    pub(super) const ALL: [Self; 5] = [
        Self::Input,
        Self::Output,
        Self::CacheRead,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
    ];

    /// Returns the kind's column.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::CacheRead => "cache_read",
            Self::CacheWrite5m => "cache_write_5m",
            Self::CacheWrite1h => "cache_write_1h",
        }
    }

    /// Returns the kind's rate.
    pub(super) const fn of(self, rates: &Rates) -> Option<Decimal> {
        match self {
            Self::Input => rates.input,
            Self::Output => rates.output,
            Self::CacheRead => rates.cache_read,
            Self::CacheWrite5m => rates.cache_write_5m,
            Self::CacheWrite1h => rates.cache_write_1h,
        }
    }

    /// Sets the kind's rate.
    pub(super) const fn set(self, rates: &mut Rates, rate: Option<Decimal>) {
        let place = match self {
            Self::Input => &mut rates.input,
            Self::Output => &mut rates.output,
            Self::CacheRead => &mut rates.cache_read,
            Self::CacheWrite5m => &mut rates.cache_write_5m,
            Self::CacheWrite1h => &mut rates.cache_write_1h,
        };
        *place = rate;
    }
}

/// Reads a number of JSON exactly, in any notation, and multiplies it: `3e-06` dollars a token are 3 dollars a million.
pub(super) fn per_million(number: &str, tokens_per_unit: u32) -> Option<Decimal> {
    let price = if number.contains(['e', 'E']) {
        Decimal::from_scientific(number).ok()?
    } else {
        Decimal::from_str_exact(number).ok()?
    };
    let factor = Decimal::from(1_000_000 / tokens_per_unit);
    Some(price.checked_mul(factor)?.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_exact_in_any_notation() {
        for (number, unit, expected) in [
            ("3e-06", 1, "3"),
            ("3.00E-6", 1, "3"),
            ("0.000003", 1, "3"),
            ("1.0725e-07", 1, "0.10725"),
            ("8.75e-09", 1, "0.00875"),
            ("0.0008000000", 1_000, "0.8"),
            ("3.3000000000", 1_000_000, "3.3"),
            ("0", 1, "0"),
        ] {
            let read = per_million(number, unit).map(|price| price.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{number}");
        }
        assert_eq!(per_million("free", 1), None);
    }
}
