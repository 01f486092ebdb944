//! What a ledger row costs.

use picket_rules::prices::PriceBook;
use picket_shared::usage::UsageRow;
use rust_decimal::Decimal;

/// The row's dollars: by the price row that it names; where it names none, by the one that the book has for its model by now.
/// `None` is unpriced.
pub(crate) fn price(book: &PriceBook, row: &UsageRow) -> Option<Decimal> {
    let price = match &row.key.price {
        Some(id) => book.by_id(id),
        None => book.find(&row.key.model, None, row.key.date),
    }?;
    price.cost(&row.usage.tokens, row.key.batch)
}
