//! Raises the number of tasks of an ECS service that is busy.

mod decide;
mod facts;
mod finding;
mod refusal;

pub(crate) use decide::decide;
pub(crate) use facts::read_facts;
pub use facts::{BusyFacts, Utilization};
pub use finding::Finding;
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
