//! Names, times and addresses that a probe may have.

use std::{fmt, str::FromStr, time::Duration};

use url::Url;

use crate::{
    Invalid,
    invalid::{sized, span},
};

/// The longest name of a workload, a probe or a target: two of them and a slash are a dimension's value.
const LONGEST_NAME: usize = 64;
/// The longest statement: one that needs more is a view's.
const LONGEST_STATEMENT: usize = 4_096;
/// The longest interval.
const LONGEST_INTERVAL: Duration = Duration::from_hours(24);
/// The longest time-out: an invocation has fifty seconds, and must still send what it found.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The name of a workload, a probe or a target: lower-case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, LONGEST_NAME)?;
        let legal = |letter: &char| matches!(letter, 'a'..='z' | '0'..='9' | '-');
        match text.chars().find(|letter| !legal(letter)) {
            Some(letter) => Err(Invalid(format!(
                "{letter:?} is not a lower-case letter, a digit or `-`"
            ))),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An interval: whole minutes, a day at most. The schedule ticks once a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every(i64);

impl Every {
    /// Returns the number of minutes, at least one.
    pub const fn minutes(self) -> i64 {
        self.0
    }
}

impl FromStr for Every {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let refused = || {
            Invalid(format!(
                "{text:?} is not an interval of whole minutes such as `1m`, `5m` or `1h`, at most a day"
            ))
        };
        let span =
            span(text).filter(|span| *span <= LONGEST_INTERVAL && span.as_millis() % 60_000 == 0);
        let minutes = span.and_then(|span| i64::try_from(span.as_secs() / 60).ok());
        minutes
            .filter(|minutes| *minutes > 0)
            .map(Self)
            .ok_or_else(refused)
    }
}

/// A time-out: at most half a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout(Duration);

impl Timeout {
    /// Returns the duration.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Timeout {
    fn default() -> Self {
        Self(super::DEFAULT_TIMEOUT)
    }
}

impl FromStr for Timeout {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        span(text)
            .filter(|span| !span.is_zero() && *span <= LONGEST_TIMEOUT)
            .map(Self)
            .ok_or_else(|| {
                Invalid(format!(
                    "{text:?} is not a time such as `500ms` or `10s`, at most 30 s"
                ))
            })
    }
}

/// An address of HTTP: `http` or `https`, without a user or a password in it, which logs would show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(Url);

impl WebAddress {
    /// The parsed address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for WebAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let url =
            Url::parse(text).map_err(|error| Invalid(format!("it is no address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Invalid(
                "an address starts with http:// or https://".to_owned(),
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid(
                "an address cannot hold a user or a password: logs would show them".to_owned(),
            ));
        }
        Ok(Self(url))
    }
}

/// A host's name as it stands in an address, without a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Host {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match url::Host::parse(text) {
            Ok(host) => Ok(Self(host.to_string())),
            Err(error) => Err(Invalid(format!("{text:?} is not a host's name: {error}"))),
        }
    }
}

/// One status or a range of them: `200`, `200-299`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusRange {
    first: u16,
    last: u16,
}

impl StatusRange {
    /// 200 to 299.
    pub const SUCCESS: Self = Self {
        first: 200,
        last: 299,
    };

    /// Whether it contains a status.
    pub const fn contains(self, status: u16) -> bool {
        self.first <= status && status <= self.last
    }
}

impl FromStr for StatusRange {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let status = |text: &str| {
            text.trim()
                .parse::<u16>()
                .ok()
                .filter(|status| (100..=599).contains(status))
        };
        match (status(first), status(last)) {
            (Some(first), Some(last)) if first <= last => Ok(Self { first, last }),
            _ => Err(Invalid(format!(
                "{text:?} is not a status such as `200` or a range such as `200-299`"
            ))),
        }
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

/// A statement that reads: it begins with `SELECT` or `WITH`. That it reads alone is for the database to hold: the
/// probe runs it in a `READ ONLY` transaction, as one prepared statement, which several cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement(String);

impl Statement {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Statement {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        sized(text, LONGEST_STATEMENT)?;
        let text = text.trim();
        let verb: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
        if ["select", "with"]
            .iter()
            .any(|reads| verb.eq_ignore_ascii_case(reads))
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid("a statement begins with SELECT or WITH".to_owned()))
        }
    }
}
