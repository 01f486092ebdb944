//! When a rule mutes: `cron(minutes hours day-of-month month day-of-week)` or `at(yyyy-MM-ddThh:mm)`, for a time.

use jiff::{
    SignedDuration, Span, SpanRelativeTo, Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// The shortest and the longest muting (API reference, `Schedule`, `Duration`).
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST: SignedDuration = SignedDuration::from_hours(15 * 24);

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// Times that begin by a schedule and have one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    begins: Begins,
    duration: SignedDuration,
    zone: TimeZone,
    /// As in `cron(0 2 * * *) for PT4H in Europe/London`.
    text: String,
}

/// The reason why a schedule cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// Its expression.
    #[error(
        "the schedule {0:?} cannot be read: write cron(0 2 * * SUN), with *, - and lists, or at(2026-12-23T00:00)"
    )]
    Expression(String),
    /// Numbers of weekdays.
    #[error(
        "the schedule {0:?} has a number as its day of the week, and AWS does not say which day it is: write SUN to SAT"
    )]
    Weekday(String),
    /// Both days.
    #[error(
        "the schedule {0:?} has a day of the month and one of the week, and AWS does not say whether both must be"
    )]
    BothDays(String),
    /// Its duration.
    #[error("the duration {0:?} cannot be read: write PT1M to P15D, as in P2DT12H")]
    Duration(String),
    /// Its time zone.
    #[error("{0:?} is not a time zone")]
    Timezone(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Begins {
    At(DateTime),
    Cron(Cron),
}

/// The fields of a cron expression, a bit for each value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
}

impl Schedule {
    /// Reads a schedule; without a time zone it is of UTC.
    pub fn new(
        expression: &str,
        duration: &str,
        timezone: Option<&str>,
    ) -> Result<Self, InvalidSchedule> {
        let name = timezone.unwrap_or("UTC");
        let zone = TimeZone::get(name).map_err(|_| InvalidSchedule::Timezone(name.to_owned()))?;
        let length = length(duration).ok_or_else(|| InvalidSchedule::Duration(duration.into()))?;
        let inner = |kind: &str| expression.trim().strip_prefix(kind)?.strip_suffix(')');
        let wrong = || InvalidSchedule::Expression(expression.to_owned());
        let begins = match (inner("at("), inner("cron(")) {
            (Some(at), _) => Begins::At(at.trim().parse().map_err(|_| wrong())?),
            (None, Some(fields)) => Begins::Cron(Cron::read(fields, expression)?),
            (None, None) => return Err(wrong()),
        };
        Ok(Self {
            begins,
            duration: length,
            zone,
            text: format!("{expression} for {duration} in {name}"),
        })
    }

    /// As a person reads it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The end of the time that `at` lies in.
    pub(super) fn until(&self, at: Timestamp) -> Option<Timestamp> {
        let end = self.last_begin(at)?.checked_add(self.duration).ok()?;
        Some(end).filter(|end| at < *end)
    }

    /// The last begin up to `at`, no longer ago than the duration.
    fn last_begin(&self, at: Timestamp) -> Option<Timestamp> {
        let instant = |local: DateTime| {
            let zoned = local.to_zoned(self.zone.clone()).ok()?;
            Some(zoned.timestamp()).filter(|begin| *begin <= at)
        };
        let cron = match &self.begins {
            Begins::At(local) => return instant(*local),
            Begins::Cron(cron) => cron,
        };
        let day = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        let first = day(at.checked_sub(self.duration).ok()?);
        let back = |date: &Date| date.yesterday().ok().filter(|date| *date >= first);
        let days = std::iter::successors(Some(day(at)), back);
        days.filter(|date| cron.is_on(*date))
            .flat_map(|date| {
                cron.times()
                    .map(move |(hour, minute)| date.at(hour, minute, 0, 0))
            })
            .find_map(instant)
    }
}

/// A day is 24 hours here.
fn length(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(length).filter(|length| (SHORTEST..=LONGEST).contains(length))
}

impl Cron {
    fn read(fields: &str, expression: &str) -> Result<Self, InvalidSchedule> {
        let wrong = || InvalidSchedule::Expression(expression.to_owned());
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(wrong());
        };
        if weekdays.contains(|c: char| c.is_ascii_digit()) {
            return Err(InvalidSchedule::Weekday(expression.to_owned()));
        }
        if *days != "*" && *weekdays != "*" {
            return Err(InvalidSchedule::BothDays(expression.to_owned()));
        }
        Ok(Self {
            minutes: field(minutes, 0, 59, &[]).ok_or_else(wrong)?,
            hours: field(hours, 0, 23, &[]).ok_or_else(wrong)?,
            days: field(days, 1, 31, &[]).ok_or_else(wrong)?,
            months: field(months, 1, 12, &MONTHS).ok_or_else(wrong)?,
            weekdays: field(weekdays, 0, 6, &WEEKDAYS).ok_or_else(wrong)?,
        })
    }

    fn is_on(&self, date: Date) -> bool {
        has(self.days, date.day())
            && has(self.months, date.month())
            && has(self.weekdays, date.weekday().to_sunday_zero_offset())
    }

    /// The hours and minutes of a day, the latest first.
    fn times(&self) -> impl Iterator<Item = (i8, i8)> + use<> {
        let (hours, minutes) = (self.hours, self.minutes);
        (0..24)
            .rev()
            .filter(move |hour| has(hours, *hour))
            .flat_map(move |hour| {
                let minutes = (0..60).rev().filter(move |minute| has(minutes, *minute));
                minutes.map(move |minute| (hour, minute))
            })
    }
}

fn has(bits: u64, value: i8) -> bool {
    u32::try_from(value).is_ok_and(|value| bits >> value & 1 == 1)
}

/// `*`, `5`, `1-5`, `MON-FRI`, and lists of them. `names` are the values from `low` on.
fn field(text: &str, low: u32, high: u32, names: &[&str]) -> Option<u64> {
    let value = |text: &str| {
        let place = names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        let place = place.and_then(|index| u32::try_from(index).ok());
        let value = place.map_or_else(|| text.parse().ok(), |index| Some(index + low))?;
        (low..=high).contains(&value).then_some(value)
    };
    let mut bits = 0;
    for part in text.split(',') {
        let (first, last) = match part.split_once('-') {
            _ if part == "*" => (low, high),
            Some((first, last)) => (value(first)?, value(last)?),
            None => (value(part)?, value(part)?),
        };
        if first > last {
            return None;
        }
        bits |= (first..=last).fold(0, |bits, value| bits | 1 << value);
    }
    Some(bits)
}
