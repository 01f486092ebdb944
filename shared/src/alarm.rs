//! CloudWatch alarms: one model for the three shapes they arrive in (SNS, EventBridge, direct Lambda action).
//!
//! Each shape is read leniently: what identifies a change of state must be there (name, state, time), and anything else
//! that is absent, null or of an unexpected type is left out rather than a reason to refuse the alarm.

mod arn;
mod event;
mod fields;
mod rule;
mod shapes;
mod sns;
mod spelling;
mod watches;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

pub use arn::name_in_arn;
pub use rule::{InvalidRule, Quorum, Rule};
pub use shapes::{NotAnAlarm, from_direct_action, from_event_bridge, from_sns_message, read_any};

/// An alarm's change of state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// Its name, from the ARN; otherwise from the message.
    pub name: String,
    /// Its ARN, which names partition, region and account truly; the topic's do not. Empty where the message has none
    /// (SNS messages before 2020): never act on such an alarm.
    pub arn: String,
    /// The account, from the ARN; otherwise from the message, which may have none.
    pub account: String,
    /// The region, from the ARN; otherwise from the message, which over SNS has a display name such as `US East
    /// (Ohio)`.
    pub region: String,
    /// The partition, from the ARN: `aws`, `aws-cn`, `aws-us-gov`; else `aws`.
    pub partition: String,
    /// Its description; absent and null are the same.
    pub description: Option<String>,
    /// The state it is in.
    pub state: State,
    /// The state it was in, where the message has it.
    pub previous_state: Option<State>,
    /// The time when it changed to its state.
    pub changed_at: Timestamp,
    /// CloudWatch's sentence.
    pub reason: String,
    /// The data of the sentence.
    pub reason_data: Option<serde_json::Value>,
    /// The metric or expression that it evaluates.
    pub watches: Watches,
    /// `WaitPeriod`, `ExtensionPeriod` or `Alarm` where a suppressor holds the actions back.
    pub actions_suppressed_by: Option<String>,
    /// The rule that mutes the alarm's actions at the time, as an ARN.
    pub muted_by: Option<String>,
    /// The time series that changed, where an alarm watches several and each has a state of its own.
    pub contributor: Option<Contributor>,
    /// Tags, where the event has them and marks them as complete.
    pub tags: Option<BTreeMap<String, String>>,
}

/// One of the time series that a Metrics Insights alarm watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contributor {
    /// CloudWatch's id of it.
    pub id: String,
    /// The group: `TableName` and its value.
    pub attributes: Vec<(String, String)>,
}

impl Alarm {
    /// Returns the key that its changes of state share, over SNS and EventBridge: the ARN, or `alarm/` with account,
    /// region and name where there is none. Each contributor of an alarm has its own.
    pub fn incident(&self) -> String {
        let alarm = if self.arn.is_empty() {
            format!("alarm/{}/{}/{}", self.account, self.region, self.name)
        } else {
            self.arn.clone()
        };
        match &self.contributor {
            Some(contributor) => format!("{alarm}#{}", contributor.id),
            None => alarm,
        }
    }
}

/// An alarm's state, spelled as CloudWatch does.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Within the threshold.
    Ok,
    /// Outside the threshold.
    Alarm,
    /// Unknown.
    InsufficientData,
}

impl State {
    /// Returns the state's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The metric or expression of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Watches {
    /// One metric.
    Metric(Metric, Comparison),
    /// A metric-math expression, a Metrics Insights query or an anomaly band.
    Expression {
        /// Id, expression and label of each, the returned one first.
        expressions: Vec<Expression>,
        /// The metrics that feed it.
        metrics: Vec<Metric>,
        /// The comparison; the threshold of an anomaly band is `None`.
        comparison: Comparison,
        /// The id of the band, for anomaly detection.
        threshold_metric_id: Option<String>,
    },
    /// A rule over other alarms.
    Composite {
        /// The rule.
        rule: String,
        /// The children that put it in its state: name or ARN, and state.
        triggering: Vec<(String, Option<State>)>,
    },
    /// Not in the message.
    Unknown,
}

impl Watches {
    /// Returns the metrics: the one, or those that feed the expression.
    pub fn metrics(&self) -> &[Metric] {
        match self {
            Self::Metric(metric, _) => std::slice::from_ref(metric),
            Self::Expression { metrics, .. } => metrics,
            Self::Composite { .. } | Self::Unknown => &[],
        }
    }
}

/// A metric as an alarm names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Its id in expressions; `None` where the alarm watches it alone.
    pub id: Option<String>,
    /// The account that the metric belongs to, where the alarm names one: with cross-account observability, an alarm of
    /// a monitoring account watches metrics of source accounts (`Metrics[].AccountId`). Otherwise the alarm's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Dimensions.
    pub dimensions: Vec<(String, String)>,
    /// Statistic or percentile, as the widget API spells it: `Average`, `SampleCount`, `p99`.
    pub statistic: Option<String>,
    /// Seconds.
    pub period: Option<u32>,
    /// Unit, where the alarm names one.
    pub unit: Option<String>,
}

/// A metric-math expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expression {
    /// Its id.
    pub id: String,
    /// The expression.
    pub expression: String,
    /// Its label.
    pub label: Option<String>,
    /// Seconds, where the expression has a period of its own (a Metrics Insights query).
    pub period: Option<u32>,
}

/// A comparison with a threshold, over a number of periods.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// `GreaterThanThreshold` and so on.
    pub operator: Option<String>,
    /// The threshold; `None` for an anomaly band.
    pub threshold: Option<f64>,
    /// N of "M of N".
    pub evaluation_periods: Option<u32>,
    /// M of "M of N".
    pub datapoints_to_alarm: Option<u32>,
    /// `missing`, `breaching`, `notBreaching`, `ignore`.
    pub treat_missing_data: Option<String>,
}
