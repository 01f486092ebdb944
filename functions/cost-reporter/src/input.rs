//! The event that starts a report.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use picket_shared::header::Header;
use serde::Deserialize;

/// The schedule's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// The day to report; `None` is yesterday.
    pub date: Option<Date>,
}

/// The reason why an event does not start a report.
#[derive(Debug, thiserror::Error)]
pub enum InvalidInput {
    /// It is another event.
    #[error(
        "the event is not a daily-report event: expected {{\"picket\": {{\"kind\": \"daily-report\", \"version\": 1}}}}, with \"date\": \"YYYY-MM-DD\" where it is not for yesterday"
    )]
    NotOurs(#[source] Option<serde_json::Error>),
    /// The day is in the future.
    #[error("there is no report for {date}: it is only {today} (UTC)")]
    Future {
        /// The requested day.
        date: Date,
        /// The present day, UTC.
        today: Date,
    },
}

#[derive(Deserialize)]
struct Event {
    picket: Header,
    date: Option<Date>,
}

/// Reads the event, and refuses every other function's.
pub fn read(event: &[u8]) -> Result<Input, InvalidInput> {
    let event: Event =
        serde_json::from_slice(event).map_err(|error| InvalidInput::NotOurs(Some(error)))?;
    if event.picket.kind != "daily-report" || !event.picket.is_readable() {
        return Err(InvalidInput::NotOurs(None));
    }
    Ok(Input { date: event.date })
}

impl Input {
    /// The day to report at `now`. Today is allowed, and will be an estimate.
    pub fn date_at(self, now: Timestamp) -> Result<Date, InvalidInput> {
        let today = now.to_zoned(TimeZone::UTC).date();
        match self.date {
            Some(date) if date > today => Err(InvalidInput::Future { date, today }),
            Some(date) => Ok(date),
            None => Ok(today.saturating_sub(jiff::Span::new().days(1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_default_is_yesterday_in_utc() {
        let input = read(br#"{"picket": {"kind": "daily-report", "version": 1}}"#).unwrap();
        for (now, day) in [
            ("2026-11-20T00:00:00Z", date(2026, 11, 19)),
            ("2026-11-20T23:59:59Z", date(2026, 11, 19)),
            ("2026-03-01T06:00:00Z", date(2026, 2, 28)),
            ("2026-01-01T06:00:00+09:00", date(2025, 12, 30)),
        ] {
            assert_eq!(input.date_at(now.parse().unwrap()).unwrap(), day, "{now}");
        }
    }

    #[test]
    fn a_day_to_come_is_refused() {
        let input =
            read(br#"{"picket": {"kind": "daily-report", "version": 2}, "date": "2026-11-21"}"#)
                .unwrap();
        let error = input
            .date_at("2026-11-20T06:00:00Z".parse().unwrap())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no report for 2026-11-21: it is only 2026-11-20 (UTC)"
        );
        assert!(
            input
                .date_at("2026-11-21T00:00:00Z".parse().unwrap())
                .is_ok()
        );
    }

    #[test]
    fn another_message_is_refused() {
        for event in [
            "",
            "{}",
            "null",
            r#"{"picket": {"kind": "heartbeat", "version": 1}}"#,
            r#"{"picket": {"kind": "daily-report", "version": 3}}"#,
            r#"{"picket": {"kind": "daily-report", "version": 1}, "date": "yesterday"}"#,
        ] {
            assert!(read(event.as_bytes()).is_err(), "{event}");
        }
    }
}
