//! A difference between the book and a source, and whose price is used.

use picket_rules::prices::{self, Price, Rates, Tier};
use serde::Serialize;

use crate::commands::prices::offer::{Kind, Offer};

pub(super) const TAKEN: &str = "the source's, which was read later";
const TAKEN_STEP: &str = "the source's, for this context step alone";
const TAKEN_REGION: &str = "the source's, for this Region alone";
const TAKEN_PROFILE: &str = "the source's, for this inference profile alone";
pub(super) const KEPT_BY_NOTE: &str = "the row's, for the reason in its note";
pub(super) const KEPT_PRICE_LIST: &str = "the row's, from AWS's own price list";
pub(super) const KEPT_WRITTEN: &str = "the row's: a row of prices.yaml precedes it";
pub(super) const FIRST_OF_SOURCE: &str = "the first entry of the source that has this id";

/// A price in which the book and a source disagree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::commands::prices) struct Difference {
    /// The model as the source names it.
    pub(in crate::commands::prices) model: String,
    /// The tier.
    pub(in crate::commands::prices) tier: String,
    /// The context step.
    pub(in crate::commands::prices) above: u64,
    /// The row that is in force, and its source.
    pub(in crate::commands::prices) row: String,
    pub(in crate::commands::prices) row_source: String,
    /// Kind, the row's price, and the source's.
    pub(in crate::commands::prices) prices: Vec<(&'static str, String, String)>,
    /// Whose price is used, and why.
    pub(in crate::commands::prices) choice: &'static str,
}

impl Difference {
    /// The reason for the choice, as a row's note.
    pub(super) fn note(&self) -> String {
        let prices = self.prices.iter();
        let prices = prices.map(|(kind, own, _)| format!("{kind} {own}"));
        let prices = prices.collect::<Vec<_>>().join(" ");
        format!("{} has {prices}; used: {}", self.row, self.choice)
    }
}

/// The prices that both have, and that are not the same: kind, the row's and the source's.
pub(super) fn differing(in_force: &Rates, rates: &Rates) -> Vec<(&'static str, String, String)> {
    let both = |kind: Kind| Some((kind.of(in_force)?, kind.of(rates)?));
    Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let (own, other) = both(kind).filter(|(own, other)| own != other)?;
            Some((kind.name(), own.to_string(), other.to_string()))
        })
        .collect()
}

/// The difference of a row that is in force, and why the source's prices are used.
pub(super) fn difference(
    offer: &Offer,
    tier: &Tier,
    above: u64,
    row: &Price,
    prices: Vec<(&'static str, String, String)>,
) -> Difference {
    let id = prices::resolve(&offer.model);
    let region = id.region.as_ref().or(offer.region.as_ref());
    let choice = if row.above != above {
        TAKEN_STEP
    } else if row.region.as_ref() != region {
        TAKEN_REGION
    } else if !row.model.matches(&id.invoked) {
        TAKEN_PROFILE
    } else {
        TAKEN
    };
    Difference {
        row: row.id.as_str().to_owned(),
        row_source: row.source.to_string(),
        prices,
        choice,
        ..difference_at(offer, tier, above)
    }
}

/// A difference without its prices.
pub(super) fn difference_at(offer: &Offer, tier: &Tier, above: u64) -> Difference {
    Difference {
        model: offer.model.clone(),
        tier: tier.to_string(),
        above,
        row: String::new(),
        row_source: String::new(),
        prices: Vec::new(),
        choice: TAKEN,
    }
}
