//! Replaces the tasks of an ECS service by new ones of the same version: a forced new deployment, as where memory leaks or
//! connections hang.

mod decide;
mod facts;
mod finding;
mod refusal;

pub(crate) use decide::decide;
pub use facts::RedeployFacts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
