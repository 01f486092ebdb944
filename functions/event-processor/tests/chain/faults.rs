//! What went wrong, counted by kind.

use std::{collections::BTreeMap, fmt};

/// One kind of thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The process died before its first commit.
    KilledBeforeCommit,
    /// It died with something committed.
    KilledAfterCommit,
    /// A record killed it while it was decoded.
    KilledByPoison,
    /// Lambda gave up before the first commit; the invocation goes on beside the next.
    TimedOutBeforeCommit,
    /// The same with something committed.
    TimedOutAfterCommit,
    /// A call was refused, and may be tried again.
    Throttled,
    /// A put whose client gave up, which arrives later or never.
    PutOnItsWay,
    /// A put that arrived, with an answer that did not.
    LostAnswer,
    /// A put that found its key taken.
    Conflict,
    /// A response that named another record than the first.
    PartialFailure,
    /// A batch that came again with half its records.
    Bisected,
    /// A batch that came again and ended elsewhere.
    Recut,
    /// A batch that came again although it was answered.
    Redelivered,
    /// A record given up for its attempts.
    DiscardedByAttempts,
    /// A record given up for its age.
    DiscardedByAge,
    /// A record of those, or one that was left undecoded, put back by a person, who may do it twice.
    PutBack,
    /// A copy that does not count, another one doing.
    CopyDropped,
    /// A shard that was split.
    Split,
    /// Two shards that were merged.
    Merged,
    /// A mapping deleted, and made again from the oldest record on.
    MappingMadeAgain,
    /// An event that its producer sent again under the same id.
    SentAgain,
    /// A record that killed three processes, set apart undecoded.
    LeftUndecoded,
    /// A slice that begins inside a record.
    SliceInsideRecord,
    /// A sandbox that found other rules in the override bucket, so that the attempts of a batch go by different ones.
    OtherRules,
    /// One that found broken rules there, or no answer.
    BrokenRules,
}

/// How often each happened.
#[derive(Debug, Default, Clone)]
pub(crate) struct Faults(BTreeMap<Fault, u64>);

impl Faults {
    /// One more.
    pub(crate) fn count(&mut self, fault: Fault) {
        self.add(fault, 1);
    }

    /// So many more.
    pub(crate) fn add(&mut self, fault: Fault, count: usize) {
        *self.0.entry(fault).or_default() += count as u64;
    }

    /// All of another's.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }

    /// How often it happened.
    pub(crate) fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or_default()
    }

    /// How often anything did.
    pub(crate) fn all(&self) -> u64 {
        self.0.values().sum()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|(fault, count)| writeln!(f, "{count:>9} {fault:?}"))
    }
}
