//! Runs an Automation document of Systems Manager that a stack's operator listed: whatever a person wrote into it, such
//! as the restart of a deployment of Kubernetes.

mod decide;
mod facts;
pub mod ports;
mod refusal;
mod target;
mod values;

pub(crate) use decide::decide;
pub use facts::AutomationFacts;
pub(crate) use facts::read_facts;
pub use ports::{Document, ReadDocument};
pub use refusal::Refusal;
pub(crate) use target::target;

#[cfg(test)]
mod tests;
