//! The audit rows: one for each change of state of an alarm that a playbook matches. A row holds the message, which a
//! retry publishes where the first try could not; the value that reverts the change; and the time from which the
//! cooldown counts.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use picket_aws::Fault;
use picket_shared::{alarm::Alarm, fleet::RemediationMessage};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{record::Record, setting::Write};

/// How long a row is kept: a year, and a month for its review.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 396);

/// The key of a row in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The candidate's target; or `alarm#` and the alarm, where none is known.
    pub target: String,
    /// `audit#<change of state>#<alarm>`: the same change of state gives the same row, whichever way the alarm came.
    pub entry: String,
}

/// An audit row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was written.
    pub recorded_at: Timestamp,
    /// The invocation that wrote it.
    pub owner: String,
    /// Whether a change was begun; the cooldown counts from `recorded_at`.
    pub changed: bool,
    /// The change, from its plan to its end.
    #[serde(default)]
    pub record: Option<Record>,
    /// How often the row was written over. A write names the version that it replaces.
    #[serde(default)]
    pub version: u64,
    /// Until when the alarm is planned for again, where its cause may pass while it stays in ALARM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_until: Option<Timestamp>,
    /// Whether `message` was published.
    pub announced: bool,
    /// The message.
    pub message: RemediationMessage,
}

impl Key {
    /// The row of an alarm's change of state.
    pub fn new(alarm: &Alarm, target: Option<&str>) -> Self {
        let target = target.map_or_else(|| format!("alarm#{}", alarm.incident()), str::to_owned);
        let entry = format!("{}{}", entries_since(alarm.changed_at), alarm.name);
        Self { target, entry }
    }
}

impl Key {
    /// The id of a plan, by which a person approves it: eight hexadecimal digits, which a person can type.
    pub(crate) fn plan_id(&self, write: &Write, now: Timestamp) -> String {
        let text = format!("{} {} {} {now}", self.target, self.entry, write.request());
        hex::encode(&Sha256::digest(text.as_bytes())[..4])
    }
}

/// The least sort key of rows for changes of state at `since` or later. Three decimals always, so that texts sort as
/// times do.
pub fn entries_since(since: Timestamp) -> String {
    format!("audit#{since:.3}#")
}

impl Entry {
    /// A row with a message that is not published yet, and without a change.
    pub(crate) fn of_message(message: RemediationMessage, owner: &str, now: Timestamp) -> Self {
        Self {
            recorded_at: now,
            owner: owner.to_owned(),
            changed: false,
            record: None,
            version: 0,
            again_until: None,
            announced: false,
            message,
        }
    }

    /// When DynamoDB may forget the row, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.recorded_at.as_second().saturating_add(KEPT.as_secs())
    }
}

/// The result of a conditional put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionalPut {
    /// The item is written.
    Written,
    /// The condition does not hold: another invocation has written its item.
    Rejected,
}

/// Reads audit rows (`dynamodb:Query` on the remediation table).
pub trait ReadAudit: Send + Sync {
    /// The audit rows of a target for alarms that changed at `since` or later.
    fn entries(
        &self,
        target: &str,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<(Key, Entry)>, Fault>> + Send;
}

#[cfg(test)]
mod tests {
    use picket_shared::{alarm::read_any, fleet::Outcome};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_names_the_key_of_its_row() {
        let body = json!({"AlarmName": "throttles", "NewStateValue": "ALARM", "NewStateReason": "r",
            "StateChangeTime": "2026-11-20T06:00:00.100+0000",
            "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:throttles"});
        let alarm = read_any(&body).unwrap();
        for target in [Some("checkout"), None] {
            let message = RemediationMessage {
                stack: "picket-dev".into(),
                alarm_name: alarm.name.clone(),
                alarm_arn: alarm.arn.clone(),
                state_changed_at: alarm.changed_at,
                playbook: None,
                target: target.map(str::to_owned),
                outcome: Outcome::Refused,
                text: String::new(),
                requests: Vec::new(),
                plan: None,
                revert: None,
                step: None,
            };
            let Key { target, entry } = Key::new(&alarm, target);
            assert_eq!(message.audit_key(), (target, entry));
        }
    }
}
