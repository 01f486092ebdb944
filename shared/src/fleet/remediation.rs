use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the remediator made of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemediationMessage {
    /// The stack that speaks.
    pub stack: String,
    /// The alarm's name.
    pub alarm_name: String,
    /// The alarm's ARN: the incident's key.
    pub alarm_arn: String,
    /// When the alarm changed state.
    pub state_changed_at: Timestamp,
    /// The playbook that matched; `None` where none did.
    pub playbook: Option<String>,
    /// What it would act on, as an ARN or a name.
    pub target: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// A sentence for people: what is planned, was done, or why not.
    pub text: String,
    /// The request that was made or would be, one line each: `lambda:PutFunctionConcurrency {"FunctionName": …}`.
    pub requests: Vec<String>,
}

/// What came of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Observe mode: this would have been done.
    Planned,
    /// Done.
    Done,
    /// Tried, and it failed.
    Failed,
    /// Looked into, and nothing can be repaired by the playbook.
    Diagnosed,
    /// A guard rail said no.
    Refused,
}
