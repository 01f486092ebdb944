//! Prices of language models: `prices.yaml`, dollars per million tokens, each row with its source and date.
//!
//! Rows are superseded by a later `from`, never edited: ledger rows name the row that was in force.

mod book;
mod price;
mod read;

use std::sync::LazyLock;

use crate::Problems;

pub use book::PriceBook;
pub use price::{Price, PriceId, Rates, Tariff};

/// Reads a file: the checked book, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<PriceBook, Problems> {
    read::file(file, text)
}

/// The file that is compiled in: its path from the root, and its text.
pub const BUILT_IN: (&str, &str) = ("shared/rules/prices.yaml", include_str!("../prices.yaml"));

/// The book that is compiled in.
pub fn built_in() -> &'static PriceBook {
    static BOOK: LazyLock<PriceBook> = LazyLock::new(|| {
        parse(BUILT_IN.0, BUILT_IN.1)
            .expect("the functions' build scripts check the very same text")
    });
    &BOOK
}
