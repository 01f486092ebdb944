//! Sets a Lambda alias back to the version before the current one, where its invocations fail since a deployment.
//!
//! What is known, and what is not:
//!
//! - *When the alias was updated* is in no answer of Lambda. It was updated after its version was published, so that a
//!   version that was published within `deployed-within` was also deployed within it. An alias that was moved to an
//!   older version is not recognised as deployed, and is only diagnosed.
//! - *Which version the alias had before* is not in an answer of Lambda either. The newest version below the current one
//!   is taken for it, which is right where each version is deployed in its turn. Where that version was published within
//!   `deployed-within` too, there were several deployments, and nothing is changed. A version that was published and
//!   never deployed, or rolled back by a person days ago, is not recognised.
//! - *That the version before is healthy* is known from the alias's own metrics: in the minutes before the publication
//!   it had invocations, and they failed at most half as often as since.
//!
//! A weighted alias is refused: what shifts its traffic (such as `CodeDeploy`) rolls it back.

mod decide;
mod facts;
mod finding;
pub mod ports;
mod refusal;
mod target;
#[cfg(test)]
mod tests;

pub(crate) use decide::decide;
pub use facts::AliasFacts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use ports::{ReadVersions, Version};
pub use refusal::Refusal;
pub(crate) use target::target;
