//! Raises the throughput of a `DynamoDB` table or index by what throttles it: the on-demand maximum, the provisioned
//! capacity, or the mode.

mod causes;
mod decide;
mod facts;
mod finding;
mod measured;
pub mod ports;
mod price;
mod refusal;
mod step;
mod target;
mod throttle;

pub use causes::{Cause, Events, Throttled};
pub(crate) use decide::decide;
pub use facts::TableFacts;
pub(crate) use facts::read_facts;
pub use finding::Finding;
pub use measured::{Measured, Spare};
pub(crate) use measured::{measured, queries};
pub use ports::{Part, ReadAutoScaling, ReadPorts, ReadTable, Table, Units};
pub use refusal::Refusal;
pub(crate) use step::capacity_of;
pub(crate) use target::{PREFIX, name, target};

#[cfg(test)]
mod tests;
