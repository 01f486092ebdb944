//! Stops a Lambda function: a reserved concurrency of 0, with which Lambda throttles every invocation.

mod decide;
mod facts;
mod refusal;
mod target;
#[cfg(test)]
mod tests;

pub(crate) use decide::decide;
pub use facts::StopFacts;
pub(crate) use facts::read_facts;
pub use refusal::Refusal;
pub(crate) use target::target;
