//! The actions of playbooks. Each is a folder with its target, facts, decision and findings; this file chooses among
//! them. What an action decides on is a write of one setting, which the remediator makes, verifies and reverts.
//!
//! A new action is a new folder here, a variant in each enum below, its bounds in `picket_rules::playbooks`, and, where
//! it needs them, a setting, facts and their ports.

pub mod reserved_concurrency;

use std::fmt;

use jiff::Timestamp;
use picket_rules::playbooks::{Action, Playbook, RaiseReservedConcurrency};
use picket_shared::alarm::Alarm;

use crate::{
    audit::ReadAudit,
    error::logged,
    model::{Candidate, Decision, Home, Scope},
    ports::{ReadMetrics, ReadSetting, ReadTags},
    refusal,
};

/// The ports that read the facts of all actions.
pub trait ActionPorts:
    ReadAudit + ReadSetting + ReadTags + ReadMetrics + reserved_concurrency::ReadAccount
{
}

impl<T> ActionPorts for T where
    T: ReadAudit + ReadSetting + ReadTags + ReadMetrics + reserved_concurrency::ReadAccount
{
}

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

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedConcurrency(finding) => finding.fmt(f),
        }
    }
}

/// The one target that an alarm names for a playbook's action.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
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
) -> Result<Decision<Finding>, Refusal> {
    match facts {
        Facts::Unreachable(reason) => Err(refusal::Refusal::Unreachable(reason.clone()).into()),
        Facts::ReservedConcurrency(bounds, facts) => {
            reserved_concurrency::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::ReservedConcurrency))
                .map_err(Into::into)
        }
    }
}
