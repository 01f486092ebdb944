//! The event source mapping between a Kinesis stream and a function, as Lambda's documentation describes it.
//!
//! The decisions are pure: [`Shard`] takes the records that were read and the results of invocations, and returns the
//! next step; [`lineage`] returns the shards that may be read. [`run()`] carries them out through three ports
//! ([`Source`], [`Invoker`], [`Destination`]), which [`kinesis`] implements for the emulator and a test or a simulation
//! with fakes.
//!
//! Lambda's documents leave two things open. Here a throttled invocation is tried again without being counted, and the
//! pause between tries doubles from 100 ms to 5 s.

mod batch;
mod driver;
mod event;
pub mod kinesis;
pub mod lineage;
mod policy;
mod ports;
mod record;
mod response;
mod shard;

pub use batch::cut;
pub use driver::{Progress, run};
pub use event::{Origin, failure_key, failure_record, kinesis_event};
pub use policy::Policy;
pub use ports::{Destination, Invoker, Page, Reply, ShardInfo, Source};
pub use record::{InvalidRecord, Record};
pub use response::{BatchResult, read_response};
pub use shard::{Discard, Reason, Shard, Step};
