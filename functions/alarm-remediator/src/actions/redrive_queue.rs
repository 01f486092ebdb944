//! Moves the messages of a dead-letter queue back to their source, once its consumer is healthy.

mod decide;
mod facts;
mod finding;
pub mod ports;
mod refusal;
mod target;

pub(crate) use decide::decide;
pub use facts::RedriveFacts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use ports::{Consumer, Queue, ReadConsumers, ReadQueue};
pub use refusal::Refusal;
pub(crate) use target::target;

#[cfg(test)]
mod tests;
