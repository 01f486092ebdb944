//! What one tick works with.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use picket_aws::timing::CALL_TIME;
use picket_shared::{clock::Clock, deadline::Deadline};

use crate::chains::{cursors::Cursors, damaged::PassedOver};

/// Slices read at once of a chain. A slice's body has a few kilobytes, and a query's answer a megabyte at most.
const MOST_READ: u16 = 200;
/// Slices read at once of all chains together, which are in memory until they are sent: at four kilobytes each, and ten times
/// that inflated, 80 MB.
const MOST_HELD: usize = 2_000;
/// Slices that a chain may bring whatever the number of chains: more than the six that a shard commits a minute.
const FEWEST_READ: usize = 8;
/// Chains asked at once: three hundred shards take a second at ten milliseconds a call, and DynamoDB sees no burst.
pub(crate) const MOST_AT_ONCE: usize = 16;

/// The world, the time there is, and the limits of one tick.
pub(crate) struct Run<'a, P, C> {
    pub(crate) ports: &'a P,
    pub(crate) clock: &'a C,
    pub(crate) deadline: Deadline,
    /// How long ago a minute must have ended; negative takes minutes that still run.
    pub(crate) settle: SignedDuration,
    pub(crate) most_slices: u32,
    pub(crate) stack: &'a str,
    pub(crate) passed_over: PassedOver,
    pub(crate) cursors: &'a Cursors,
}

impl<P, C: Clock> Run<'_, P, C> {
    /// Whether there is time to begin something.
    pub(crate) fn has_time(&self) -> bool {
        self.has_time_after(Duration::ZERO)
    }

    /// Whether there still is after a pause.
    pub(crate) fn has_time_after(&self, pause: Duration) -> bool {
        self.deadline.remaining(self.clock.now()) >= CALL_TIME.saturating_add(pause)
    }

    /// When this invocation is certainly over.
    pub(crate) fn end(&self) -> Timestamp {
        /// What [`Deadline::remaining`] keeps back, and as much again.
        const MARGIN: SignedDuration = SignedDuration::from_secs(1);
        let now = self.clock.now();
        let remaining = SignedDuration::try_from(self.deadline.remaining(now)).unwrap_or_default();
        now.saturating_add(remaining + MARGIN)
            .unwrap_or(Timestamp::MAX)
    }

    /// How many slices to read next of one of `chains`, `done` of the allowed ones being done.
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
