//! Values that are checked when they are read.

use std::fmt;

use picket_alarms::Statistic;
use picket_rules::metrics::Unit;
use serde::Deserialize;

/// A period in seconds: 1, 5, 10, 30 or a multiple of 60, at most a day (CloudWatch API reference, "Dashboard Body
/// Structure"; the day is ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Period(u32);

impl Period {
    /// The seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Period {
    type Error = String;

    fn try_from(seconds: u32) -> Result<Self, String> {
        let is_whole = seconds.is_multiple_of(60) && (60..=86_400).contains(&seconds);
        if is_whole || [1, 5, 10, 30].contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(format!(
            "{seconds} s is no period: 1, 5, 10, 30 or a multiple of 60 up to 86400"
        ))
    }
}

/// The name of a statistic that CloudWatch has, such as `Sum` or `p99.9`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StatisticName(String);

impl StatisticName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StatisticName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.parse::<Statistic>() {
            Ok(_) => Ok(Self(name)),
            Err(error) => Err(format!("{name:?} is no statistic: {error}")),
        }
    }
}

/// The unit of an axis: one of CloudWatch's, or dollars, which are `None` there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AxisUnit {
    /// A unit of CloudWatch.
    Unit(Unit),
    /// US dollars.
    Dollars,
}

impl AxisUnit {
    /// The unit that the metrics of the axis have.
    pub const fn of_metrics(self) -> Unit {
        match self {
            Self::Unit(unit) => unit,
            Self::Dollars => Unit::NONE,
        }
    }
}

impl fmt::Display for AxisUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit(unit) => unit.fmt(f),
            Self::Dollars => f.write_str("US dollars"),
        }
    }
}

impl TryFrom<String> for AxisUnit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "Dollars" {
            return Ok(Self::Dollars);
        }
        let unit = text.parse().map(Self::Unit);
        unit.map_err(|error| format!("{error}, or \"Dollars\""))
    }
}

/// A number, or a parameter that has one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// A number.
    Value(serde_json::Number),
    /// `${Parameter}`.
    Parameter(Parameter),
}

/// `${Parameter}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Parameter(String);

impl Parameter {
    /// The text, with its braces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Parameter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let name = text
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'));
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match name {
            Some(name) if is_name(name) => Ok(Self(text)),
            _ => Err(format!("{text:?} is neither a number nor ${{Parameter}}")),
        }
    }
}
