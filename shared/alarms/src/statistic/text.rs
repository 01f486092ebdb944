//! Statistics as they are written.

use std::{fmt, str::FromStr};

use super::{Edge, Range, Statistic, Trim};

/// The reason why a text is no statistic of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a statistic: use Sum, Average, Minimum, Maximum, SampleCount, a percentile such as p99, tm, tc, ts or wm with a number, IQM, or PR, TM, TC, TS or WM with a range"
)]
pub struct InvalidStatistic(String);

impl FromStr for Statistic {
    type Err = InvalidStatistic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let statistic = match text {
            "Sum" => Some(Self::Sum),
            "Average" => Some(Self::Average),
            "Minimum" => Some(Self::Minimum),
            "Maximum" => Some(Self::Maximum),
            "SampleCount" => Some(Self::SampleCount),
            "IQM" => Some(Self::InterquartileMean),
            _ => extended(text),
        };
        statistic.ok_or_else(|| InvalidStatistic(text.to_owned()))
    }
}

fn extended(text: &str) -> Option<Statistic> {
    if let Some(digits) = text.strip_prefix('p') {
        return percent(digits)
            .filter(|&p| p > 0.0)
            .map(Statistic::Percentile);
    }
    let (name, rest) = text.split_at_checked(2)?;
    if let Some(range) = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let (lower, upper) = range.split_once(':')?;
        let (lower, upper) = (edge(lower).ok()?, edge(upper).ok()?);
        if lower.is_none() && upper.is_none() {
            return None;
        }
        return match (name, lower, upper) {
            ("PR", None | Some(Edge::Value(_)), None | Some(Edge::Value(_))) => Some(
                Statistic::PercentileRank(lower.map(Edge::number), upper.map(Edge::number)),
            ),
            ("PR", _, _) => None,
            _ => Some(Statistic::Trimmed(
                trim(name)?,
                Range::Between(lower, upper),
            )),
        };
    }
    if name.chars().any(char::is_uppercase) {
        return None;
    }
    let below = Range::Below(percent(rest)?);
    Some(Statistic::Trimmed(trim(&name.to_uppercase())?, below))
}

fn trim(name: &str) -> Option<Trim> {
    Some(match name {
        "TM" => Trim::Mean,
        "TC" => Trim::Count,
        "TS" => Trim::Sum,
        "WM" => Trim::Winsorized,
        _ => return None,
    })
}

fn number(text: &str) -> Option<f64> {
    let starts = text.starts_with(|c: char| c.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number: &f64| starts && number.is_finite())
}

fn percent(text: &str) -> Option<f64> {
    number(text).filter(|&percent| percent <= 100.0)
}

/// An edge, absent where nothing is written.
fn edge(text: &str) -> Result<Option<Edge>, NotAnEdge> {
    let edge = match text.strip_suffix('%') {
        None if text.is_empty() => return Ok(None),
        Some(digits) => percent(digits).map(Edge::Percent),
        None => number(text).map(Edge::Value),
    };
    edge.map(Some).ok_or(NotAnEdge)
}

struct NotAnEdge;

impl Edge {
    fn number(self) -> f64 {
        match self {
            Self::Percent(number) | Self::Value(number) => number,
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |number: &Option<f64>| number.map(Edge::Value);
        match self {
            Self::Sum => f.write_str("Sum"),
            Self::Average => f.write_str("Average"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::SampleCount => f.write_str("SampleCount"),
            Self::InterquartileMean => f.write_str("IQM"),
            Self::Percentile(percentile) => write!(f, "p{percentile}"),
            Self::Trimmed(trim, Range::Below(percent)) => {
                write!(f, "{}{percent}", name(*trim).to_lowercase())
            }
            Self::Trimmed(trim, Range::Between(lower, upper)) => {
                range(f, name(*trim), *lower, *upper)
            }
            Self::PercentileRank(lower, upper) => range(f, "PR", value(lower), value(upper)),
        }
    }
}

fn name(trim: Trim) -> &'static str {
    match trim {
        Trim::Mean => "TM",
        Trim::Count => "TC",
        Trim::Sum => "TS",
        Trim::Winsorized => "WM",
    }
}

fn range(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    lower: Option<Edge>,
    upper: Option<Edge>,
) -> fmt::Result {
    let text = |edge: Option<Edge>| match edge {
        Some(Edge::Percent(percent)) => format!("{percent}%"),
        Some(Edge::Value(value)) => value.to_string(),
        None => String::new(),
    };
    write!(f, "{name}({}:{})", text(lower), text(upper))
}
