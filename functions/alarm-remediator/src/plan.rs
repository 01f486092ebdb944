//! The plan for an alarm. Pure: the candidate, its confirmation, the facts, the mode and the time go in, and one typed
//! plan comes out.

use jiff::Timestamp;
use picket_rules::playbooks;

use crate::{
    actions::{self, Facts, Finding},
    change::Change,
    confirmation::{Confirmation, confirmed},
    model::{Candidate, Decision, Mode, Scope, Switch},
    refusal::Refusal,
};

/// The plan for an alarm that a playbook matches.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Plan {
    /// Make this change.
    Act(Box<Change>),
    /// Observe mode: propose this change.
    Propose(Box<Change>),
    /// There is nothing that the playbook could repair; report this finding.
    Diagnose(Diagnosis),
    /// A guard rail forbids a change.
    Refuse(Refused),
}

/// A finding, and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The playbook that matched.
    pub playbook: String,
    /// The target's name.
    pub target: String,
    /// The finding.
    pub finding: Finding,
}

/// A refusal, and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The playbook that matched.
    pub playbook: String,
    /// The target's name, where it is known.
    pub target: Option<String>,
    /// The reason.
    pub refusal: actions::Refusal,
}

impl Refused {
    pub(crate) fn new(
        playbook: &str,
        target: Option<&str>,
        refusal: impl Into<actions::Refusal>,
    ) -> Self {
        Self {
            playbook: playbook.to_owned(),
            target: target.map(str::to_owned),
            refusal: refusal.into(),
        }
    }
}

/// Plans what to do about a candidate. Without a confirmation, nothing is proposed either: it would rest on the message
/// alone.
pub fn plan(
    candidate: &Candidate<'_>,
    confirmation: &Confirmation,
    facts: &Facts<'_>,
    scope: &Scope<'_>,
    mode: &Mode,
    now: Timestamp,
) -> Plan {
    let Candidate {
        playbook,
        alarm,
        target,
    } = candidate;
    let refuse = |refusal: actions::Refusal| {
        Plan::Refuse(Refused::new(&playbook.name, Some(target), refusal))
    };
    if let Err(refusal) = confirmed(alarm, confirmation, scope.home) {
        return refuse(refusal.into());
    }
    match actions::decide(candidate, facts, scope, now) {
        Ok(Decision::Change(change)) => {
            // A plan that waits for approval is only proposed yet.
            let mode = match playbook.mode {
                playbooks::Mode::Act => mode,
                playbooks::Mode::Observe | playbooks::Mode::Approve => &Mode::Observe,
            };
            permitted(mode, change).unwrap_or_else(|refusal| refuse(refusal.into()))
        }
        Ok(Decision::Diagnose(finding)) => Plan::Diagnose(Diagnosis {
            playbook: playbook.name.clone(),
            target: target.clone(),
            finding,
        }),
        Err(refusal) => refuse(refusal),
    }
}

/// The plan for a change, by the mode.
fn permitted(mode: &Mode, change: Box<Change>) -> Result<Plan, Refusal> {
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
pub(crate) mod tests;
