//! The three shapes, read into the model.

use serde_json::Value;

use super::Alarm;

/// Why a message is not an alarm's change of state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a CloudWatch alarm: {0}")]
pub struct NotAnAlarm(pub String);

/// The body of an SNS message that CloudWatch wrote.
pub fn from_sns_message(_body: &Value) -> Result<Alarm, NotAnAlarm> {
    Err(NotAnAlarm("SLACK-FORWARDER HELPER writes this".to_owned()))
}

/// An EventBridge event with detail type "CloudWatch Alarm State Change".
pub fn from_event_bridge(_event: &Value) -> Result<Alarm, NotAnAlarm> {
    Err(NotAnAlarm("SLACK-FORWARDER HELPER writes this".to_owned()))
}

/// The event of an alarm's direct Lambda action.
pub fn from_direct_action(_event: &Value) -> Result<Alarm, NotAnAlarm> {
    Err(NotAnAlarm("SLACK-FORWARDER HELPER writes this".to_owned()))
}

/// Whichever of the three it is.
pub fn read_any(value: &Value) -> Result<Alarm, NotAnAlarm> {
    from_event_bridge(value)
        .or_else(|_| from_direct_action(value))
        .or_else(|_| from_sns_message(value))
}
