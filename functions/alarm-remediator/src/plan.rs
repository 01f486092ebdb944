//! What is to be done about an alarm. Pure: the alarm, the facts, the rules and the time go in, and one typed plan comes out.

use jiff::Timestamp;
use picket_rules::playbooks::Playbooks;
use picket_shared::alarm::{Alarm, State};

pub use crate::change::{Bound, Change};
use crate::{
    candidate::{Candidate, Triage, refused, triage},
    decide::{Decision, decide},
    facts::Facts,
    finding::Finding,
    refusal::Refusal,
};

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Plan {
    /// This change is to be made.
    Act(Change),
    /// Observing: this change would be made.
    Propose(Change),
    /// The playbook can repair nothing; this was found.
    Diagnose(Diagnosis),
    /// A guard rail says no.
    Refuse(Refused),
    /// Not for us.
    Nothing(Idle),
}

/// What was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The playbook that matched.
    pub playbook: String,
    /// The function.
    pub function: String,
    /// What was found.
    pub finding: Finding,
}

/// What was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The playbook that matched, where one did.
    pub playbook: Option<String>,
    /// The function, where it is known.
    pub target: Option<String>,
    /// Why.
    pub refusal: Refusal,
}

/// Why an alarm is not for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Idle {
    /// It is not in ALARM.
    #[error("the alarm is {}", .0.as_str())]
    State(State),
    /// No playbook is for it.
    #[error("no playbook is for this alarm")]
    NoPlaybook,
}

/// What may be done, and where.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The playbooks.
    pub playbooks: &'a Playbooks,
    /// Where we are.
    pub home: &'a Home,
}

/// Whether changes may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Only proposed: the default.
    Observe,
    /// Made, where the kill switch allows it.
    Act(Switch),
    /// Not made, though they may be: the playbooks in force are not those that an operator wants, for this reason.
    Withheld(String),
}

/// What the kill switch reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// `on`.
    On,
    /// Anything else.
    Off(String),
    /// It could not be read.
    Unreachable(String),
}

/// Where the remediator runs: it acts nowhere else, and never on its own stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// Its stack.
    pub stack: String,
}

impl Scope<'_> {
    /// Whether a function's name, or a stack's, is the own stack's or one nested in it. `CloudFormation` puts the stack's name
    /// and a hyphen before both.
    pub(crate) fn is_own_stack(&self, name: &str) -> bool {
        name.strip_prefix(&self.home.stack)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

/// Decides.
pub fn plan(alarm: &Alarm, facts: &Facts, scope: &Scope<'_>, mode: &Mode, now: Timestamp) -> Plan {
    let candidate = match triage(alarm, scope, now) {
        Triage::Look(candidate) => candidate,
        Triage::Settled(plan) => return plan,
    };
    let Candidate { playbook, function } = candidate;
    let refuse = |refusal| refused(Some(playbook), Some(function), refusal);
    match facts {
        Facts::Unread => refuse(Refusal::Unreachable(format!("nobody looked at {function}"))),
        Facts::Unreachable(said) => refuse(Refusal::Unreachable(said.clone())),
        Facts::Absent => refuse(Refusal::Absent(function.to_owned())),
        Facts::Function(facts) => decide(&candidate, facts, scope, now)
            .and_then(|decision| permitted(mode, decision))
            .unwrap_or_else(refuse),
    }
}

/// What the mode makes of it.
fn permitted(mode: &Mode, decision: Decision) -> Result<Plan, Refusal> {
    let change = match decision {
        Decision::Diagnose(diagnosis) => return Ok(Plan::Diagnose(diagnosis)),
        Decision::Change(change) => change,
    };
    match mode {
        Mode::Observe => Ok(Plan::Propose(change)),
        Mode::Withheld(why) => Err(Refusal::PlaybooksRefused {
            why: why.clone(),
            change: change.to_string(),
        }),
        Mode::Act(Switch::On) => Ok(Plan::Act(change)),
        Mode::Act(Switch::Off(value)) => Err(Refusal::SwitchedOff {
            value: value.clone(),
            change: change.to_string(),
        }),
        Mode::Act(Switch::Unreachable(said)) => Err(Refusal::SwitchUnreachable(said.clone())),
    }
}

#[cfg(test)]
mod tests;
