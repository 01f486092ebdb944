//! The ports of the function, one verb each. Its IAM policy is the same list.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::{
    Fault,
    chain::{ClaimOutcome, Commit},
};
use picket_shared::{
    chain::{Attempt, ChainId, Slice, SliceIds},
    clock::Clock,
    position::Position,
    replay::{Origin, RecordRef},
};

pub use picket_aws::overrides::ReadOverrides;

use crate::{
    event::{Record, RecordAction},
    quarantine::Object,
};

/// Reads a chain's mark (`dynamodb:Query` on the chain table).
pub trait ReadMark {
    /// Reads the newest mark, consistently; [`Position::start`] where the chain is empty.
    fn read_mark(&self, chain: &ChainId) -> impl Future<Output = Result<Position, Fault>> + Send;
}

/// Reads the end of a chain (`dynamodb:Query` on the chain table).
pub trait ReadNewest {
    /// Reads slices, newest first, consistently: the newest, and every other one committed at or after `since`.
    fn read_newest(
        &self,
        chain: &ChainId,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<SliceIds>, Fault>> + Send;
}

/// Reads a chain from a mark on (`dynamodb:Query` on the chain table).
pub trait ReadBeyond {
    /// Reads slices that start at `mark` or later, in order, consistently.
    fn read_beyond(
        &self,
        chain: &ChainId,
        mark: &Position,
    ) -> impl Future<Output = Result<Vec<SliceIds>, Fault>> + Send;
}

/// Commits a slice (`dynamodb:PutItem` on the chain table).
pub trait CommitSlice {
    /// Commits by one conditional put. After a transient error the slice may or may not be in the chain: only the mark
    /// shows.
    fn commit(&self, slice: &Slice) -> impl Future<Output = Result<Commit, Fault>> + Send;
}

/// Enters a chain in the registry (`dynamodb:PutItem` on the chain table), where the publisher finds it.
pub trait Register {
    /// Registers a chain. Idempotent.
    fn register(
        &self,
        chain: &ChainId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads the last attempt at a shard's record (`dynamodb:Query` on the chain table).
pub trait ReadAttempt {
    /// Reads the attempt; `None` where none is stored.
    fn read_attempt(
        &self,
        chain: &ChainId,
    ) -> impl Future<Output = Result<Option<Attempt>, Fault>> + Send;
}

/// Stores an attempt (`dynamodb:PutItem` on the chain table).
pub trait NoteAttempt {
    /// Stores the attempt in place of the one before.
    fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Claims the original of a replayed record (`dynamodb:PutItem` and `dynamodb:Query` on the chain table).
pub trait Claim {
    /// Claims a registered original for this copy. Idempotent.
    fn claim(
        &self,
        origin: &Origin,
        copy: &RecordRef,
        now: Timestamp,
    ) -> impl Future<Output = Result<ClaimOutcome, Fault>> + Send;
}

/// Puts an object into the quarantine bucket (`s3:PutObject`).
pub trait PutObject {
    /// Puts an object; one of the same key is replaced.
    fn put_object(&self, object: &Object) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A named point at which a debug build can be made to exit, so that tests see the state after a kill.
pub trait FaultPoint {
    /// Returns, or exits the process.
    fn reach(&self, point: Point<'_>);
}

/// The fault points.
#[derive(Debug, Clone, Copy, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Point<'a> {
    /// Before the records above the mark are decoded.
    #[strum(serialize = "poison")]
    BeforeDecode(&'a [Record<'a>], &'a Position),
    /// The slice is planned, and nothing is sent yet.
    BeforeCommit,
    /// The slice is in the chain, and the handler has not returned.
    AfterCommit,
}

impl Point<'_> {
    /// Whether the point applies: `poison` needs a payload that begins with that word.
    pub fn is_there(&self) -> bool {
        let Self::BeforeDecode(records, mark) = self else {
            return true;
        };
        // In base64.
        let is_poison = |record: &Record<'_>| {
            matches!(record.action, RecordAction::Decode { .. })
                && record.is_above(mark)
                && record.data.starts_with("cG9pc29u")
        };
        records.iter().any(is_poison)
    }

    /// Returns the point's name in `PICKET_FAULT`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// All ports, and the clock.
pub trait Ports:
    ReadMark
    + ReadNewest
    + ReadBeyond
    + CommitSlice
    + Register
    + ReadAttempt
    + NoteAttempt
    + Claim
    + PutObject
    + ReadOverrides
    + FaultPoint
    + Clock
{
}

impl<T> Ports for T where
    T: ReadMark
        + ReadNewest
        + ReadBeyond
        + CommitSlice
        + Register
        + ReadAttempt
        + NoteAttempt
        + Claim
        + PutObject
        + ReadOverrides
        + FaultPoint
        + Clock
{
}
