//! Usage with its cost, divided into what has a price and what has none.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{TokenCounts, Usage};
use crate::money;

/// The decimals of a unit cost. A quotient rarely ends; a billionth of a dollar is less than any token costs.
const UNIT_DECIMALS: u32 = 12;
/// The tokens of a unit cost of a model.
const THOUSAND: u64 = 1_000;

/// Usage and its cost. Unpriced usage is kept apart: it is not free.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spend {
    /// The usage that has a price.
    pub priced: Usage,
    /// The dollars of the priced usage.
    pub dollars: Decimal,
    /// The usage that has no price.
    pub unpriced: Usage,
}

impl Spend {
    /// Creates the spend of usage; `dollars` is `None` where it has no price.
    pub fn new(usage: Usage, dollars: Option<Decimal>) -> Self {
        match dollars {
            Some(dollars) => Self {
                priced: usage,
                dollars,
                unpriced: Usage::default(),
            },
            None => Self {
                unpriced: usage,
                ..Self::default()
            },
        }
    }

    /// The exact sum; `None` where a count passes 2^64 - 1 or 28 digits do not hold the dollars.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = Self {
            priced: self.priced.checked_add(other.priced)?,
            dollars: money::exact_add(self.dollars, other.dollars)?,
            unpriced: self.unpriced.checked_add(other.unpriced)?,
        };
        // So that the usage as a whole is a number too.
        sum.priced.checked_add(sum.unpriced)?;
        Some(sum)
    }

    /// The whole usage, priced or not.
    pub fn usage(&self) -> Usage {
        let sum = self.priced.checked_add(self.unpriced);
        sum.unwrap_or(self.priced)
    }

    /// Requests, priced or not.
    pub fn requests(&self) -> u64 {
        self.usage().requests
    }

    /// The dollars of the priced usage; `None` where there is usage and none of it has a price. A part may still be
    /// unpriced.
    pub fn cost_usd(&self) -> Option<Decimal> {
        let is_unpriced = self.priced == Usage::default() && self.unpriced != Usage::default();
        (!is_unpriced).then_some(self.dollars)
    }

    /// Whether all of it has a price.
    pub fn is_priced(&self) -> bool {
        self.unpriced == Usage::default()
    }

    /// Dollars a priced request, rounded to 12 decimals; `None` without one.
    pub fn per_request(&self) -> Option<Decimal> {
        quotient(self.dollars, self.priced.requests)
    }

    /// Dollars a thousand priced tokens of all kinds, rounded to 12 decimals; `None` without any.
    pub fn per_thousand_tokens(&self) -> Option<Decimal> {
        let tokens = all(&self.priced.tokens)?;
        let thousandfold = self.dollars.checked_mul(Decimal::from(THOUSAND))?;
        quotient(thousandfold, tokens)
    }

    /// Tokens of all kinds a request, priced or not, rounded to a whole number; `None` without a request.
    pub fn tokens_per_request(&self) -> Option<u64> {
        let usage = self.usage();
        all(&usage.tokens)?.checked_div(usage.requests)
    }
}

/// Tokens of all kinds together; `None` past 2^64 - 1.
pub fn all(tokens: &TokenCounts) -> Option<u64> {
    let TokenCounts {
        input,
        output,
        cache_read,
        cache_write_5m,
        cache_write_1h,
    } = tokens;
    [output, cache_read, cache_write_5m, cache_write_1h]
        .into_iter()
        .try_fold(*input, |sum, tokens| sum.checked_add(*tokens))
}

/// Dollars per unit, rounded to 12 decimals; `None` without a unit.
pub fn quotient(dollars: Decimal, units: u64) -> Option<Decimal> {
    let quotient = dollars.checked_div(Decimal::from(units))?;
    let strategy = RoundingStrategy::MidpointAwayFromZero;
    Some(
        quotient
            .round_dp_with_strategy(UNIT_DECIMALS, strategy)
            .normalize(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(requests: u64, input: u64, output: u64) -> Usage {
        Usage {
            requests,
            tokens: TokenCounts {
                input,
                output,
                ..TokenCounts::default()
            },
        }
    }

    fn dollars(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn unit_costs_are_of_what_has_a_price() {
        let priced = Spend::new(usage(3, 1_000, 500), Some(dollars("0.0105")));
        let spend = priced
            .checked_add(Spend::new(usage(1, 9_000, 0), None))
            .unwrap();
        assert_eq!(spend.per_request(), Some(dollars("0.0035")));
        assert_eq!(spend.per_thousand_tokens(), Some(dollars("0.007")));
        assert_eq!(spend.cost_usd(), Some(dollars("0.0105")));
        assert_eq!(
            (spend.requests(), spend.tokens_per_request()),
            (4, Some(2_625))
        );
    }

    #[test]
    fn a_quotient_that_does_not_end_is_rounded() {
        let spend = Spend::new(usage(3, 0, 0), Some(dollars("0.01")));
        assert_eq!(spend.per_request(), Some(dollars("0.003333333333")));
        assert_eq!(
            quotient(dollars("0.02"), 3),
            Some(dollars("0.006666666667"))
        );
    }

    #[test]
    fn unpriced_is_not_zero_and_no_usage_is() {
        let unpriced = Spend::new(usage(1, 5, 0), None);
        assert_eq!(unpriced.cost_usd(), None);
        assert_eq!(unpriced.per_request(), None);
        assert_eq!(unpriced.per_thousand_tokens(), None);
        assert_eq!(Spend::default().cost_usd(), Some(Decimal::ZERO));
        assert_eq!(Spend::default().per_request(), None);
        assert_eq!(Spend::default().tokens_per_request(), None);
    }

    #[test]
    fn what_cannot_be_added_up_exactly_is_none() {
        let one = |requests, dollars| Spend::new(usage(requests, 0, 0), dollars);
        let most = one(u64::MAX, Some(Decimal::ONE));
        assert_eq!(most.checked_add(one(1, Some(Decimal::ONE))), None);
        assert_eq!(
            most.checked_add(one(1, None)),
            None,
            "the whole usage is a number too"
        );
        let large = one(1, Some(Decimal::MAX));
        assert_eq!(
            large.checked_add(one(1, Some(dollars("0.0000000001")))),
            None
        );
    }
}
