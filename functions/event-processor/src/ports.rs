//! What this function asks of the world, one verb each; its IAM policy is the same list.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::{Fault, chain::Commit};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
};

use crate::quarantine::Object;

/// Reads the end of a chain (`dynamodb:Query` on the chain table).
pub trait ReadChain {
    /// Slices, newest first, read consistently: the newest, and every other one committed at or after `since`.
    fn read_newest(
        &self,
        chain: &ChainId,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<Slice>, Fault>> + Send;
}

/// Commits a slice (`dynamodb:PutItem` on the chain table).
pub trait CommitSlice {
    /// One conditional put. After a passing fault the slice may be in the chain or not: only the mark tells.
    fn commit(&self, slice: &Slice) -> impl Future<Output = Result<Commit, Fault>> + Send;
}

/// Enters a chain in the registry (`dynamodb:PutItem` on the chain table), where the publisher finds it.
pub trait Register {
    /// Doing it again is harmless.
    fn register(
        &self,
        chain: &ChainId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Puts an object into the quarantine bucket (`s3:PutObject`).
pub trait PutObject {
    /// An object of the same key is replaced.
    fn put_object(&self, object: &Object) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A named point at which a debug build may be told to die, so that tests see what a kill leaves behind.
pub trait FaultPoint {
    /// Returns, or does not.
    fn reach(&self, point: Point);
}

/// The points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The slice is planned, and nothing is sent.
    BeforeCommit,
    /// The slice is in the chain, and nobody knows.
    AfterCommit,
}

impl Point {
    /// The word used in `PICKET_FAULT`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeCommit => "before-commit",
            Self::AfterCommit => "after-commit",
        }
    }
}

/// All of them, and the clock.
pub trait Ports: ReadChain + CommitSlice + Register + PutObject + FaultPoint + Clock {}

impl<T: ReadChain + CommitSlice + Register + PutObject + FaultPoint + Clock> Ports for T {}
