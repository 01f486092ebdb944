//! An alarm's properties as CloudFormation and `DescribeAlarms` spell them.

use serde::Deserialize;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Properties {
    pub(crate) alarm_name: String,
    pub(crate) alarm_description: Option<String>,
    pub(crate) alarm_actions: Vec<String>,
    #[serde(rename = "OKActions")]
    pub(crate) ok_actions: Vec<String>,
    pub(crate) insufficient_data_actions: Vec<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) metric_name: Option<String>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) statistic: Option<String>,
    pub(crate) extended_statistic: Option<String>,
    pub(crate) period: Option<u32>,
    pub(crate) unit: Option<String>,
    pub(crate) metrics: Vec<Query>,
    pub(crate) evaluation_periods: Option<u32>,
    pub(crate) datapoints_to_alarm: Option<u32>,
    pub(crate) threshold: Option<f64>,
    pub(crate) threshold_metric_id: Option<String>,
    pub(crate) comparison_operator: Option<String>,
    pub(crate) treat_missing_data: Option<String>,
    pub(crate) evaluate_low_sample_count_percentile: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// One of `Metrics`: a metric or an expression.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Query {
    pub(crate) id: String,
    pub(crate) expression: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) metric_stat: Option<MetricStat>,
    pub(crate) return_data: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MetricStat {
    pub(crate) metric: Metric,
    pub(crate) period: u32,
    pub(crate) stat: String,
    pub(crate) unit: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Metric {
    pub(crate) namespace: Option<String>,
    #[serde(rename = "MetricName")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) dimensions: Vec<Dimension>,
}
