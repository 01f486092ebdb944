//! The periods that events count in: a minute and a day.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use picket_rules::filter::{Event, Field};

use super::{Arrival, EventTime, Window, minute};

/// The period that an event counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Minutes since 1970, for metrics.
    pub minute: i64,
    /// The UTC day, for the ledger.
    pub day: Date,
    /// Whether the event's own time could not be used for metrics.
    pub replaced: bool,
}

/// A cache of periods. Events arrive nearly in order, so most have the minute of the event before.
#[derive(Debug, Clone)]
pub struct PeriodCache {
    window: Window,
    /// A minute as spelled in events, wholly inside the window, and its period.
    spelled: Option<([u8; MINUTE], Period)>,
    /// A minute, and its day.
    day: (i64, Date),
}

/// `2026-11-20T06:14`, to which an event adds `:03.512Z`.
const MINUTE: usize = 16;

impl PeriodCache {
    /// Creates an empty cache for a window.
    pub fn new(window: Window) -> Self {
        let day = (0, day(Timestamp::UNIX_EPOCH));
        Self {
            window,
            spelled: None,
            day,
        }
    }

    /// Returns the period of an event whose rule reads the time from `field`, and whose transport reports
    /// `happened_at`.
    pub fn period(
        &mut self,
        field: Option<&Field>,
        event: &Event<'_>,
        happened_at: Option<Timestamp>,
        arrived_at: impl Into<Arrival>,
    ) -> Period {
        let text = field.and_then(|field| field.text(event));
        let spelled = text.as_deref().and_then(spelled_minute);
        if let (Some(spelled), Some((known, period))) = (spelled, self.spelled)
            && *spelled == known
        {
            return period;
        }
        let event_time =
            self.window
                .event_time_of_text(text.as_deref(), happened_at, arrived_at.into());
        let period = self.period_of(event_time);
        if let Some(spelled) = spelled
            && !event_time.replaced
            && self.window.holds_minute(period.minute)
        {
            self.spelled = Some((*spelled, period));
        }
        period
    }

    fn period_of(&mut self, event_time: EventTime) -> Period {
        let of_day = minute(event_time.usage);
        if self.day.0 != of_day {
            self.day = (of_day, day(event_time.usage));
        }
        Period {
            minute: minute(event_time.metric),
            day: self.day.1,
            replaced: event_time.replaced,
        }
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Returns the minute of a time that is spelled as most are: `2026-11-20T06:14:03.512Z`, with or without a fraction.
fn spelled_minute(text: &str) -> Option<&[u8; MINUTE]> {
    let (minute, rest) = text.as_bytes().split_first_chunk::<MINUTE>()?;
    let [b':', b'0'..=b'5', b'0'..=b'9', fraction @ .., b'Z'] = rest else {
        return None;
    };
    let is_fraction = match fraction {
        [] => true,
        // As many digits as a timestamp has.
        [b'.', digits @ ..] => {
            (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    is_fraction.then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_kept_of_one_event_changes_nothing_for_the_next() {
        let window = Window::at(at("2026-11-20T06:15:20Z"));
        let arrived_at = at("2026-11-20T06:15:19Z");
        let field: Field = Field::Json("$.time".parse().unwrap());
        let times = [
            "2026-11-20T06:14:03.512Z",
            "2026-11-20T06:14:59Z",
            "2026-11-20T06:14:60Z",
            "2026-11-20T06:14:61Z",
            "2026-11-20T06:14:03.Z",
            "2026-11-20T06:14:03.1234567891Z",
            "2026-11-20T06:14:03",
            "2026-11-20T06:14:03+01:00",
            "2026-11-20 06:14:03Z",
            "2026-11-20T06:15:00Z",
            // The window ends inside these two minutes.
            "2026-11-20T08:15:19Z",
            "2026-11-20T08:15:21Z",
            "2026-11-06T06:15:21Z",
            "2026-11-06T06:15:19Z",
            "2026-13-20T06:14:03Z",
            "1795155243",
            "",
        ];
        for first in times {
            for second in times {
                let mut periods = PeriodCache::new(window);
                for time in [first, second, first] {
                    let json = serde_json::json!({ "time": time });
                    let event = Event {
                        text: "",
                        json: Some(&json),
                        id: None,
                        slots: None,
                    };
                    let event_time = window.event_time(Some(&field), &event, None, arrived_at);
                    let expected = Period {
                        minute: minute(event_time.metric),
                        day: day(event_time.usage),
                        replaced: event_time.replaced,
                    };
                    let period = periods.period(Some(&field), &event, None, arrived_at);
                    assert_eq!(period, expected, "{first} {second} {time}");
                }
            }
        }
    }
}
