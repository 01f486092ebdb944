//! The dedicated decoders, in groups. A new kind of message needs a row in its group's table, and a decoder.

mod account;
mod compute;
mod data;
mod deployment;
mod monitoring;
mod security;

use super::table::Row;

/// Returns the row of every dedicated decoder.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    [
        monitoring::ROWS,
        account::ROWS,
        security::ROWS,
        deployment::ROWS,
        compute::ROWS,
        data::ROWS,
    ]
    .into_iter()
    .flatten()
}
