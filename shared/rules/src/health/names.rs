//! Comparisons, periods, hours and statistics of expectations.

use std::{fmt, str::FromStr};

use strum::{Display, EnumString, IntoStaticStr};

use super::WINDOW_MINUTES;
use crate::{Invalid, invalid::span, probes::Name};

/// What a value is compared with: `< 5`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// How.
    pub comparison: Comparison,
    /// The expected value.
    pub value: f64,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`.
    Below,
    /// `<=`.
    AtMost,
    /// `>`.
    Above,
    /// `>=`.
    AtLeast,
    /// `=`.
    Equal,
}

impl Comparison {
    /// The longer signs first: `<` begins `<=`.
    const ALL: [Self; 5] = [
        Self::AtMost,
        Self::AtLeast,
        Self::Below,
        Self::Above,
        Self::Equal,
    ];

    /// The sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
        }
    }
}

impl Expectation {
    /// Whether a value is as expected.
    pub fn is_met(self, value: f64) -> bool {
        match self.comparison {
            Comparison::Below => value < self.value,
            Comparison::AtMost => value <= self.value,
            Comparison::Above => value > self.value,
            Comparison::AtLeast => value >= self.value,
            // Both are counts: whole numbers up to 2^53 are exact.
            Comparison::Equal => (value - self.value).abs() <= f64::EPSILON,
        }
    }

    /// How far a value is on the wrong side, or how near to it: the greatest is the worst.
    pub fn badness(self, value: f64) -> f64 {
        match self.comparison {
            Comparison::Below | Comparison::AtMost => value - self.value,
            Comparison::Above | Comparison::AtLeast => self.value - value,
            Comparison::Equal => (value - self.value).abs(),
        }
    }
}

impl FromStr for Expectation {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || {
            Invalid(format!(
                "{text:?} is not a comparison with a number, such as `< 5`, `>= 98.5` or `= 0`"
            ))
        };
        let text_of = |comparison: &Comparison| text.trim().strip_prefix(comparison.sign());
        let (comparison, number) = Comparison::ALL
            .iter()
            .find_map(|comparison| Some((*comparison, text_of(comparison)?)))
            .ok_or_else(refused)?;
        let value: f64 = number.trim().parse().map_err(|_| refused())?;
        value
            .is_finite()
            .then_some(Self { comparison, value })
            .ok_or_else(refused)
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.comparison.sign(), self.value)
    }
}

/// The length of a period: minutes that divide an hour, or hours that divide a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(u32);

impl Period {
    /// A day.
    pub const DAY: Self = Self(WINDOW_MINUTES);
    /// An hour.
    pub const HOUR: Self = Self(60);

    /// Returns the number of minutes.
    pub const fn minutes(self) -> u32 {
        self.0
    }
}

impl FromStr for Period {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let minutes = span(text).filter(|span| span.as_millis() % 60_000 == 0);
        let minutes = minutes.and_then(|span| u32::try_from(span.as_secs() / 60).ok());
        let divides = |minutes: &u32| {
            *minutes > 0
                && (60_u32.is_multiple_of(*minutes)
                    || (minutes.is_multiple_of(60) && WINDOW_MINUTES.is_multiple_of(*minutes)))
        };
        minutes.filter(divides).map(Self).ok_or_else(|| {
            Invalid(format!(
                "{text:?} is not a period that divides an hour or a day, such as `5m`, `15m`, `1h` or `24h`"
            ))
        })
    }
}

/// The hours in which a period is compared, UTC: from the first to before the last; over midnight where the last is
/// earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveHours {
    from: u32,
    to: u32,
}

impl ActiveHours {
    /// Whether a minute of the day is one of them.
    pub const fn contains(self, minute: u32) -> bool {
        if self.from < self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }
}

impl FromStr for ActiveHours {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let minute = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            let number = |text: &str| (text.len() == 2).then(|| text.parse::<u32>().ok())?;
            let (hours, minutes) = (number(hours)?, number(minutes)?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        let hours = text
            .split_once('-')
            .and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
        hours
            .filter(|(from, to)| from != to)
            .map(|(from, to)| Self { from, to })
            .ok_or_else(|| {
                Invalid(format!(
                    "{text:?} is not hours of the day in UTC, such as `08:00-20:00`"
                ))
            })
    }
}

impl fmt::Display for ActiveHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            from / 60,
            from % 60,
            to / 60,
            to % 60
        )
    }
}

/// The days of the week on which a period that begins then is compared, UTC; over Sunday where the last is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveDays {
    first: usize,
    last: usize,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl ActiveDays {
    /// Whether a day of the week is one of them, from 0 for Monday.
    pub const fn contains(self, day: usize) -> bool {
        if self.first <= self.last {
            self.first <= day && day <= self.last
        } else {
            self.first <= day || day <= self.last
        }
    }
}

impl FromStr for ActiveDays {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let day = |text: &str| DAYS.iter().position(|day| *day == text.trim());
        let days = text.split_once('-').unwrap_or((text, text));
        match (day(days.0), day(days.1)) {
            (Some(first), Some(last)) => Ok(Self { first, last }),
            _ => Err(Invalid(format!(
                "{text:?} is not days of the week, such as `Mon-Fri`"
            ))),
        }
    }
}

impl fmt::Display for ActiveDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", DAYS[self.first], DAYS[self.last])
    }
}

/// A statistic that can be put together from shorter periods. A percentile cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr)]
#[strum(parse_err_ty = Invalid, parse_err_fn = unknown_statistic)]
pub enum Statistic {
    /// The sum.
    Sum,
    /// The sum divided by the number of values.
    Average,
    /// The smallest value.
    Minimum,
    /// The greatest value.
    Maximum,
    /// The number of values.
    SampleCount,
}

fn unknown_statistic(text: &str) -> Invalid {
    Invalid(format!(
        "{text:?} is not one of Sum, Average, Minimum, Maximum and SampleCount"
    ))
}

/// The value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DimensionValue {
    /// The same in every stack.
    Text(String),
    /// `${environment}`.
    Environment,
    /// `${stack}`.
    Stack,
    /// `${name}`: as defined by the stack's parameters.
    Target(Name),
}

impl FromStr for DimensionValue {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let placeholder = text
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'));
        match placeholder {
            Some("environment") => Ok(Self::Environment),
            Some("stack") => Ok(Self::Stack),
            Some(name) => name.parse().map(Self::Target),
            None if text.contains("${") => Err(Invalid(format!(
                "{text:?}: a target is the whole value, such as `${{function}}`"
            ))),
            None => Ok(Self::Text(text.to_owned())),
        }
    }
}
