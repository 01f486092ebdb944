//! The marks of dead letters: attributes of their carrier.

use crate::message::Message;

/// The attributes that Lambda and EventBridge write beside what they give up.
pub(super) const ERRORS: [&str; 2] = ["ErrorMessage", "ERROR_MESSAGE"];
pub(super) const CODES: [&str; 2] = ["ErrorCode", "ERROR_CODE"];

/// Whether the message has the attributes of a dead letter.
pub(super) fn is_dead_letter(message: &Message) -> bool {
    let has = |names: &[&str]| {
        names
            .iter()
            .any(|name| message.attributes.contains_key(*name))
    };
    has(&ERRORS) && (has(&CODES) || has(&["RequestID", "RULE_ARN", "TARGET_ARN"]))
}
