//! The ports of this action, one verb each; the function's role allows the same calls.

use std::future::Future;

use picket_aws::Fault;

/// A stream (`DescribeStreamSummary`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    /// Whether AWS scales it.
    pub on_demand: bool,
    /// Whether it is `ACTIVE`.
    pub active: bool,
    /// Its open shards.
    pub shards: u32,
    /// Its consumers with enhanced fan-out.
    pub consumers: u32,
}

/// An account's shards in a region (`DescribeLimits`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardLimit {
    /// The most shards.
    pub limit: u32,
    /// The open shards of all streams.
    pub open: u32,
    /// The most streams in on-demand mode.
    pub on_demand_limit: u32,
    /// The streams in on-demand mode.
    pub on_demand: u32,
}

/// Reads a stream (`kinesis:DescribeStreamSummary`).
pub trait ReadStream: Send + Sync {
    /// The stream; `None` where it does not exist.
    fn stream(&self, stream: &str) -> impl Future<Output = Result<Option<Stream>, Fault>> + Send;
}

/// Reads the account's shards (`kinesis:DescribeLimits`).
pub trait ReadShardLimit: Send + Sync {
    /// The account's shards.
    fn shard_limit(&self) -> impl Future<Output = Result<ShardLimit, Fault>> + Send;
}

/// The ports that read the facts.
pub trait ReadPorts: ReadStream + ReadShardLimit {}

impl<T: ReadStream + ReadShardLimit> ReadPorts for T {}
