//! Prices of language models, in dollars per million tokens, each row with its source and date: `prices.yaml`, which
//! people write, and `prices-imported.csv`, which `picket prices import` writes.
//!
//! Rows are superseded by a later `from`, never edited: ledger rows name the row that was in force.

mod book;
mod imported;
mod model_id;
mod price;
mod read;
mod tier;

use std::sync::{Arc, LazyLock};

use jiff::civil::{Date, date};

use crate::{Problem, Problems};

pub use book::{Lookup, PriceBook, context_above};
pub use imported::{COLUMNS, ImportedPrices};
pub use price::{Price, PriceId, Rates, Tariff};
pub use tier::Tier;

/// The day on which Bedrock became generally available: no request is older, so a model's first row begins here.
pub const FIRST_DAY: Date = date(2023, 9, 28);

/// A model id, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedModel {
    /// The id that was invoked, a model's or an inference profile's, without a gateway's prefix and an ARN.
    pub invoked: String,
    /// The model's id.
    pub model: String,
    /// The Region that the id names.
    pub region: Option<String>,
}

/// Resolves a model's id, an inference profile's id, an ARN of either, or one of these with a gateway's prefix.
pub fn resolve(model: &str) -> ResolvedModel {
    let id = model_id::ModelId::read(model);
    ResolvedModel {
        model: id.model.to_owned(),
        region: id.region.map(str::to_owned),
        invoked: id.invoked.into_owned(),
    }
}

/// Reads a file: the checked book, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<PriceBook, Problems> {
    read::file(file, text)
}

/// The file that is compiled in: its path from the root, and its text.
pub const BUILT_IN: (&str, &str) = ("shared/rules/prices.yaml", include_str!("../prices.yaml"));

/// The imported rows that are compiled in: their path from the root, and their text (docs/decisions/0025).
pub const BUILT_IN_IMPORTED: (&str, &str) = (
    "shared/rules/prices-imported.csv",
    include_str!("../prices-imported.csv"),
);

/// The prices of workloads that are compiled in: every `workloads/*/prices.yaml` by its path from the root, and its text.
pub const OF_WORKLOADS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/prices.rs"));

/// The book that is compiled in: the rows of `prices.yaml`, those of workloads, and the imported ones.
pub fn built_in() -> &'static PriceBook {
    static BOOK: LazyLock<PriceBook> = LazyLock::new(|| {
        joined([BUILT_IN].iter().chain(OF_WORKLOADS).copied())
            .expect("the functions' build scripts check the very same text")
            .with_imported(built_in_imported())
    });
    &BOOK
}

/// One book of the rows of several files. Of two rows for the same, the one of the later file is used.
pub fn joined<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<PriceBook, Problems> {
    let mut all = PriceBook::default();
    for (file, text) in files {
        let book = parse(file, text)?;
        let message = |message| Problems(vec![Problem::of_file(file, message)]);
        all.add(book).map_err(message)?;
    }
    Ok(all)
}

/// The imported rows that are compiled in.
pub fn built_in_imported() -> Arc<ImportedPrices> {
    static IMPORTED: LazyLock<Arc<ImportedPrices>> = LazyLock::new(|| {
        let (file, text) = BUILT_IN_IMPORTED;
        let imported = ImportedPrices::parse(file, text);
        Arc::new(imported.expect("the functions' build scripts check the very same text"))
    });
    Arc::clone(&IMPORTED)
}
