//! The event that starts a report.

use jiff::{Span, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use picket_shared::header::Header;
use serde::Deserialize;

/// The most days of a range: a month. Each is a message.
const MOST_DAYS: i32 = 31;
/// The most days that the schedule makes up for. After a longer time without a report, older days are asked for by a
/// range.
const MOST_MISSED: i32 = 7;

/// The schedule's event, or one for other days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// The days to report.
    pub days: RequestedDays,
    /// Whether days that were reported before are reported again.
    pub again: bool,
}

/// The days that an event asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestedDays {
    /// Yesterday, and the days since the last report.
    Due,
    /// The days from the first to the second.
    Range(Date, Date),
}

/// The reason why an event does not start a report.
#[derive(Debug, thiserror::Error)]
pub enum InvalidInput {
    /// It is another event.
    #[error(
        "the event is not a daily-report event: expected {{\"picket\": {{\"kind\": \"daily-report\", \"version\": 1}}}}, with \"date\": \"YYYY-MM-DD\", or \"from\" and \"to\", where it is not for yesterday"
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
    /// The range is empty, too long, or stated together with a date.
    #[error("{0}")]
    Range(String),
}

#[derive(Deserialize)]
struct Event {
    picket: Header,
    date: Option<Date>,
    from: Option<Date>,
    to: Option<Date>,
    #[serde(default)]
    again: bool,
}

/// Reads the event, and refuses every other function's.
pub fn read(event: &[u8]) -> Result<Input, InvalidInput> {
    let event: Event =
        serde_json::from_slice(event).map_err(|error| InvalidInput::NotOurs(Some(error)))?;
    if event.picket.kind != "daily-report" || !event.picket.is_readable() {
        return Err(InvalidInput::NotOurs(None));
    }
    Ok(Input {
        days: requested(&event)?,
        again: event.again,
    })
}

fn requested(event: &Event) -> Result<RequestedDays, InvalidInput> {
    let (first, last) = match (event.date, event.from, event.to) {
        (None, None, None) => return Ok(RequestedDays::Due),
        (Some(date), None, None) => (date, date),
        (None, Some(from), Some(to)) => (from, to),
        _ => {
            let sentence = "either \"date\" or both \"from\" and \"to\"";
            return Err(InvalidInput::Range(sentence.to_owned()));
        }
    };
    let longest = first.saturating_add((MOST_DAYS - 1).days());
    if first > last || last > longest {
        return Err(InvalidInput::Range(format!(
            "the range {first} to {last} is empty, or has more than {MOST_DAYS} days"
        )));
    }
    Ok(RequestedDays::Range(first, last))
}

impl Input {
    /// The days to report at `now`, the oldest first. Today is allowed, and will be an estimate. `reported` are the
    /// days that were reported before.
    pub fn days_at(self, now: Timestamp, reported: &[Date]) -> Result<Vec<Date>, InvalidInput> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let (first, last) = match self.days {
            RequestedDays::Range(_, date) if date > today => {
                return Err(InvalidInput::Future { date, today });
            }
            RequestedDays::Range(first, last) => (first, last),
            RequestedDays::Due => {
                let yesterday = today.saturating_sub(Span::new().days(1));
                (first_due(yesterday, reported), yesterday)
            }
        };
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let wanted = days.filter(|day| self.again || !reported.contains(day));
        Ok(wanted.collect())
    }
}

/// Yesterday, or the day after the last report where the days between were missed. A stack that never reported has
/// missed none.
fn first_due(yesterday: Date, reported: &[Date]) -> Date {
    let last = reported
        .iter()
        .copied()
        .filter(|day| *day < yesterday)
        .max();
    let after = last.and_then(|day| day.tomorrow().ok());
    let oldest = yesterday.saturating_sub((MOST_MISSED - 1).days());
    after.map_or(yesterday, |after| after.max(oldest))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const SCHEDULED: &[u8] = br#"{"picket": {"kind": "daily-report", "version": 1}}"#;
    const NOW: &str = "2026-11-20T06:00:00Z";

    #[test]
    fn the_default_is_yesterday_in_utc() {
        let input = read(SCHEDULED).unwrap();
        for (now, day) in [
            ("2026-11-20T00:00:00Z", date(2026, 11, 19)),
            ("2026-11-20T23:59:59Z", date(2026, 11, 19)),
            ("2026-03-01T06:00:00Z", date(2026, 2, 28)),
            ("2026-01-01T06:00:00+09:00", date(2025, 12, 30)),
        ] {
            assert_eq!(
                input.days_at(now.parse().unwrap(), &[]).unwrap(),
                [day],
                "{now}"
            );
        }
    }

    #[test]
    fn days_without_a_report_are_made_up_for() {
        let day = |day| date(2026, 11, day);
        let input = read(SCHEDULED).unwrap();
        for (reported, due) in [
            (&[18][..], &[19][..]),
            (&[15], &[16, 17, 18, 19]),
            (&[15, 17], &[18, 19]),
            (&[1], &[13, 14, 15, 16, 17, 18, 19]),
            (&[18, 19], &[]),
            (&[17, 19], &[18]),
        ] {
            let reported: Vec<_> = reported.iter().copied().map(day).collect();
            let due: Vec<_> = due.iter().copied().map(day).collect();
            assert_eq!(input.days_at(NOW.parse().unwrap(), &reported).unwrap(), due);
        }
    }

    #[test]
    fn a_range_has_its_days_once_unless_they_are_wanted_again() {
        let event = |again: bool| {
            let event = serde_json::json!({"picket": {"kind": "daily-report", "version": 1},
                "from": "2026-11-01", "to": "2026-11-03", "again": again});
            read(event.to_string().as_bytes()).unwrap()
        };
        let reported = [date(2026, 11, 2)];
        let days = |again| {
            event(again)
                .days_at(NOW.parse().unwrap(), &reported)
                .unwrap()
        };
        assert_eq!(days(false), [date(2026, 11, 1), date(2026, 11, 3)]);
        assert_eq!(days(true).len(), 3);
    }

    #[test]
    fn a_day_to_come_is_refused() {
        let input =
            read(br#"{"picket": {"kind": "daily-report", "version": 2}, "date": "2026-11-21"}"#)
                .unwrap();
        let error = input.days_at(NOW.parse().unwrap(), &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no report for 2026-11-21: it is only 2026-11-20 (UTC)"
        );
        assert!(
            input
                .days_at("2026-11-21T00:00:00Z".parse().unwrap(), &[])
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
            r#"{"picket": {"kind": "daily-report", "version": 1}, "from": "2026-11-01"}"#,
            r#"{"picket": {"kind": "daily-report", "version": 1}, "from": "2026-11-02", "to": "2026-11-01"}"#,
            r#"{"picket": {"kind": "daily-report", "version": 1}, "from": "2026-01-01", "to": "2026-02-01"}"#,
        ] {
            assert!(read(event.as_bytes()).is_err(), "{event}");
        }
    }
}
