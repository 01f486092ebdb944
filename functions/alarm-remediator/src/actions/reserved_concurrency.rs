//! Raises a Lambda function's reserved concurrency, where the function has a reservation and runs at it.

mod decide;
mod facts;
mod finding;
pub mod ports;
mod refusal;
mod step;

pub(crate) use decide::{REACHED_PERCENT, decide};
pub(crate) use facts::read_facts;
pub use facts::{FunctionFacts, Measured};
pub use finding::Finding;
pub use ports::{AccountLimits, ReadAccount};
pub use refusal::Refusal;
