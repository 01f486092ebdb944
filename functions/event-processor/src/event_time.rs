//! The time of an event: its own, where CloudWatch accepts it, otherwise the time of its arrival.

mod period;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use picket_rules::{
    cloudwatch_limits::{NEWEST, OLDEST},
    filter::{Event, Field},
};

pub use self::period::{Period, PeriodCache};

/// The ledger accepts requests that were two weeks old when they were put to the stream, and stayed there for its
/// longest retention (a week, the maximum of `StreamRetentionHours`). An older time comes from a clock that was never
/// set, or from a field that is not a time: the request would count on a day that no report reads, without a price.
const OLDEST_USAGE: SignedDuration = SignedDuration::from_hours((14 + 7) * 24);
/// Numbers below are seconds since 1970 (this one is the year 5138), others milliseconds (this one is March 1973).
const FEWEST_MILLISECONDS: f64 = 1e11;

/// The times that CloudWatch and the ledger accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    oldest_usage: Timestamp,
    oldest: Timestamp,
    newest: Timestamp,
}

/// The time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTime {
    /// The time for metrics: inside the window, or the arrival.
    pub metric: Timestamp,
    /// The time for the ledger: the event's own, up to three weeks back, or the arrival.
    pub usage: Timestamp,
    /// Whether the event's own time could not be used for metrics.
    pub replaced: bool,
}

/// The time of arrival, which is that of an event without a time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// For metrics.
    pub metric: Timestamp,
    /// For the ledger.
    pub usage: Timestamp,
}

impl From<Timestamp> for Arrival {
    fn from(at: Timestamp) -> Self {
        Self {
            metric: at,
            usage: at,
        }
    }
}

impl Window {
    /// Creates the window at `now`.
    pub fn at(now: Timestamp) -> Self {
        let back = |by| now.saturating_sub(by).unwrap_or(Timestamp::MIN);
        Self {
            oldest_usage: back(OLDEST_USAGE),
            oldest: back(OLDEST),
            newest: now.saturating_add(NEWEST).unwrap_or(Timestamp::MAX),
        }
    }

    /// Creates a window without limits, for payloads without a time of arrival.
    pub fn unlimited() -> Self {
        Self {
            oldest_usage: Timestamp::MIN,
            oldest: Timestamp::MIN,
            newest: Timestamp::MAX,
        }
    }

    /// Returns the time of an event whose rule reads it from `field`, and whose transport reports `happened_at`.
    pub fn event_time(
        &self,
        field: Option<&Field>,
        event: &Event<'_>,
        happened_at: Option<Timestamp>,
        arrived_at: impl Into<Arrival>,
    ) -> EventTime {
        let text = field.and_then(|field| field.text(event));
        self.event_time_of_text(text.as_deref(), happened_at, arrived_at.into())
    }

    /// Returns the time of an event that has `text` as its time, or nothing.
    pub(crate) fn event_time_of_text(
        &self,
        text: Option<&str>,
        happened_at: Option<Timestamp>,
        arrived_at: Arrival,
    ) -> EventTime {
        if let Some(text) = text {
            return self.event_time_of(parse(text), arrived_at);
        }
        if happened_at.is_some() {
            return self.event_time_of(happened_at, arrived_at);
        }
        EventTime {
            metric: arrived_at.metric,
            usage: arrived_at.usage,
            replaced: false,
        }
    }

    /// Whether the whole minute is inside the window.
    pub(crate) fn holds_minute(&self, minute: i64) -> bool {
        minute * 60 > self.oldest.as_second() && minute * 60 + 60 <= self.newest.as_second()
    }

    /// Returns the time of an event whose own is `own`; `None` is a time that cannot be read.
    pub fn event_time_of(
        &self,
        own: Option<Timestamp>,
        arrived_at: impl Into<Arrival>,
    ) -> EventTime {
        let Arrival { metric, usage } = arrived_at.into();
        let arrival = EventTime {
            metric,
            usage,
            replaced: true,
        };
        match own {
            Some(own) if own > self.newest || own < self.oldest_usage => arrival,
            Some(own) if own < self.oldest => EventTime {
                usage: own,
                ..arrival
            },
            Some(own) => EventTime {
                metric: own,
                usage: own,
                replaced: false,
            },
            None => arrival,
        }
    }
}

/// The start of an event time's minute, in minutes since 1970.
pub fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// Reads ISO 8601, in UTC where it has no offset, or seconds or milliseconds since 1970. Zero is an unset time.
fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<f64>() {
        if !(number.is_finite() && number > 0.0) {
            return None;
        }
        let milliseconds = if number < FEWEST_MILLISECONDS {
            number * 1_000.0
        } else {
            number
        };
        // Beyond the years that a timestamp has, the conversion below refuses.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float beyond an i64 becomes its end, which is no timestamp"
        )]
        return Timestamp::from_millisecond(milliseconds.round() as i64).ok();
    }
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests;
