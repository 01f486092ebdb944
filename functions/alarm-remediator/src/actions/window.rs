//! The window of the metrics that the actions look at.

use jiff::{SignedDuration, Timestamp};

/// Three of the five-minute periods in which most alarms are evaluated.
pub(crate) const WINDOW_MINUTES: u32 = 15;

/// The time that many minutes before `now`.
pub(crate) fn before(now: Timestamp, minutes: u32) -> Timestamp {
    now.saturating_sub(SignedDuration::from_mins(i64::from(minutes)))
        .unwrap_or(Timestamp::MIN)
}
