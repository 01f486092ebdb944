//! The deduplication state of a shard: the mark of its chain, and the ids of events counted recently.

use std::collections::VecDeque;

use hashbrown::HashSet;
use jiff::{SignedDuration, Timestamp};
use picket_shared::{
    chain::{Slice, SliceIds},
    position::Position,
};
use twox_hash::XxHash3_64;

use crate::payload::Checkpoint;

/// The time that an event's id is kept after its commit. Producers and their SDKs retry a put within seconds, agents
/// that buffer within minutes; a cold start reads this much of the chain.
pub const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);

/// The state of a shard, up to its chain's mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardState {
    mark: Position,
    /// A place at or before the mark in its record, where this process knows one.
    checkpoint: Option<Checkpoint>,
    /// Ids by commit, oldest first. An id is in one commit only: duplicates are not committed.
    commits: VecDeque<(Timestamp, Vec<u64>)>,
    ids: HashSet<u64>,
    /// The commit time of the newest slice.
    newest: Option<Timestamp>,
    /// Whether other processes commit to the chain as well, so that this state may be stale.
    is_shared: bool,
}

impl ShardState {
    /// Creates the state of an empty chain.
    pub fn start() -> Self {
        Self {
            mark: Position::start(),
            checkpoint: None,
            commits: VecDeque::new(),
            ids: HashSet::new(),
            newest: None,
            is_shared: false,
        }
    }

    /// Creates the state of a chain from its newest slices, newest first.
    pub fn from_slices(slices: &[SliceIds]) -> Self {
        let mut state = Self::start();
        slices.iter().rev().for_each(|slice| state.follow(slice));
        state
    }

    /// Returns the newest mark.
    pub fn mark(&self) -> &Position {
        &self.mark
    }

    /// Returns a place at or before the mark in its record.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.checkpoint
    }

    /// Sets the place in the mark's record from which its decoding goes on.
    pub fn resume_at(&mut self, checkpoint: Option<Checkpoint>) {
        self.checkpoint = checkpoint;
    }

    /// Whether an event with this id was counted recently.
    pub fn contains(&self, id: u64) -> bool {
        self.ids.contains(&id)
    }

    /// Adds a slice that this process committed at the mark.
    pub fn advance(&mut self, slice: &Slice) {
        self.follow(&SliceIds::from(slice));
    }

    /// Adds a slice that was read.
    pub fn follow(&mut self, slice: &SliceIds) {
        self.mark = slice.after.clone();
        self.checkpoint = None;
        self.newest = Some(slice.committed_at);
        self.remember(slice.committed_at, &slice.event_ids);
    }

    /// Whether the newest slice was committed at `since` or later.
    pub fn is_newer_than(&self, since: Timestamp) -> bool {
        self.newest.is_some_and(|newest| newest >= since)
    }

    /// Whether the last reading found slices that other processes committed.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Sets whether other processes commit to the chain.
    pub fn share(&mut self, is_shared: bool) {
        self.is_shared = is_shared;
    }

    /// Adds the ids of events counted at `at`.
    pub fn remember(&mut self, at: Timestamp, ids: &[u64]) {
        if !ids.is_empty() {
            self.ids.extend(ids);
            self.commits.push_back((at, ids.to_vec()));
        }
    }

    /// Removes ids committed before `since`.
    pub fn forget(&mut self, since: Timestamp) {
        while let Some((_, ids)) = self.commits.pop_front_if(|(at, _)| *at < since) {
            for id in ids {
                self.ids.remove(&id);
            }
        }
    }
}

/// The scope of event ids: equal ids of different workloads are different events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DedupScope(u64);

impl DedupScope {
    /// Creates the scope of a workload.
    pub fn new(workload: &str) -> Self {
        Self(XxHash3_64::oneshot(workload.as_bytes()))
    }

    /// Returns the hash of an event's id, which is part of the stored format. Among a hundred thousand ids, a collision
    /// has a probability of one in a billion.
    ///
    /// Ids made to collide count once; but a producer that can send such an id can as well send the other event's own.
    pub fn hash(self, id: &str) -> u64 {
        XxHash3_64::oneshot_with_seed(self.0, id.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn slice(number: &str, minute: i64, ids: &[u64]) -> SliceIds {
        SliceIds {
            after: Position::new(number, 0).unwrap(),
            committed_at: at(minute),
            event_ids: ids.to_vec(),
        }
    }

    #[test]
    fn ids_are_forgotten_with_their_commit() {
        let mut state = ShardState::from_slices(&[
            slice("3", 9, &[5]),
            slice("2", 4, &[3, 4]),
            slice("1", 2, &[]),
        ]);
        assert_eq!(state.mark(), &Position::new("3", 0).unwrap());
        assert!([3, 4, 5].into_iter().all(|id| state.contains(id)));
        state.forget(at(5));
        assert_eq!([3, 4, 5].map(|id| state.contains(id)), [false, false, true]);
        assert_eq!(state.mark(), &Position::new("3", 0).unwrap());
    }

    #[test]
    fn ids_differ_by_workload_and_their_hashes_never_change() {
        let hash = |workload, id| DedupScope::new(workload).hash(id);
        assert_eq!(hash("bedrock-usage", "a"), hash("bedrock-usage", "a"));
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
        assert_eq!(hash("workload", "id"), 0x1993_503c_bc20_80ba);
    }
}
