//! What one tick works with.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use picket_shared::{clock::Clock, deadline::Deadline};

use crate::chains::cursors::Cursors;
use crate::chains::damaged::PassedOver;

/// Nothing new is begun with less than this left: one attempt of a call takes five seconds at most, and a cursor must still
/// be moved after it.
const ROOM: Duration = Duration::from_secs(6);
/// Slices read at once of a chain. A slice's body has a few kilobytes, and a query's answer a megabyte at most.
const MOST_READ: u16 = 200;
/// Slices read at once of all chains together, which are in memory until they are sent: at four kilobytes each, and ten times
/// that inflated, 80 MB.
const MOST_HELD: usize = 2_000;
/// Slices that a chain may bring whatever the number of chains: more than the six that a shard commits a minute.
const FEWEST_READ: usize = 8;
/// Chains asked at once: three hundred shards take a second at ten milliseconds a call, and DynamoDB sees no burst.
pub(crate) const MOST_AT_ONCE: usize = 16;

/// Pauses before a call that was refused for now is made again: receivers throttle by the second.
pub(crate) const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

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

impl<'a, P, C> Run<'a, P, C> {
    /// For sending alone: no chain is read.
    pub(crate) fn sending(ports: &'a P, clock: &'a C, deadline: Deadline, stack: &'a str) -> Self {
        static NONE: Cursors = Cursors::new();
        Self {
            ports,
            clock,
            deadline,
            settle: SignedDuration::ZERO,
            most_slices: 0,
            stack,
            passed_over: PassedOver::default(),
            cursors: &NONE,
        }
    }
}

impl<P, C: Clock> Run<'_, P, C> {
    /// Whether there is time to begin something.
    pub(crate) fn has_time(&self) -> bool {
        self.has_time_after(Duration::ZERO)
    }

    /// Whether there still is after a pause.
    pub(crate) fn has_time_after(&self, pause: Duration) -> bool {
        self.deadline.remaining(self.clock.now()) >= ROOM.saturating_add(pause)
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
