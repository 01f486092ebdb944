//! The requests that a producer sent, some of which it sends again.

use super::{Kind, Request};
use crate::{chance::Dice, kernel};

/// The requests that a producer sent lately.
#[derive(Debug)]
pub(crate) struct Sent {
    count: usize,
    /// With when they were sent, in microseconds since 1970.
    pub(super) lately: Vec<(i64, Request)>,
}

impl Sent {
    /// A request that was sent before: most lately, some long ago.
    pub(super) fn again(&self, now: i64, dice: &mut Dice) -> Option<Kind> {
        let all = self.lately.len();
        let few = if dice.once_in(4) { all } else { all.min(30) };
        let (sent_at, request) = *self
            .lately
            .get(all.checked_sub(1 + dice.below(few.max(1)))?)?;
        // CloudWatch takes a fortnight: what is nearly as old when it is counted may be older when it is published.
        (now - sent_at < 10 * kernel::DAY).then_some(Kind::Request(request))
    }

    /// Of a shard: ids differ between them, since copies go from one to another.
    pub(crate) fn of(shard: usize) -> Self {
        Self {
            count: shard * 1_000_000,
            lately: Vec::new(),
        }
    }

    pub(super) fn next(&mut self) -> usize {
        self.count += 1;
        self.count
    }
}
