//! Which rows to add, so that the book has a source's prices.
//!
//! Each offer's price is looked up in the book, as a request's would be, and a row is added where it has none or another
//! one: models first, then their Regions and profiles, which have no rows where their model's are right. A row may take
//! the place of another one, so all offers are looked up again until nothing is to be added.

mod difference;
mod new_row;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use picket_rules::{
    Problems,
    prices::{self, COLUMNS, ImportedPrices, Lookup, Price, PriceBook, Rates, Tier},
};

use super::offer::{Kind, Offer, Source};
use difference::{
    FIRST_OF_SOURCE, KEPT_BY_NOTE, KEPT_PRICE_LIST, KEPT_WRITTEN, difference, difference_at,
    differing,
};
use new_row::{Key, NewRow};

pub(super) use difference::Difference;

/// Rounds of lookups: four levels of offers, each of which may need a second one, and hide rows of those before.
const MOST_ROUNDS: usize = 32;
/// Begins the addresses of AWS's own list, which a copy does not supersede.
pub(super) const PRICE_LIST: &str = "https://pricing.";

/// What an import does.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Import {
    /// The file's text afterwards.
    pub(super) text: String,
    /// The ids of the rows that are added.
    pub(super) added: Vec<String>,
    /// Prices in which the book and the source disagree.
    pub(super) differences: Vec<Difference>,
    /// Prices that the book has already.
    pub(super) same: usize,
}

/// The key of a price in a source: the offer, the tier and the context step.
type PriceQuery<'a> = (usize, &'a Tier, u64);

/// Plans an import of offers into a file of imported rows, beside the rows of `written`.
pub(super) fn import(
    written: &PriceBook,
    old: &str,
    offers: &[Offer],
    source: &Source,
) -> Result<Import, Problems> {
    let mut offers: Vec<&Offer> = offers.iter().collect();
    offers.sort_by_cached_key(|offer| (level(offer), offer.model.clone()));
    let mut importer = Importer {
        written,
        source,
        text: old.to_owned(),
        added: Vec::new(),
        settled: BTreeSet::new(),
        differences: BTreeMap::new(),
        same: 0,
    };
    for _ in 0..MOST_ROUNDS {
        let rows = ImportedPrices::parse("the imported prices", &importer.text)?;
        let book = written.clone().with_imported(Arc::new(rows));
        if importer.round(&book, &offers).is_empty() {
            break;
        }
        importer.text = in_order(&importer.text, source);
    }
    Ok(Import {
        text: importer.text,
        added: importer.added,
        differences: importer.differences.into_values().collect(),
        same: importer.same,
    })
}

/// An import while it is planned.
struct Importer<'a> {
    written: &'a PriceBook,
    source: &'a Source,
    text: String,
    added: Vec<String>,
    /// Prices that stay different.
    settled: BTreeSet<PriceQuery<'a>>,
    differences: BTreeMap<PriceQuery<'a>, Difference>,
    same: usize,
}

/// The rates of the rows that a round adds.
type Round = BTreeMap<Key, Rates>;

impl<'a> Importer<'a> {
    /// Looks every price up in the book, up to the level of offers at which rows are added.
    fn round(&mut self, book: &PriceBook, offers: &[&'a Offer]) -> Round {
        let mut round = Round::new();
        let mut last = None;
        self.same = 0;
        for (index, &offer) in offers.iter().enumerate() {
            let level = level(offer);
            if !round.is_empty() && last != Some(level) {
                break;
            }
            last = Some(level);
            for ((tier, above), rates) in &offer.prices {
                let query = (index, tier, *above);
                if !self.settled.contains(&query) {
                    self.compare(book, offer, query, rates, &mut round);
                }
            }
        }
        round
    }

    fn compare(
        &mut self,
        book: &PriceBook,
        offer: &Offer,
        query: PriceQuery<'a>,
        rates: &Rates,
        round: &mut Round,
    ) {
        let (_, tier, above) = query;
        let found = book.price_of(&lookup(offer, tier, above, self.source.read));
        let in_force = found.and_then(|row| row.rates_of(*tier == Tier::BATCH));
        let in_force = in_force.copied().unwrap_or_default();
        let wanted = completed(rates, &in_force);
        if wanted == in_force {
            self.same += 1;
            return;
        }
        // The source's own rows for others are no other source.
        let of_others = found.filter(|row| *row.source != *self.source.address);
        let differs = of_others.and_then(|row| {
            let prices = differing(&in_force, rates);
            (!prices.is_empty()).then(|| (row, difference(offer, tier, above, row, prices)))
        });
        if let Some((row, difference)) = &differs
            && let Some(choice) = self.kept(row)
        {
            self.settle(query, difference.clone(), choice);
            return;
        }
        let difference = differs.map(|(_, difference)| difference);
        let row = NewRow::of(book, offer, query, found, self.source);
        self.add(row, wanted, offer, query, difference, round);
    }

    fn add(
        &mut self,
        row: NewRow,
        wanted: Rates,
        offer: &Offer,
        query: PriceQuery<'a>,
        difference: Option<Difference>,
        round: &mut Round,
    ) {
        let (_, tier, above) = query;
        if let Some(other) = round.get(&row.key) {
            if *other != wanted {
                let difference = Difference {
                    row: row.id,
                    row_source: self.source.address.clone(),
                    prices: differing(other, &wanted),
                    ..difference_at(offer, tier, above)
                };
                self.settle(query, difference, FIRST_OF_SOURCE);
            }
        } else if self.added.contains(&row.id) {
            // A row of this import is not enough: a longer pattern of prices.yaml precedes it.
            let difference = difference.unwrap_or_else(|| difference_at(offer, tier, above));
            self.settle(query, difference, KEPT_WRITTEN);
        } else {
            let noted = self.differences.get(&query).or(difference.as_ref());
            self.text += &row.line(&wanted, noted, self.source);
            self.added.push(row.id);
            round.insert(row.key, wanted);
            if let Some(difference) = difference {
                self.differences.entry(query).or_insert(difference);
            }
        }
    }

    /// Leaves a price as it is in the book, for this reason.
    fn settle(&mut self, query: PriceQuery<'a>, difference: Difference, choice: &'static str) {
        self.settled.insert(query);
        let difference = Difference {
            choice,
            ..difference
        };
        self.differences.insert(query, difference);
    }

    /// The reason why a row stays in force though the source differs.
    fn kept(&self, row: &Price) -> Option<&'static str> {
        let is_written = self.written.by_id(row.id.as_str()).is_some();
        if is_written && row.note.is_some() {
            return Some(KEPT_BY_NOTE);
        }
        let is_copy = !self.source.address.starts_with(PRICE_LIST);
        (is_copy && row.source.starts_with(PRICE_LIST)).then_some(KEPT_PRICE_LIST)
    }
}

/// Models before their Regions, and both before their profiles, whose rows may then be needless.
fn level(offer: &Offer) -> (bool, bool) {
    let id = prices::resolve(&offer.model);
    let is_regional = id.region.is_some() || offer.region.is_some();
    (id.invoked != id.model, is_regional)
}

fn lookup<'a>(offer: &'a Offer, tier: &'a Tier, above: u64, date: Date) -> Lookup<'a> {
    Lookup {
        model: &offer.model,
        region: offer.region.as_deref(),
        date,
        tier,
        context: prices::context_above(above),
    }
}

/// Returns the source's rates, with those that it lacks and the book has, where both agree on input and output.
fn completed(rates: &Rates, in_force: &Rates) -> Rates {
    let agrees = |kind: Kind| kind.of(rates) == kind.of(in_force);
    let mut completed = *rates;
    if agrees(Kind::Input) && agrees(Kind::Output) {
        for kind in Kind::ALL {
            if kind.of(rates).is_none() {
                kind.set(&mut completed, kind.of(in_force));
            }
        }
    }
    completed
}

/// Sorts a file's rows; its other lines stay as they are, the source's among them.
fn in_order(text: &str, source: &Source) -> String {
    let declaration = format!("#source,{},{},{}", source.name, source.read, source.address);
    let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#') && *line != COLUMNS;
    let mut head: Vec<&str> = text
        .lines()
        .filter(|line| !is_row(line) && *line != COLUMNS)
        .collect();
    if !head.contains(&declaration.as_str()) {
        head.push(&declaration);
    }
    head.push(COLUMNS);
    let mut rows: Vec<&str> = text.lines().filter(is_row).collect();
    rows.sort_by_cached_key(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        let cell = |index: usize| (*cells.get(index).unwrap_or(&"")).to_owned();
        let above = cell(4).parse::<u64>().unwrap_or_default();
        (cell(1), cell(2), cell(3), above, cell(5))
    });
    let lines = head.into_iter().chain(rows);
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests;
