//! A composite alarm, read from its properties.

use picket_shared::alarm::State;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use super::{InvalidRule, Rule};
use crate::properties::written;

/// A composite alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    /// Its name.
    pub name: String,
    /// Its rule.
    pub rule: Rule,
    /// The alarm that suppresses its actions.
    pub suppressor: Option<Suppressor>,
    /// Whether actions are taken at all.
    pub actions_enabled: bool,
    /// ARNs notified of ALARM.
    pub alarm_actions: Vec<String>,
    /// ARNs notified of OK.
    pub ok_actions: Vec<String>,
    /// ARNs notified of `INSUFFICIENT_DATA`, the state at its birth.
    pub insufficient_data_actions: Vec<String>,
}

/// `ActionsSuppressor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressor {
    /// The alarm's name or ARN.
    pub alarm: String,
    /// Seconds that a change waits for the suppressor to go into ALARM.
    pub wait: u32,
    /// Seconds that a change still waits after the suppressor left ALARM.
    pub extension: u32,
}

/// The reason why properties are not a composite alarm.
#[derive(Debug, thiserror::Error)]
pub enum InvalidComposite {
    /// Not the shape of one.
    #[error("these are not the properties of a composite alarm: {0}")]
    Shape(String),
    /// Its rule cannot be read.
    #[error("its rule cannot be read")]
    Rule(#[from] InvalidRule),
    /// A suppressor without both periods, which are required with one (API reference, `PutCompositeAlarm`).
    #[error(
        "ActionsSuppressor needs ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod"
    )]
    Periods,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Properties {
    alarm_name: String,
    alarm_rule: String,
    #[serde(deserialize_with = "written")]
    actions_enabled: Option<bool>,
    alarm_actions: Vec<String>,
    #[serde(rename = "OKActions")]
    ok_actions: Vec<String>,
    insufficient_data_actions: Vec<String>,
    actions_suppressor: Option<String>,
    #[serde(deserialize_with = "written")]
    actions_suppressor_wait_period: Option<u32>,
    #[serde(deserialize_with = "written")]
    actions_suppressor_extension_period: Option<u32>,
    // Without influence on states and actions.
    #[serde(rename = "AlarmDescription")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "Tags")]
    _tags: Option<IgnoredAny>,
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
    #[serde(rename = "ActionsSuppressedBy")]
    _suppressed_by: Option<IgnoredAny>,
    #[serde(rename = "ActionsSuppressedReason")]
    _suppressed_reason: Option<IgnoredAny>,
}

impl Composite {
    /// Reads a composite alarm's properties, intrinsic functions resolved.
    pub fn from_properties(properties: &Value) -> Result<Self, InvalidComposite> {
        let properties: Properties = serde_json::from_value(properties.clone())
            .map_err(|error| InvalidComposite::Shape(error.to_string()))?;
        let periods = properties
            .actions_suppressor_wait_period
            .zip(properties.actions_suppressor_extension_period);
        let suppressor = match (properties.actions_suppressor, periods) {
            (None, _) => None,
            (Some(alarm), Some((wait, extension))) => Some(Suppressor {
                alarm,
                wait,
                extension,
            }),
            (Some(_), None) => return Err(InvalidComposite::Periods),
        };
        Ok(Self {
            name: properties.alarm_name,
            rule: properties.alarm_rule.parse()?,
            suppressor,
            actions_enabled: properties.actions_enabled.unwrap_or(true),
            alarm_actions: properties.alarm_actions,
            ok_actions: properties.ok_actions,
            insufficient_data_actions: properties.insufficient_data_actions,
        })
    }

    /// Returns the ARNs notified of a state; none where `ActionsEnabled` is false.
    pub fn actions(&self, state: State) -> &[String] {
        match state {
            _ if !self.actions_enabled => &[],
            State::Alarm => &self.alarm_actions,
            State::Ok => &self.ok_actions,
            State::InsufficientData => &self.insufficient_data_actions,
        }
    }
}
