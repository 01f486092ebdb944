//! Raises the shards of a provisioned Kinesis stream whose writes are throttled.

mod decide;
mod facts;
mod finding;
mod mode;
pub mod ports;
mod refusal;
mod target;

pub(crate) use decide::decide;
pub(crate) use facts::{METRICS, measured, queries, read_facts};
pub use facts::{Measured, StreamFacts};
pub use finding::Finding;
pub use ports::{ReadPorts, ReadShardLimit, ReadStream, ShardLimit, Stream};
pub use refusal::Refusal;
pub(crate) use target::{PREFIX, name, target};

#[cfg(test)]
mod tests;
