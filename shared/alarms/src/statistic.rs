//! Statistics, as CloudWatch computes them from the values put (CloudWatch User Guide, "CloudWatch statistics
//! definitions").

mod distribution;
mod sample;
mod text;

use distribution::Distribution;

pub use sample::Sample;
pub use text::InvalidStatistic;

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
    /// A statistic of the values within a range: `tm`, `tc`, `ts` and `wm`.
    Trimmed(Trim, Range),
    /// `IQM`: the mean of the middle half, the same as `TM(25%:75%)`.
    InterquartileMean,
    /// `PR(a:b)`: the percentage of values above `a` and at most `b`.
    PercentileRank(Option<f64>, Option<f64>),
}

/// A statistic of the values within a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trim {
    /// `TM`: their mean.
    Mean,
    /// `TC`: their number.
    Count,
    /// `TS`: their sum.
    Sum,
    /// `WM`: the mean of all values, those outside the range taken as its edge.
    Winsorized,
}

/// The range of a trimmed statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// `tm90`: all but the highest 10 percent.
    Below(f64),
    /// `TM(2%:98%)`, `TM(150:1000)`: the lower edge is left out and the upper belongs to it; either may be absent.
    Between(Option<Edge>, Option<Edge>),
}

/// An edge of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edge {
    /// A percentage of the values.
    Percent(f64),
    /// A value.
    Value(f64),
}

impl Statistic {
    /// Whether it needs the values themselves: count, sum, minimum and maximum of a period do not give it.
    pub const fn needs_values(self) -> bool {
        !matches!(
            self,
            Self::Sum | Self::Average | Self::Minimum | Self::Maximum | Self::SampleCount
        )
    }

    /// The statistic over everything put in a period. `None` where nothing was put, where statistic sets hide the
    /// values that it needs, and for extended statistics of negative values, which CloudWatch does not compute.
    pub fn of(self, samples: &[Sample]) -> Option<f64> {
        let count: f64 = samples.iter().map(Sample::count).sum();
        if count <= 0.0 {
            return None;
        }
        let sum = || samples.iter().map(Sample::sum).sum::<f64>();
        let minimum = || {
            samples
                .iter()
                .map(Sample::minimum)
                .fold(f64::INFINITY, f64::min)
        };
        let maximum = || {
            samples
                .iter()
                .map(Sample::maximum)
                .fold(f64::NEG_INFINITY, f64::max)
        };
        match self {
            Self::Sum => Some(sum()),
            Self::Average => Some(sum() / count),
            Self::Minimum => Some(minimum()),
            Self::Maximum => Some(maximum()),
            Self::SampleCount => Some(count),
            _ => self.extended(&Distribution::of(samples)?),
        }
    }

    fn extended(self, values: &Distribution) -> Option<f64> {
        match self {
            Self::Percentile(percentile) => values.percentile(percentile),
            Self::Trimmed(trim, range) => values.trimmed(trim, range.edges()),
            Self::InterquartileMean => values.trimmed(
                Trim::Mean,
                (Some(Edge::Percent(25.0)), Some(Edge::Percent(75.0))),
            ),
            Self::PercentileRank(lower, upper) => {
                let edges = (lower.map(Edge::Value), upper.map(Edge::Value));
                Some(100.0 * values.trimmed(Trim::Count, edges)? / values.count())
            }
            _ => None,
        }
    }

    /// Whether it is one of `ExtendedStatistic`, which needs the values themselves.
    pub fn is_extended(self) -> bool {
        !matches!(
            self,
            Self::Sum | Self::Average | Self::Minimum | Self::Maximum | Self::SampleCount
        )
    }

    /// Returns the number of values that a percentile needs to be significant (user guide, "Percentile-based alarms and
    /// low data samples"): 10 / (1 - p) from the median on and 10 / p below. Zero for p100, which the rule excludes
    /// ("between 0.5 (inclusive) and 1.00 (exclusive)"), and for other statistics.
    pub fn least_samples(self) -> f64 {
        match self {
            Self::Percentile(percentile) if percentile >= 100.0 => 0.0,
            Self::Percentile(percentile) if percentile >= 50.0 => 1_000.0 / (100.0 - percentile),
            Self::Percentile(percentile) => 1_000.0 / percentile,
            _ => 0.0,
        }
    }
}

impl Range {
    fn edges(self) -> (Option<Edge>, Option<Edge>) {
        match self {
            Self::Below(percent) => (None, Some(Edge::Percent(percent))),
            Self::Between(lower, upper) => (lower, upper),
        }
    }
}

#[cfg(test)]
mod tests;
