//! Raises a Lambda function's reserved concurrency, where the function has a reservation and runs at it.

mod change;
mod decide;
mod execute;
mod facts;
mod finding;
pub mod ports;
mod refusal;
mod target;

pub use change::{Bound, Change};
pub(crate) use decide::decide;
pub(crate) use execute::execute;
pub(crate) use facts::read_facts;
pub use facts::{FunctionFacts, WINDOW_MINUTES};
pub use finding::Finding;
pub use ports::{AccountLimits, ActionPorts, Measured};
pub use refusal::Refusal;
pub(crate) use target::target;
