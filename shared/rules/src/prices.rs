//! Prices of language models: `prices.yaml`, dollars per million tokens, each row with its source and date.
//!
//! Rows are superseded by a later `from`, never edited: ledger rows name the row that was in force.

mod book;
mod price;
mod read;

use std::sync::LazyLock;

use crate::Problems;

pub use book::PriceBook;
pub use price::{Price, PriceId, Rates};

/// Reads a file: the checked book, or everything that is wrong with it. `file` is for messages alone.
pub fn parse(file: &str, text: &str) -> Result<PriceBook, Problems> {
    read::file(file, text)
}

/// The book that is compiled in.
pub fn built_in() -> &'static PriceBook {
    static BOOK: LazyLock<PriceBook> = LazyLock::new(|| {
        parse("shared/rules/prices.yaml", include_str!("../prices.yaml"))
            .expect("a test of this crate reads the very same text")
    });
    &BOOK
}
