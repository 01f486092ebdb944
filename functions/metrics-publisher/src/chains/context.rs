//! The context of a tick.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use picket_aws::timing::CALL_TIME;
use picket_shared::{clock::Clock, deadline::Deadline};

use crate::chains::{cursors::Cursors, damaged::SkippedSlices, memory::Decoding};

/// The number of slices read in one query of a chain: a slice has a few kilobytes, and the answer of a query at most a
/// megabyte.
const MOST_READ: u16 = 200;
/// The number of slices of all chains that are in memory at once, until they are sent: 80 MB at four kilobytes each,
/// ten times that inflated.
const MOST_HELD: usize = 2_000;
/// The number of slices read of each chain however many chains there are: more than the six that a shard commits a
/// minute.
const FEWEST_READ: usize = 8;
/// The number of chains read concurrently: three hundred shards take a second at ten milliseconds a call, without a
/// burst for DynamoDB.
pub(crate) const MOST_AT_ONCE: usize = 16;

/// The ports, the remaining time and the limits of a tick.
pub(crate) struct TickContext<'a, P, C> {
    pub(crate) ports: &'a P,
    pub(crate) clock: &'a C,
    pub(crate) deadline: Deadline,
    /// The time since the end of a minute after which it is published; negative values include minutes that have not
    /// ended.
    pub(crate) settle: SignedDuration,
    pub(crate) most_slices: u32,
    pub(crate) stack: &'a str,
    pub(crate) skipped_slices: SkippedSlices,
    pub(crate) cursors: &'a Cursors,
    pub(crate) decoding: Decoding,
}

impl<P, C: Clock> TickContext<'_, P, C> {
    /// Whether there is time for another call.
    pub(crate) fn has_time(&self) -> bool {
        self.has_time_after(Duration::ZERO)
    }

    /// Whether there is time for another call after a pause.
    pub(crate) fn has_time_after(&self, pause: Duration) -> bool {
        self.deadline.remaining(self.clock.now()) >= CALL_TIME.saturating_add(pause)
    }

    /// The time at which this invocation has certainly ended.
    pub(crate) fn end(&self) -> Timestamp {
        /// Twice the margin of [`Deadline::remaining`].
        const MARGIN: SignedDuration = SignedDuration::from_secs(1);
        let now = self.clock.now();
        let remaining = SignedDuration::try_from(self.deadline.remaining(now)).unwrap_or_default();
        now.saturating_add(remaining + MARGIN)
            .unwrap_or(Timestamp::MAX)
    }

    /// The number of slices to read next from one of `chains` chains, after `done` slices of the allowed number.
    pub(crate) fn limit(&self, chains: usize, done: usize) -> u16 {
        let done = u32::try_from(done).unwrap_or(u32::MAX);
        let left = self.most_slices.saturating_sub(done);
        let share = (MOST_HELD / chains.max(1)).max(FEWEST_READ);
        u16::try_from(left)
            .unwrap_or(u16::MAX)
            .min(u16::try_from(share).unwrap_or(u16::MAX))
            .min(MOST_READ)
    }
}
