use jiff::Timestamp;

use super::{Body, ChainId, Slice};
use crate::position::Position;

/// A slice as a reader finds it in the table.
pub type StoredSlice = Result<Slice, Box<DamagedSlice>>;

/// A slice whose body will never be read: what its item says beside the body, and the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the slice of chain {chain} at mark {before} cannot be read: {reason}")]
pub struct DamagedSlice {
    /// Which chain.
    pub chain: ChainId,
    /// The mark this slice starts from.
    pub before: Position,
    /// The first event that the slice covers.
    pub first: Position,
    /// The mark after it.
    pub after: Position,
    /// The time when the processor committed it.
    pub committed_at: Timestamp,
    /// The body as it is stored.
    pub bytes: Vec<u8>,
    /// The reason why it cannot be read, as a sentence.
    pub reason: String,
}

impl DamagedSlice {
    /// A slice that adds nothing, from the same mark to the same mark: what a sink passes over where the bytes are kept
    /// elsewhere.
    pub fn without_body(&self) -> Slice {
        Slice {
            chain: self.chain.clone(),
            before: self.before.clone(),
            first: self.first.clone(),
            after: self.after.clone(),
            committed_at: self.committed_at,
            body: Body::default(),
        }
    }
}

/// The part of a slice that deduplication needs: the mark after it, when it was committed, and the hashes of its event
/// ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceIds {
    /// The mark after the slice.
    pub after: Position,
    /// The time when the processor committed it.
    pub committed_at: Timestamp,
    /// Hashes of event ids; none where the body is damaged.
    pub event_ids: Vec<u64>,
}

impl From<&Slice> for SliceIds {
    fn from(slice: &Slice) -> Self {
        Self {
            after: slice.after.clone(),
            committed_at: slice.committed_at,
            event_ids: slice.body.event_ids.clone(),
        }
    }
}
