//! What went wrong, counted by kind.

use std::{collections::BTreeMap, fmt};

/// One kind of thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The processor died at a call, before its first commit.
    KilledBeforeCommit,
    /// It died with something committed.
    KilledAfterCommit,
    /// A record killed it while it was decoded.
    KilledByPoison,
    /// Lambda gave up before the first commit; the invocation goes on beside the next.
    TimedOutBeforeCommit,
    /// The same with something committed.
    TimedOutAfterCommit,
    /// A call was refused, and may be made again.
    Throttled,
    /// A partition had used up what it takes in a second.
    PartitionThrottled,
    /// An item was larger than the table takes.
    ItemRefused,
    /// A put whose client gave up, which arrives later.
    PutOnItsWay,
    /// A call that was carried out, with an answer that was lost.
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
    /// A record of those, or one that was set apart, put back by a person, who may do it twice.
    PutBack,
    /// An event of those that nobody could read, put back with another payload.
    Mended,
    /// A copy that does not count, another one doing.
    CopyDropped,
    /// A shard that was split.
    Split,
    /// Two shards that were merged.
    Merged,
    /// A mapping deleted, and made again from the oldest record on.
    MappingMadeAgain,
    /// An event that its producer sent again under the same id, within the time that ids are remembered.
    SentAgain,
    /// The same after that time, so that it counts again.
    SentAgainLate,
    /// A record that killed three processes, set apart undecoded.
    LeftUndecoded,
    /// A slice that begins inside a record.
    SliceInsideRecord,
    /// A sandbox that found other rules in the override bucket.
    OtherRules,
    /// A sandbox whose build writes the version of the format before this one, or the next.
    OtherVersion,
    /// A sandbox that found broken rules in the override bucket, or no answer.
    BrokenRules,
    /// The publisher died at a call.
    PublisherKilled,
    /// It was stopped at its timeout.
    PublisherTimedOut,
    /// A tick that was delivered twice.
    TickTwice,
    /// A tick that was not delivered.
    TickMissed,
    /// Two transactions met on an item.
    TransactionConflict,
    /// CloudWatch refused a request for now.
    PutRefused,
    /// CloudWatch counted a request, and the answer was lost.
    PutLostAfter,
    /// CloudWatch never got a request, and there was no answer.
    PutLostBefore,
    /// The receiver of samples refused a request for now.
    SamplesRefused,
    /// It took them, and the answer was lost.
    SamplesLost,
    /// It refused samples for good, newer ones of a series having come before them.
    SamplesTooLate,
    /// An item that TTL deleted.
    Expired,
}

/// How often each happened.
#[derive(Debug, Default, Clone)]
pub(crate) struct Faults(BTreeMap<Fault, u64>);

impl Faults {
    pub(crate) fn count(&mut self, fault: Fault) {
        self.add(fault, 1);
    }

    pub(crate) fn add(&mut self, fault: Fault, count: usize) {
        *self.0.entry(fault).or_default() += count as u64;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(*fault).or_default() += count;
        }
    }

    pub(crate) fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or_default()
    }

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
