//! The time that a check covers.

use jiff::{SignedDuration, Timestamp};
use picket_rules::health::WINDOW_MINUTES;

/// The last 24 whole hours: periods of minutes and hours then begin where CloudWatch's do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// An hour.
const HOUR: i64 = 3_600;

impl Window {
    /// The window of a check at this time.
    pub fn before(now: Timestamp) -> Self {
        let seconds = now.as_second();
        let to = Timestamp::from_second(seconds - seconds.rem_euclid(HOUR)).unwrap_or(now);
        let length = SignedDuration::from_mins(i64::from(WINDOW_MINUTES));
        let from = to.checked_sub(length).unwrap_or(Timestamp::MIN);
        Self { from, to }
    }

    /// The beginnings of its periods of this many minutes.
    pub(super) fn periods(self, minutes: u32) -> impl Iterator<Item = Period> {
        let number = WINDOW_MINUTES / minutes;
        let begin = self.from.as_second();
        let length = i64::from(minutes) * 60;
        (0..number).map(move |place| {
            let from = begin + i64::from(place) * length;
            Period {
                from,
                to: from + length,
            }
        })
    }
}

/// A period, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    from: i64,
    to: i64,
}

impl Period {
    pub(super) fn contains(self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at.as_second())
    }

    /// The day of the week, UTC, on which it begins, from 0 for Monday: 1970 began with a Thursday.
    pub(super) fn day_of_week(self) -> usize {
        let day = (self.from.div_euclid(HOUR * 24) + 3).rem_euclid(7);
        usize::try_from(day).expect("a day of a week is below 7")
    }

    /// The minute of the day, UTC, in which it begins.
    pub(super) fn minute_of_day(self) -> u32 {
        let minute = self.from.rem_euclid(HOUR * 24) / 60;
        u32::try_from(minute).expect("a minute of a day is below 1,440")
    }
}
