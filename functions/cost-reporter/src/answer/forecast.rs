//! Cost Explorer's answers to `GetCostForecast`.

use serde::Deserialize;

use super::{MetricValue, TimePeriod};

/// A forecast.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForecastAnswer {
    /// The mean of the whole period.
    pub total: Option<MetricValue>,
    /// The forecast by period.
    #[serde(default)]
    pub forecast_results_by_time: Vec<ForecastResult>,
}

/// The forecast of one period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForecastResult {
    /// The period.
    pub time_period: TimePeriod,
    /// The mean.
    pub mean_value: Option<String>,
    /// The lower end of the prediction interval.
    #[serde(default)]
    pub prediction_interval_lower_bound: Option<String>,
    /// Its upper end.
    #[serde(default)]
    pub prediction_interval_upper_bound: Option<String>,
}
