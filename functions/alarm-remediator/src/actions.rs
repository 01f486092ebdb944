//! The actions of playbooks. Each is a folder with its target, facts, decision, change and ports; this file chooses
//! among them.
//!
//! A new action is a new folder here, a variant in each enum below, its ports in [`ActionPorts`] and in the adapters,
//! and its bounds in `picket_rules::playbooks`.

pub mod reserved_concurrency;

use std::fmt;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::playbooks::{Action, Playbook, RaiseReservedConcurrency};
use picket_shared::alarm::Alarm;

use crate::{
    audit::ReadAudit,
    error::logged,
    model::{Candidate, Decision, DescribeChange, Home, Scope},
    refusal,
};

/// The ports of all actions.
pub trait ActionPorts: ReadAudit + reserved_concurrency::ActionPorts {}

impl<T: ReadAudit + reserved_concurrency::ActionPorts> ActionPorts for T {}

/// The facts about a candidate's target, with the bounds of the action that read them.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts<'a> {
    /// A read failed, for this reason.
    Unreachable(String),
    /// A function and its account; `None` where the function does not exist.
    ReservedConcurrency(
        &'a RaiseReservedConcurrency,
        Option<reserved_concurrency::FunctionFacts>,
    ),
}

/// A planned change of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A raised reservation.
    ReservedConcurrency(reserved_concurrency::Change),
}

/// A finding where an action has nothing to repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The reason why a function is throttled.
    ReservedConcurrency(reserved_concurrency::Finding),
}

/// A guard rail that forbids a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] refusal::Refusal),
    /// A guard rail of the reservation.
    #[error(transparent)]
    ReservedConcurrency(#[from] reserved_concurrency::Refusal),
    /// The action is read, and not carried out yet.
    #[error("this version does not carry out {0}")]
    NotCarriedOut(&'static str),
}

impl Change {
    /// The change's description.
    pub fn describe(&self) -> &dyn DescribeChange {
        match self {
            Self::ReservedConcurrency(change) => change,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe().fmt(f)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedConcurrency(finding) => finding.fmt(f),
        }
    }
}

/// The one target that an alarm names for a playbook's action.
pub(crate) fn target<'a>(playbook: &Playbook, alarm: &'a Alarm) -> Result<&'a str, Refusal> {
    match &playbook.action {
        Action::RaiseReservedConcurrency(_) => Ok(reserved_concurrency::target(playbook, alarm)?),
        action => Err(Refusal::NotCarriedOut(action.name())),
    }
}

/// Reads the facts. One read that fails makes all of them unreachable, so that nothing is decided on half of them.
pub(crate) async fn read_facts<'a>(
    candidate: &Candidate<'a>,
    home: &Home,
    ports: &impl ActionPorts,
    now: Timestamp,
) -> Facts<'a> {
    let facts = match &candidate.playbook.action {
        Action::RaiseReservedConcurrency(bounds) => {
            reserved_concurrency::read_facts(candidate, home, ports, now)
                .await
                .map(|facts| Facts::ReservedConcurrency(bounds, facts))
        }
        // `target` refuses them.
        action => {
            return Facts::Unreachable(Refusal::NotCarriedOut(action.name()).to_string());
        }
    };
    facts.unwrap_or_else(|fault| Facts::Unreachable(logged(&fault)))
}

/// Decides what the facts call for.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    facts: &Facts<'_>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Change, Finding>, Refusal> {
    Ok(match facts {
        Facts::Unreachable(reason) => {
            return Err(refusal::Refusal::Unreachable(reason.clone()).into());
        }
        Facts::ReservedConcurrency(bounds, facts) => {
            match reserved_concurrency::decide(candidate, bounds, facts.as_ref(), scope, now)? {
                Decision::Change(change) => Decision::Change(Change::ReservedConcurrency(change)),
                Decision::Diagnose(finding) => {
                    Decision::Diagnose(Finding::ReservedConcurrency(finding))
                }
            }
        }
    })
}

/// Makes a change. It decides nothing: what, whether and how far was planned.
pub async fn execute(change: &Change, ports: &impl ActionPorts) -> Result<(), Fault> {
    match change {
        Change::ReservedConcurrency(change) => reserved_concurrency::execute(change, ports).await,
    }
}
