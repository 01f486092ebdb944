//! The three shapes, read into the model.

use serde_json::Value;

use super::Alarm;
pub use super::{
    event::{from_direct_action, from_event_bridge},
    sns::from_sns_message,
};

/// The reason why a message is not an alarm's change of state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a CloudWatch alarm: {0}")]
pub struct NotAnAlarm(pub String);

/// Whichever of the three it is. The reason for a refusal is that of the shape the message comes closest to.
pub fn read_any(value: &Value) -> Result<Alarm, NotAnAlarm> {
    if value.get("detail-type").is_some() {
        from_event_bridge(value)
    } else if value.get("alarmData").is_some() {
        from_direct_action(value)
    } else {
        from_sns_message(value)
    }
}
