use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The remediator's plan for an alarm, its result, or its refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemediationMessage {
    /// The stack that sends it.
    pub stack: String,
    /// The alarm's name.
    pub alarm_name: String,
    /// The alarm's ARN: the incident's key.
    pub alarm_arn: String,
    /// The time when the alarm changed state.
    pub state_changed_at: Timestamp,
    /// The playbook that matched; `None` where none did.
    pub playbook: Option<String>,
    /// The target, as an ARN or a name.
    pub target: Option<String>,
    /// The outcome.
    pub outcome: Outcome,
    /// A sentence for people: the plan, the result, or the reason of a refusal.
    pub text: String,
    /// The request that was made or would be, one line each: `aws lambda put-function-concurrency --cli-input-json '{"FunctionName": …}'`.
    pub requests: Vec<String>,
    /// The id of the plan that waits for approval, by which a person approves or declines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The request that reverts the change, as an operator would write it, where a change was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revert: Option<String>,
    /// The step of the remediation that the message is about, such as `verified`; `None` for its first message. Each step
    /// has an audit row of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

impl RemediationMessage {
    /// The keys of its audit row in the remediation table, `target` and `entry`. The entry of a later step ends in
    /// `#<step>`. The row of a contributor of an alarm whose target is not known has others.
    pub fn audit_key(&self) -> (String, String) {
        let target = match &self.target {
            Some(target) => target.clone(),
            None => format!("alarm#{}", self.alarm_arn),
        };
        // Three decimals always, so that texts sort as times do.
        let mut entry = format!("audit#{:.3}#{}", self.state_changed_at, self.alarm_name);
        if let Some(step) = &self.step {
            entry.push('#');
            entry.push_str(step);
        }
        (target, entry)
    }
}

/// The outcome of a plan or of a later step of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Outcome {
    /// Observe mode: planned, and not done.
    Planned,
    /// Done.
    Done,
    /// Tried, and it failed.
    Failed,
    /// Diagnosed, and the playbook cannot repair it.
    Diagnosed,
    /// A guard rail refused it.
    Refused,
    /// Planned, and a person has to approve it.
    AwaitingApproval,
    /// A person declined the plan.
    Declined,
    /// Nobody decided on the plan in time.
    Expired,
    /// After the change, the alarm is OK.
    Verified,
    /// After the change, the alarm is still in ALARM: a person has to act.
    Escalated,
    /// The value from before the change is set again.
    Reverted,
    /// The value was changed by a person since: it is kept.
    Kept,
    /// An outcome of a later version. The text says what happened.
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fleet::FleetMessage;

    /// The message of the version before this one, as it stands in audit rows.
    fn stored() -> Value {
        json!({"picket": {"kind": "remediation", "version": 1}, "stack": "picket-dev", "alarm_name": "throttles",
            "alarm_arn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:throttles",
            "state_changed_at": "2026-11-20T06:03:12.3Z", "playbook": "lambda-throttles", "target": "intake",
            "outcome": "done", "text": "t", "requests": ["r"]})
    }

    fn read(value: &Value) -> RemediationMessage {
        match FleetMessage::read(value).unwrap().unwrap() {
            FleetMessage::Remediation(message) => *message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_of_the_version_before_is_read_and_written_as_it_was() {
        let message = read(&stored());
        assert_eq!(message.outcome, Outcome::Done);
        assert_eq!(
            (&message.step, &message.plan, &message.revert),
            (&None, &None, &None)
        );
        let json = FleetMessage::Remediation(Box::new(message)).to_json();
        let mut written: Value = serde_json::from_str(&json).unwrap();
        written["state_changed_at"] = stored()["state_changed_at"].clone();
        assert_eq!(written, stored());
    }

    #[test]
    fn a_message_of_the_next_version_is_read_without_what_is_new() {
        let mut next = stored();
        next["picket"]["version"] = json!(2);
        next["outcome"] = json!("postponed");
        next["approvers"] = json!(["a", "b"]);
        let message = read(&next);
        assert_eq!(message.outcome, Outcome::Other);
        assert_eq!(
            (message.text.as_str(), message.target.as_deref()),
            ("t", Some("intake"))
        );
    }

    #[test]
    fn each_outcome_has_one_name_in_json_and_for_people() {
        for name in [
            "planned",
            "done",
            "failed",
            "diagnosed",
            "refused",
            "awaiting-approval",
            "declined",
            "expired",
            "verified",
            "escalated",
            "reverted",
            "kept",
        ] {
            let outcome: Outcome = serde_json::from_value(json!(name)).unwrap();
            assert_ne!(outcome, Outcome::Other, "{name}");
            assert_eq!(serde_json::to_value(outcome).unwrap(), json!(name));
            assert_eq!(outcome.to_string(), name);
        }
    }

    #[test]
    fn each_step_has_an_audit_row_of_its_own_beside_the_first() {
        let first = read(&stored());
        let entry = "audit#2026-11-20T06:03:12.300Z#throttles";
        assert_eq!(first.audit_key(), ("intake".to_owned(), entry.to_owned()));
        for step in ["verified", "reverted"] {
            let later = RemediationMessage {
                step: Some(step.to_owned()),
                plan: Some("1a2b3c4d".to_owned()),
                revert: Some("r".to_owned()),
                ..first.clone()
            };
            assert_eq!(
                later.audit_key(),
                ("intake".to_owned(), format!("{entry}#{step}"))
            );
            let json = FleetMessage::Remediation(Box::new(later.clone())).to_json();
            assert_eq!(read(&serde_json::from_str(&json).unwrap()), later);
        }
    }
}
