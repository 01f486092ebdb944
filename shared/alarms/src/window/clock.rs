//! `EvaluationWindow`: where an alarm's periods begin.
//!
//! A sliding window's periods end at the evaluation. A wall clock window's periods begin at the hour, at midnight or on
//! Monday in a time zone, and it evaluates the last one that is over (user guide, "Alarm evaluation window"; API
//! reference, `WallClockWindow`).

use jiff::{
    SignedDuration, Timestamp,
    civil::Weekday,
    tz::{Offset, TimeZone},
};

/// Where an alarm's periods begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alignment {
    /// Counted back from the evaluation.
    Sliding,
    /// At the boundaries of the clock in a time zone.
    WallClock(TimeZone),
}

/// The reason why a text is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a time zone: use an IANA name, or an offset of whole five minutes such as +05:30 or UTC+05:30"
)]
pub struct InvalidTimezone(String);

/// The periods that a wall clock window may have, in seconds (API reference, `WallClockWindow`).
pub(crate) const WALL_CLOCK_PERIODS: [u32; 5] = [60, 300, 3_600, 86_400, 604_800];

const DAY: u32 = 86_400;
const WEEK: u32 = 604_800;

impl Alignment {
    /// Reads `WallClockWindow`'s `Timezone`; UTC where there is none.
    pub fn wall_clock(timezone: Option<&str>) -> Result<Self, InvalidTimezone> {
        let text = timezone.unwrap_or("UTC");
        zone(text)
            .map(Self::WallClock)
            .ok_or_else(|| InvalidTimezone(text.to_owned()))
    }

    /// The end of the newest period that is over at `now`.
    pub(super) fn newest_end(&self, period: u32, now: Timestamp) -> Timestamp {
        match self {
            Self::Sliding => now,
            Self::WallClock(zone) => boundary(zone, period, now),
        }
    }

    /// The start of the period that ends at `end`.
    pub(super) fn before(&self, period: u32, end: Timestamp) -> Timestamp {
        let back = |seconds: i64| {
            end.saturating_sub(SignedDuration::from_secs(seconds))
                .unwrap_or(end)
        };
        match self {
            Self::Sliding => back(i64::from(period)),
            Self::WallClock(zone) => boundary(zone, period, back(1)),
        }
    }
}

/// The last boundary at or before `at`.
fn boundary(zone: &TimeZone, period: u32, at: Timestamp) -> Timestamp {
    let local = at.to_zoned(zone.clone());
    let midnight = match period {
        DAY => local.start_of_day(),
        WEEK => {
            let since_monday = i64::from(local.weekday().since(Weekday::Monday));
            local
                .date()
                .saturating_sub(SignedDuration::from_hours(24 * since_monday))
                .to_zoned(zone.clone())
                .and_then(|monday| monday.start_of_day())
        }
        _ => {
            let (offset, period) = (i64::from(local.offset().seconds()), i64::from(period));
            let seconds = (at.as_second() + offset).div_euclid(period) * period - offset;
            return Timestamp::from_second(seconds).unwrap_or(at);
        }
    };
    midnight.map_or(at, |midnight| midnight.timestamp())
}

fn zone(text: &str) -> Option<TimeZone> {
    if matches!(text, "UTC" | "Z") {
        return Some(TimeZone::UTC);
    }
    let offset = text.strip_prefix("UTC").unwrap_or(text);
    if let Some(seconds) = offset_seconds(offset) {
        return (seconds % 300 == 0)
            .then(|| Offset::from_seconds(seconds).ok().map(Offset::to_time_zone))?;
    }
    TimeZone::get(text).ok()
}

/// `+hh:mm` or `-hh:mm`.
fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (
        number(hours)?,
        number(minutes).filter(|&minutes| minutes < 60)?,
    );
    Some(sign * (hours * 3_600 + minutes * 60))
}
