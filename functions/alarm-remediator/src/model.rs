//! The types that triage, actions and plan share.

use jiff::Timestamp;
use picket_rules::playbooks::{Action, Playbook, Playbooks};
use picket_shared::alarm::{Alarm, Metric, State};

use crate::resources::Resources;

/// An alarm that a playbook matches, and its one target in this account and region.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a> {
    pub(crate) playbook: &'a Playbook,
    /// The alarm, as its message has it.
    pub alarm: &'a Alarm,
    /// The target, by which leases, cooldowns and audit rows are kept: a function's name without version or alias, or
    /// the kind and the name of another resource, as `table/orders`.
    pub target: String,
}

impl<'a> Candidate<'a> {
    /// The action of its playbook.
    pub const fn action(&self) -> &'a Action {
        &self.playbook.action
    }
}

/// A metric alarm as CloudWatch has it (`DescribeAlarms`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAlarm {
    /// Its ARN.
    pub arn: String,
    /// The state it is in.
    pub state: State,
    /// The time when it changed to its state.
    pub changed_at: Timestamp,
    /// The metrics that it watches, of which namespace, name, dimensions and account count.
    pub metrics: Vec<Metric>,
}

/// A composite alarm as CloudWatch has it (`DescribeAlarms`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComposite {
    /// The state it is in.
    pub state: State,
    /// When it changed to that state.
    pub changed_at: Timestamp,
    /// `WaitPeriod`, `ExtensionPeriod` or `Alarm` where a suppressor holds its actions back.
    pub suppressed_by: Option<String>,
    /// The names of the alarms in its rule that, in ALARM, make it hold.
    pub children: Vec<String>,
}

/// The playbooks in force, and where they apply.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The playbooks.
    pub playbooks: &'a Playbooks,
    /// Where the remediator runs.
    pub home: &'a Home,
}

/// Whether changes may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Changes are proposed only: the default.
    Observe,
    /// Changes wait for a person's approval, and are made where the kill switch allows it.
    Approve(Switch),
    /// Changes are made where the kill switch allows it.
    Act(Switch),
    /// Changes are not made in any mode: the playbooks' override is refused, for this reason.
    Withheld(String),
}

/// The value of the kill switch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// `on`.
    On,
    /// Any other text.
    Off(String),
    /// It could not be read, for this reason.
    Unreachable(String),
}

/// Where the remediator runs: it changes nothing elsewhere, and nothing of its own stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// The remediator's stack.
    pub stack: String,
    /// The resources of that stack, which playbooks may name.
    pub resources: Resources,
}

impl Home {
    /// The ARN of a function in this account and region.
    pub(crate) fn function_arn(&self, function: &str) -> String {
        self.arn("lambda", &format!("function:{function}"))
    }

    /// The ARN of a service's resource in this account and region: `table/orders` of `dynamodb`.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account
        )
    }

    /// The ARN of a parameter in this account and region; its name begins with `/`.
    pub(crate) fn parameter_arn(&self, name: &str) -> String {
        format!(
            "arn:{}:ssm:{}:{}:parameter{name}",
            self.partition, self.region, self.account
        )
    }
}
