//! What was put for a series.

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
    pub(super) fn count(&self) -> f64 {
        match self {
            Self::Values(values) => values.iter().map(|(_, count)| count).sum(),
            Self::Set { count, .. } => *count,
        }
    }

    pub(super) fn sum(&self) -> f64 {
        match self {
            Self::Values(values) => values.iter().map(|(value, count)| value * count).sum(),
            Self::Set { sum, .. } => *sum,
        }
    }

    pub(super) fn minimum(&self) -> f64 {
        match self {
            Self::Values(values) => values
                .iter()
                .map(|(value, _)| *value)
                .fold(f64::INFINITY, f64::min),
            Self::Set { minimum, .. } => *minimum,
        }
    }

    pub(super) fn maximum(&self) -> f64 {
        match self {
            Self::Values(values) => values
                .iter()
                .map(|(value, _)| *value)
                .fold(f64::NEG_INFINITY, f64::max),
            Self::Set { maximum, .. } => *maximum,
        }
    }

    /// The values themselves; `None` where a statistic set hides them. CloudWatch can compute percentiles of a set only
    /// where all its values are one (user guide, "Percentiles").
    pub(super) fn values(&self) -> Option<Vec<(f64, f64)>> {
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
