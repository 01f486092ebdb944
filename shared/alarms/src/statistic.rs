//! Statistics, as CloudWatch computes them from the values put.

use std::{fmt, str::FromStr};

/// The statistic of a period's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
    /// The number.
    SampleCount,
    /// A percentile, more than 0 and at most 100.
    Percentile(f64),
}

/// The reason why a text is no statistic of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a statistic known here: use Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99"
)]
pub struct InvalidStatistic(String);

impl FromStr for Statistic {
    type Err = InvalidStatistic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidStatistic(text.to_owned());
        Ok(match text {
            "Sum" => Self::Sum,
            "Average" => Self::Average,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            "SampleCount" => Self::SampleCount,
            _ => {
                let percentile: f64 = text
                    .strip_prefix('p')
                    .filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .filter(|&percentile| percentile > 0.0 && percentile <= 100.0)
                    .ok_or_else(invalid)?;
                Self::Percentile(percentile)
            }
        })
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum => f.write_str("Sum"),
            Self::Average => f.write_str("Average"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Percentile(percentile) => write!(f, "p{percentile}"),
        }
    }
}

/// The values that one `PutMetricData` put for a series.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// Values, and how often each came.
    Values(Vec<(f64, f64)>),
    /// A statistic set.
    Set {
        /// The number.
        count: f64,
        /// Their sum.
        sum: f64,
        /// The smallest.
        minimum: f64,
        /// The largest.
        maximum: f64,
    },
}

impl Sample {
    fn count(&self) -> f64 {
        match self {
            Self::Values(values) => values.iter().map(|(_, count)| count).sum(),
            Self::Set { count, .. } => *count,
        }
    }

    fn sum(&self) -> f64 {
        match self {
            Self::Values(values) => values.iter().map(|(value, count)| value * count).sum(),
            Self::Set { sum, .. } => *sum,
        }
    }

    fn minimum(&self) -> f64 {
        match self {
            Self::Values(values) => values
                .iter()
                .map(|(value, _)| *value)
                .fold(f64::INFINITY, f64::min),
            Self::Set { minimum, .. } => *minimum,
        }
    }

    fn maximum(&self) -> f64 {
        match self {
            Self::Values(values) => values
                .iter()
                .map(|(value, _)| *value)
                .fold(f64::NEG_INFINITY, f64::max),
            Self::Set { maximum, .. } => *maximum,
        }
    }

    /// The values themselves; `None` where a statistic set hides them. CloudWatch can compute percentiles of a set only
    /// where all its values are one (user guide, "Statistics definitions").
    fn values(&self) -> Option<Vec<(f64, f64)>> {
        match self {
            Self::Values(values) => Some(values.clone()),
            Self::Set {
                count,
                minimum,
                maximum,
                ..
            } => (*count <= 1.0 || minimum >= maximum).then(|| vec![(*minimum, *count)]),
        }
    }
}

impl Statistic {
    /// The statistic over everything put in a period. `None` where nothing was put, or where statistic sets hide a
    /// percentile.
    pub fn of(self, samples: &[Sample]) -> Option<f64> {
        let count: f64 = samples.iter().map(Sample::count).sum();
        if count <= 0.0 {
            return None;
        }
        let sum = || samples.iter().map(Sample::sum).sum::<f64>();
        Some(match self {
            Self::Sum => sum(),
            Self::Average => sum() / count,
            Self::Minimum => samples
                .iter()
                .map(Sample::minimum)
                .fold(f64::INFINITY, f64::min),
            Self::Maximum => samples
                .iter()
                .map(Sample::maximum)
                .fold(f64::NEG_INFINITY, f64::max),
            Self::SampleCount => count,
            Self::Percentile(percentile) => return percentile_of(percentile, samples, count),
        })
    }

    /// Returns the number of values that a percentile needs to be significant (user guide, "Percentile-based alarms and
    /// low data samples"): 10 / (1 - p) above the median and 10 / p below. Zero for other statistics.
    pub fn least_samples(self) -> f64 {
        match self {
            Self::Percentile(percentile) if percentile >= 50.0 => 1_000.0 / (100.0 - percentile),
            Self::Percentile(percentile) => 1_000.0 / percentile,
            _ => 0.0,
        }
    }
}

/// Nearest rank: the smallest value with at least p percent of all at or below it. CloudWatch does not publish its
/// method; on values with counts every method gives one of the values, or lies between two neighbours.
fn percentile_of(percentile: f64, samples: &[Sample], count: f64) -> Option<f64> {
    let mut values: Vec<(f64, f64)> = samples
        .iter()
        .map(Sample::values)
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rank = (percentile / 100.0 * count).ceil().max(1.0);
    let mut seen = 0.0;
    values
        .into_iter()
        .find(|(_, count)| {
            seen += count;
            seen >= rank
        })
        .map(|(value, _)| value)
}

#[cfg(test)]
mod tests;
