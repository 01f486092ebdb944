//! What this function asks of the world, one verb each; its IAM policy is the same list.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::{Fault, chain::Commit};
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
    /// The newest mark, read consistently; [`Position::start`] where the chain is empty.
    fn read_mark(&self, chain: &ChainId) -> impl Future<Output = Result<Position, Fault>> + Send;
}

/// Reads the end of a chain (`dynamodb:Query` on the chain table).
pub trait ReadNewest {
    /// Slices, newest first, read consistently: the newest, and every other one committed at or after `since`.
    fn read_newest(
        &self,
        chain: &ChainId,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<SliceIds>, Fault>> + Send;
}

/// Reads a chain from a mark on (`dynamodb:Query` on the chain table).
pub trait ReadBeyond {
    /// Slices that start at `mark` or later, in order, read consistently.
    fn read_beyond(
        &self,
        chain: &ChainId,
        mark: &Position,
    ) -> impl Future<Output = Result<Vec<SliceIds>, Fault>> + Send;
}

/// Commits a slice (`dynamodb:PutItem` on the chain table).
pub trait CommitSlice {
    /// One conditional put. After a transient error the slice may be in the chain or not: only the mark tells.
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

/// Reads what was last noted of a shard's attempts (`dynamodb:Query` on the chain table).
pub trait ReadAttempt {
    /// `None` where none was noted.
    fn read_attempt(
        &self,
        chain: &ChainId,
    ) -> impl Future<Output = Result<Option<Attempt>, Fault>> + Send;
}

/// Notes an attempt (`dynamodb:PutItem` on the chain table).
pub trait NoteAttempt {
    /// In place of the one before.
    fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Claims the original of a record that was put back (`dynamodb:PutItem` on the chain table).
pub trait Claim {
    /// Whether this copy is the one that counts. Asking again gives the same answer.
    fn claim(
        &self,
        origin: &Origin,
        copy: &RecordRef,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, Fault>> + Send;
}

/// Puts an object into the quarantine bucket (`s3:PutObject`).
pub trait PutObject {
    /// An object of the same key is replaced.
    fn put_object(&self, object: &Object) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// A named point at which a debug build may be told to die, so that tests see what a kill leaves behind.
pub trait FaultPoint {
    /// Returns, or does not.
    fn reach(&self, point: Point<'_>);
}

/// The points.
#[derive(Debug, Clone, Copy, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Point<'a> {
    /// What is above the mark of these records is about to be decoded.
    #[strum(serialize = "poison")]
    BeforeDecode(&'a [Record<'a>], &'a Position),
    /// The slice is planned, and nothing is sent.
    BeforeCommit,
    /// The slice is in the chain, and nobody knows.
    AfterCommit,
}

impl Point<'_> {
    /// Whether there is anything to die of: for `poison` a payload that begins with that word.
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

/// All of them, and the clock.
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
