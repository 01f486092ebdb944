//! The plan for an alarm. Pure: the candidate, its confirmation, the facts, the mode and the time go in, and one typed
//! plan comes out.

use jiff::Timestamp;
use picket_rules::playbooks;

use crate::{
    actions::{self, Facts, Finding},
    change::{Change, Decision},
    confirmation::{Confirmation, confirmed},
    guards::{History, within_limits},
    model::{Candidate, Mode, Scope, Switch},
    refusal::Refusal,
};

/// The plan for an alarm that a playbook matches.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Plan {
    /// Make this change.
    Act(Box<Change>),
    /// Make this change when a person has approved it.
    Await(Box<Change>),
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

/// What a plan rests on besides the facts about its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation<'a> {
    /// The alarm, as CloudWatch has it.
    pub confirmation: &'a Confirmation,
    /// The mute rules that are active for the alarm, by ARN; an error with its reason where they could not be read.
    pub mutes: Result<Vec<String>, String>,
    /// What was done before; an error with its reason where it could not be read.
    pub history: Result<&'a History, String>,
    /// Whether changes may be made.
    pub mode: &'a Mode,
}

/// Plans what to do about a candidate. Without a confirmation, nothing is proposed either: it would rest on the message
/// alone.
pub fn plan(
    candidate: &Candidate<'_>,
    situation: &Situation<'_>,
    facts: &Facts<'_>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Plan {
    let Candidate {
        playbook, target, ..
    } = candidate;
    decided(candidate, situation, facts, scope, now)
        .unwrap_or_else(|refusal| Plan::Refuse(Refused::new(&playbook.name, Some(target), refusal)))
}

fn decided(
    candidate: &Candidate<'_>,
    situation: &Situation<'_>,
    facts: &Facts<'_>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Plan, actions::Refusal> {
    let Candidate {
        playbook,
        alarm,
        target,
    } = candidate;
    confirmed(alarm, situation.confirmation, scope.home)?;
    not_muted(&situation.mutes)?;
    match actions::decide(candidate, facts, scope, now)? {
        Decision::Change(change) => {
            let history = match &situation.history {
                Ok(history) => *history,
                Err(reason) => return Err(Refusal::Unreachable(reason.clone()).into()),
            };
            let (incident, limits) = (alarm.incident(), scope.playbooks.limits());
            within_limits(&change, &incident, playbook, limits, history, now)?;
            Ok(permitted(situation.mode, playbook.mode, change)?)
        }
        Decision::Diagnose(finding) => Ok(Plan::Diagnose(Diagnosis {
            playbook: playbook.name.clone(),
            target: target.clone(),
            finding,
        })),
    }
}

fn not_muted(mutes: &Result<Vec<String>, String>) -> Result<(), Refusal> {
    match mutes {
        Err(reason) => Err(Refusal::Unreachable(reason.clone())),
        Ok(rules) => match rules.first() {
            Some(rule) => Err(Refusal::Muted(rule.clone())),
            None => Ok(()),
        },
    }
}

/// The plan for a change: by the mode of the stack, of the playbook and of the kind of change, of which the lowest
/// counts.
fn permitted(mode: &Mode, playbook: playbooks::Mode, change: Box<Change>) -> Result<Plan, Refusal> {
    let lowest = playbook.min(change.mode);
    if lowest == playbooks::Mode::Observe {
        return Ok(Plan::Propose(change));
    }
    let (switch, lowest) = match mode {
        Mode::Observe => return Ok(Plan::Propose(change)),
        Mode::Withheld(why) => {
            return Err(Refusal::PlaybooksRefused {
                why: why.clone(),
                change: change.to_string(),
            });
        }
        Mode::Approve(switch) => (switch, playbooks::Mode::Approve),
        Mode::Act(switch) => (switch, lowest),
    };
    match switch {
        Switch::On if lowest == playbooks::Mode::Act => Ok(Plan::Act(change)),
        Switch::On => Ok(Plan::Await(change)),
        Switch::Off(value) => Err(Refusal::SwitchedOff {
            value: value.clone(),
            change: change.to_string(),
        }),
        Switch::Unreachable(said) => Err(Refusal::SwitchUnreachable(said.clone())),
    }
}

#[cfg(test)]
pub(crate) mod tests;
