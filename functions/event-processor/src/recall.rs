//! What the function remembers of a chain: its mark, and the ids of events counted lately.

use std::collections::{HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use picket_shared::{chain::Slice, position::Position};
use sha2::{Digest, Sha256};

/// How long an event's id is remembered after its commit. Producers and their SDKs repeat a put within seconds, agents that buffer
/// within minutes; and a cold start reads that much of the chain.
pub const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);

/// A chain up to its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recall {
    mark: Position,
    /// Ids by commit, oldest first. An id is in one commit only: its repetitions are not committed.
    commits: VecDeque<(Timestamp, Vec<u64>)>,
    ids: HashSet<u64>,
}

impl Recall {
    /// Of an empty chain.
    pub fn start() -> Self {
        Self {
            mark: Position::start(),
            commits: VecDeque::new(),
            ids: HashSet::new(),
        }
    }

    /// Of a chain's newest slices, newest first.
    pub fn of(slices: &[Slice]) -> Self {
        let mut recall = Self::start();
        slices.iter().rev().for_each(|slice| recall.advance(slice));
        recall
    }

    /// The newest mark.
    pub fn mark(&self) -> &Position {
        &self.mark
    }

    /// Whether an event of this id was counted lately.
    pub fn contains(&self, id: u64) -> bool {
        self.ids.contains(&id)
    }

    /// Takes up the slice that starts at the mark.
    pub fn advance(&mut self, slice: &Slice) {
        self.mark = slice.after.clone();
        self.remember(slice.committed_at, &slice.body.event_ids);
    }

    /// Remembers the ids of events counted at `at`.
    pub fn remember(&mut self, at: Timestamp, ids: &[u64]) {
        if !ids.is_empty() {
            self.ids.extend(ids);
            self.commits.push_back((at, ids.to_vec()));
        }
    }

    /// Forgets ids committed before `since`.
    pub fn forget(&mut self, since: Timestamp) {
        while let Some((_, ids)) = self.commits.pop_front_if(|(at, _)| *at < since) {
            for id in ids {
                self.ids.remove(&id);
            }
        }
    }
}

/// The hash of an event's id among those of a workload. It is part of the format. With a hundred thousand ids remembered, two that
/// differ meet once in a billion.
pub fn event_id(workload: &str, id: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(workload.as_bytes());
    hash.update([0]);
    hash.update(id.as_bytes());
    let hash = hash.finalize();
    let first = hash.first_chunk().expect("a SHA-256 hash has 32 bytes");
    u64::from_be_bytes(*first)
}

#[cfg(test)]
mod tests {
    use picket_shared::chain::{Body, ChainId};

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn slice(number: &str, minute: i64, ids: &[u64]) -> Slice {
        let after = Position::new(number, 0).unwrap();
        Slice {
            chain: ChainId::new("s", "t").unwrap(),
            before: Position::start(),
            first: after.clone(),
            after,
            committed_at: at(minute),
            body: Body {
                event_ids: ids.to_vec(),
                ..Body::default()
            },
        }
    }

    #[test]
    fn ids_are_forgotten_with_their_commit() {
        let mut recall = Recall::of(&[
            slice("3", 9, &[5]),
            slice("2", 4, &[3, 4]),
            slice("1", 2, &[]),
        ]);
        assert_eq!(recall.mark(), &Position::new("3", 0).unwrap());
        assert!([3, 4, 5].into_iter().all(|id| recall.contains(id)));
        recall.forget(at(5));
        assert_eq!(
            [3, 4, 5].map(|id| recall.contains(id)),
            [false, false, true]
        );
        assert_eq!(recall.mark(), &Position::new("3", 0).unwrap());
    }

    #[test]
    fn ids_are_told_apart_by_workload_and_stay_the_same_for_ever() {
        assert_eq!(
            event_id("bedrock-usage", "a"),
            event_id("bedrock-usage", "a")
        );
        assert_ne!(event_id("ab", "c"), event_id("a", "bc"));
        assert_eq!(event_id("workload", "id"), 0xb29f_eafd_d9e8_982a);
    }
}
