//! The usage ledger's sink: slices are folded into rows in the transaction that moves their cursors.

pub mod cost_today;
pub(crate) mod day_costs;
pub mod day_rows;
pub mod incident_costs;
pub mod plan;
pub(crate) mod run;
