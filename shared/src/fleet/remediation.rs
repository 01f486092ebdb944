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
    /// The request that was made or would be, one line each: `lambda:PutFunctionConcurrency {"FunctionName": …}`.
    pub requests: Vec<String>,
}

impl RemediationMessage {
    /// The keys of its audit row in the remediation table, `target` and `entry`. The row of a contributor of an alarm
    /// whose target is not known has others.
    pub fn audit_key(&self) -> (String, String) {
        let target = match &self.target {
            Some(target) => target.clone(),
            None => format!("alarm#{}", self.alarm_arn),
        };
        // Three decimals always, so that texts sort as times do.
        let entry = format!("audit#{:.3}#{}", self.state_changed_at, self.alarm_name);
        (target, entry)
    }
}

/// The outcome of a plan.
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
}
