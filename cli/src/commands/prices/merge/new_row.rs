//! A row to add, and its line in the file.

use std::fmt::Write;

use jiff::civil::Date;
use picket_rules::prices::{self, FIRST_DAY, Price, PriceBook, Rates, Tier};

use super::{Difference, PriceQuery};
use crate::commands::prices::offer::{Kind, Offer, Source};

/// Model, region, tier and context step.
pub(super) type Key = (String, String, String, u64);

/// A row to add.
pub(super) struct NewRow {
    pub(super) id: String,
    pub(super) key: Key,
    from: Date,
}

impl NewRow {
    /// A model's first row begins with Bedrock; one that supersedes another, on the day the source was read.
    pub(super) fn of(
        book: &PriceBook,
        offer: &Offer,
        (_, tier, above): PriceQuery<'_>,
        found: Option<&Price>,
        source: &Source,
    ) -> Self {
        let id = prices::resolve(&offer.model);
        let (model, region) = (id.invoked, id.region.or_else(|| offer.region.clone()));
        let same = |row: &&Price| row.model.as_str() == model && row.region == region;
        let same_key = |row: &Price| row.tier == *tier && row.above == above;
        let has_rows = book.imported().rows().iter().filter(same).any(same_key);
        // A written row whose pattern is as long as the id precedes an imported one of the same day.
        let precedes = |row: &Price| row.model.fixed() == model.len() && row.region == region;
        let from = if has_rows || found.is_some_and(precedes) {
            source.read
        } else {
            FIRST_DAY
        };
        let region = region.unwrap_or_default();
        let mut id: String = model
            .chars()
            .map(|letter| match letter {
                letter if letter.is_ascii_alphanumeric() || letter == '.' => letter,
                _ => '-',
            })
            .collect();
        if !region.is_empty() {
            write!(id, ".{region}").expect("a string takes it");
        }
        if *tier != Tier::STANDARD {
            write!(id, ".{tier}").expect("a string takes it");
        }
        if above > 0 {
            write!(id, ".above-{above}").expect("a string takes it");
        }
        if from != FIRST_DAY {
            write!(id, ".{from}").expect("a string takes it");
        }
        Self {
            id,
            key: (model, region, tier.to_string(), above),
            from,
        }
    }

    pub(super) fn line(
        &self,
        rates: &Rates,
        difference: Option<&Difference>,
        source: &Source,
    ) -> String {
        let (model, region, tier, above) = &self.key;
        let mut line = format!("{},{model},{region},{tier},{above},{}", self.id, self.from);
        for kind in Kind::ALL {
            let rate = kind.of(rates).map(|rate| rate.normalize().to_string());
            write!(line, ",{}", rate.unwrap_or_default()).expect("a string takes it");
        }
        let note = difference.map(Difference::note).unwrap_or_default();
        format!("{line},{},{note}\n", source.name)
    }
}
