//! An alarm's properties as CloudFormation and `DescribeAlarms` spell them. A property that is not here is refused: it
//! could change the result.

use std::str::FromStr;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, IgnoredAny},
};
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct Properties {
    pub(crate) alarm_name: String,
    pub(crate) alarm_description: Option<String>,
    #[serde(deserialize_with = "written")]
    pub(crate) actions_enabled: Option<bool>,
    pub(crate) alarm_actions: Vec<String>,
    #[serde(rename = "OKActions")]
    pub(crate) ok_actions: Vec<String>,
    pub(crate) insufficient_data_actions: Vec<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) metric_name: Option<String>,
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) statistic: Option<String>,
    pub(crate) extended_statistic: Option<String>,
    #[serde(deserialize_with = "written")]
    pub(crate) period: Option<u32>,
    pub(crate) unit: Option<String>,
    pub(crate) metrics: Vec<Query>,
    #[serde(deserialize_with = "written")]
    pub(crate) evaluation_periods: Option<u32>,
    #[serde(deserialize_with = "written")]
    pub(crate) datapoints_to_alarm: Option<u32>,
    #[serde(deserialize_with = "written")]
    pub(crate) threshold: Option<f64>,
    pub(crate) threshold_metric_id: Option<String>,
    pub(crate) comparison_operator: Option<String>,
    pub(crate) treat_missing_data: Option<String>,
    pub(crate) evaluate_low_sample_count_percentile: Option<String>,
    pub(crate) evaluation_window: Option<EvaluationWindow>,
    pub(crate) warm_up_configuration: Option<WarmUpConfiguration>,
    // Alarms on PromQL, which is not evaluated here.
    pub(crate) evaluation_criteria: Option<IgnoredAny>,
    pub(crate) evaluation_interval: Option<u32>,
    // What `DescribeAlarms` adds, tags, and the text of notifications have no influence on the state.
    #[serde(rename = "AlarmArn")]
    _arn: Option<IgnoredAny>,
    #[serde(rename = "AlarmConfigurationUpdatedTimestamp")]
    _configured: Option<IgnoredAny>,
    #[serde(rename = "StateValue")]
    _state: Option<IgnoredAny>,
    #[serde(rename = "StateReason")]
    _reason: Option<IgnoredAny>,
    #[serde(rename = "StateReasonData")]
    _reason_data: Option<IgnoredAny>,
    #[serde(rename = "StateUpdatedTimestamp")]
    _updated: Option<IgnoredAny>,
    #[serde(rename = "StateTransitionedTimestamp")]
    _changed: Option<IgnoredAny>,
    #[serde(rename = "EvaluationState")]
    _evaluation: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
    #[serde(rename = "ActionConfiguration")]
    _notifications: Option<IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// One of `Metrics`: a metric or an expression.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct Query {
    pub(crate) id: String,
    pub(crate) expression: Option<String>,
    pub(crate) label: Option<String>,
    pub(crate) metric_stat: Option<MetricStat>,
    #[serde(deserialize_with = "written")]
    pub(crate) return_data: Option<bool>,
    #[serde(deserialize_with = "written")]
    pub(crate) period: Option<u32>,
    pub(crate) account_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct MetricStat {
    pub(crate) metric: Metric,
    #[serde(deserialize_with = "number")]
    pub(crate) period: u32,
    pub(crate) stat: String,
    pub(crate) unit: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Metric {
    pub(crate) namespace: Option<String>,
    #[serde(rename = "MetricName")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) dimensions: Vec<Dimension>,
}

/// A union: exactly one of the two.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct EvaluationWindow {
    pub(crate) sliding_window: Option<SlidingWindow>,
    pub(crate) wall_clock_window: Option<WallClockWindow>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlidingWindow {}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct WallClockWindow {
    pub(crate) timezone: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct WarmUpConfiguration {
    #[serde(rename = "WarmUpPeriodDurationInMinutes")]
    pub(crate) minutes: u32,
    #[serde(rename = "OnlyStartEvaluatingAfterWarmUpPeriodEnds", default)]
    pub(crate) whole: bool,
}

/// A number or truth as itself or as text: CloudFormation takes `"60"` for 60.
pub(crate) fn written<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + FromStr,
{
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => {
            let wrong =
                || D::Error::custom(format!("{text:?} is not the value of a number or truth"));
            text.trim().parse().map(Some).map_err(|_| wrong())
        }
        value => serde_json::from_value(value)
            .map(Some)
            .map_err(D::Error::custom),
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    written(deserializer)?.ok_or_else(|| D::Error::custom("a number is missing"))
}
