use std::future::Future;

use anyhow::Result;
use bytes::Bytes;

use super::{Discard, Record};

/// A shard, as the stream lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardInfo {
    /// Its id.
    pub id: String,
    /// The shards that it was split from or merged of.
    pub parents: Vec<String>,
    /// It takes no more records.
    pub closed: bool,
}

/// The result of one read of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records, in order.
    pub records: Vec<Record>,
    /// The shard is closed, and this was the end of it.
    pub end: bool,
}

/// The function's response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Its payload.
    Answered(Bytes),
    /// It failed, with this error.
    Failed(String),
    /// Lambda did not take the invocation.
    Throttled,
}

/// The stream.
pub trait Source: Send + Sync {
    /// Every shard, open and closed.
    fn shards(&self) -> impl Future<Output = Result<Vec<ShardInfo>>> + Send;
    /// A shard's records after this sequence number, from the oldest on where there is none (`TRIM_HORIZON`).
    fn read(&self, shard: &str, after: Option<&str>) -> impl Future<Output = Result<Page>> + Send;
}

/// The function.
pub trait Invoker: Send + Sync {
    /// Invokes it and waits for its answer.
    fn invoke(&self, shard: &str, batch: &[Record]) -> impl Future<Output = Result<Reply>> + Send;
}

/// Where discarded batches go.
pub trait Destination: Send + Sync {
    /// Keeps a batch that the mapping gives up on.
    fn keep(&self, shard: &str, discard: &Discard) -> impl Future<Output = Result<()>> + Send;
}
