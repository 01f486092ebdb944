//! The counts of a run's events, by minute of arrival.

use std::{collections::BTreeMap, mem};

use crate::counting::Tally;

/// The counts so far.
#[derive(Default)]
pub(super) struct Tallies {
    by_minute: BTreeMap<i64, Tally>,
    /// The current minute, which is not in `by_minute` yet: most records arrive in the minute of the one before.
    current: (i64, Tally),
}

impl Tallies {
    pub(super) fn add(&mut self, minute: i64, tally: Tally) {
        if self.current.0 != minute {
            self.end_minute();
            self.current.0 = minute;
        }
        self.current.1.add(tally);
    }

    fn end_minute(&mut self) {
        let (minute, tally) = mem::take(&mut self.current);
        if tally.read > 0 {
            self.by_minute.entry(minute).or_default().add(tally);
        }
    }

    pub(super) fn finish(mut self) -> BTreeMap<i64, Tally> {
        self.end_minute();
        self.by_minute
    }
}
