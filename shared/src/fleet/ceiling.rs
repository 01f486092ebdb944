use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Metrics that reached their limit of series: further ones are counted as `Other`. Sent once a metric and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesCeiling {
    /// The stack that sends it.
    pub stack: String,
    /// The day, UTC.
    pub date: Date,
    /// The metrics, at least one.
    pub metrics: Vec<ReachedCeiling>,
    /// Series that all metrics of the stack have together.
    pub stack_series: u64,
    /// The most that they may have.
    pub stack_ceiling: u64,
}

/// One metric at a ceiling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachedCeiling {
    /// CloudWatch namespace.
    pub namespace: String,
    /// Metric name.
    pub name: String,
    /// Series that it has.
    pub series: u64,
    /// The most that its rule allows.
    pub ceiling: u64,
    /// The kind of ceiling.
    pub reached: Ceiling,
}

/// A ceiling of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ceiling {
    /// The metric's own, `MaximumSeries` of its rule.
    Metric,
    /// That of all metrics together, a parameter of the stack.
    Stack,
}
