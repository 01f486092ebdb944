//! Sets the retention of a log group that keeps its events for ever.

mod decide;
mod facts;
pub mod ports;
mod refusal;
mod target;

pub(crate) use decide::decide;
pub use facts::GroupFacts;
pub(crate) use facts::read_facts;
pub use ports::{LogGroup, ReadLogGroup};
pub use refusal::Refusal;
pub(crate) use target::target;

#[cfg(test)]
mod tests;
