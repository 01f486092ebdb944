//! Pauses the event source mapping of a function that fails: its records wait in their source, instead of being
//! retried until they expire or are discarded.

mod decide;
mod facts;
mod finding;
mod refusal;
#[cfg(test)]
mod tests;

pub(crate) use decide::decide;
pub use facts::PauseFacts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use refusal::Refusal;
