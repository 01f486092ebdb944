//! Raises the parallelization factor of a stream's event source mapping, where the function is healthy and falls behind.

mod decide;
mod facts;
mod finding;
mod refusal;
#[cfg(test)]
mod tests;

pub(crate) use decide::decide;
pub use facts::LagFacts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use refusal::Refusal;
