//! Counts of firings, and a firing as it is shown.

use jiff::Timestamp;
use picket_alarms::backtest::{Firing, Summary};
use serde::Serialize;

/// Counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) pages: usize,
    pub(super) flaps: usize,
    pub(super) seconds_in_alarm: i64,
}

/// A time in ALARM.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub(super) from: Timestamp,
    /// Null where it is still in ALARM.
    pub(super) until: Option<Timestamp>,
    pub(super) flap: bool,
    /// In ALARM from the first evaluation on.
    pub(super) already: bool,
    /// Whether it hangs on what AWS does not publish.
    pub(super) uncertain: bool,
}

impl From<Summary> for Counts {
    fn from(summary: Summary) -> Self {
        Self {
            pages: summary.pages,
            flaps: summary.flaps,
            seconds_in_alarm: summary.in_alarm.as_secs(),
        }
    }
}

impl Shown {
    pub(super) fn of(firing: &Firing) -> Self {
        Self {
            from: firing.from,
            until: firing.until,
            flap: firing.flap,
            already: firing.already,
            uncertain: firing.hangs,
        }
    }
}
