//! What is to be done about an alarm. Pure: the alarm, the facts, the rules and the time go in, and one typed plan comes out.

use jiff::Timestamp;
use picket_rules::playbooks::{Action, Playbooks, RaiseReservedConcurrency};
use picket_shared::alarm::{Alarm, State};

pub use crate::change::{Bound, Change};
use crate::{
    candidate::{Candidate, refused, triage},
    change::Step,
    facts::{AccountLimits, Facts, FunctionFacts, Measured},
    finding::Finding,
    refusal::Refusal,
};

/// The share of a limit at which it counts as reached, in percent: CloudWatch's one-minute maximum is sampled, and may miss the
/// instant at which the limit was full.
pub const REACHED_PERCENT: u64 = 90;

/// The tag that CloudFormation puts on what it makes.
const STACK_TAG: &str = "aws:cloudformation:stack-name";

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
    /// Whether a function's name, or a stack's, is the own stack's or one nested in it. CloudFormation puts the stack's name
    /// and a hyphen before both.
    pub(crate) fn is_own_stack(&self, name: &str) -> bool {
        name.strip_prefix(&self.home.stack)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

/// What the facts ask for, before the mode has its say.
enum Decision {
    Change(Change),
    Diagnose(Diagnosis),
}

/// Decides.
pub fn plan(alarm: &Alarm, facts: &Facts, scope: &Scope<'_>, mode: &Mode, now: Timestamp) -> Plan {
    let candidate = match triage(alarm, scope, now) {
        Ok(candidate) => candidate,
        Err(plan) => return plan,
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

/// The function is there and was looked at.
fn decide(
    candidate: &Candidate<'_>,
    facts: &FunctionFacts,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let Candidate { playbook, function } = *candidate;
    let Action::RaiseReservedConcurrency(bounds) = &playbook.action;
    not_our_own(function, facts, scope)?;
    let diagnose = |finding| {
        Ok(Decision::Diagnose(Diagnosis {
            playbook: playbook.name.clone(),
            function: function.to_owned(),
            finding,
        }))
    };
    let reserved = match facts.reserved {
        None => return diagnose(unreserved(facts.account, facts.measured)),
        Some(0) => return Err(Refusal::Stopped(function.to_owned())),
        Some(reserved) => reserved,
    };
    let peak = facts
        .measured
        .function_peak
        .ok_or_else(|| Refusal::NoData {
            function: function.to_owned(),
            reserved,
        })?;
    if !reached(peak, reserved) {
        return diagnose(Finding::ReservationNotReached {
            reserved,
            function_peak: peak,
        });
    }
    allowed(candidate, facts)?;
    cooled_down(candidate, facts, now)?;
    raise(candidate, bounds, reserved, facts).map(Decision::Change)
}

fn not_our_own(function: &str, facts: &FunctionFacts, scope: &Scope<'_>) -> Result<(), Refusal> {
    match facts.tags.get(STACK_TAG) {
        Some(stack) if scope.is_own_stack(stack) => Err(Refusal::OwnStack {
            function: function.to_owned(),
            stack: stack.clone(),
        }),
        _ => Ok(()),
    }
}

/// A function without a reservation is never given one: that would take from the others. It is only looked into.
fn unreserved(account: AccountLimits, measured: Measured) -> Finding {
    let AccountLimits {
        concurrent: limit,
        unreserved,
    } = account;
    match measured.account_peak {
        Some(peak) if reached(peak, limit) => Finding::AccountLimit {
            peak,
            limit,
            unreserved,
        },
        Some(peak) => Finding::ScalingRate {
            function_peak: measured.function_peak,
            peak,
            limit,
        },
        None => Finding::NoReservation { limit, unreserved },
    }
}

fn reached(peak: u32, limit: u32) -> bool {
    u64::from(peak) * 100 >= u64::from(limit) * REACHED_PERCENT
}

fn allowed(candidate: &Candidate<'_>, facts: &FunctionFacts) -> Result<(), Refusal> {
    let tag = &candidate.playbook.allow_tag;
    let found = facts.tags.get(&tag.key);
    if found == Some(&tag.value) {
        return Ok(());
    }
    Err(Refusal::NotAllowed {
        function: candidate.function.to_owned(),
        key: tag.key.clone(),
        expected: tag.value.clone(),
        found: found.cloned(),
    })
}

fn cooled_down(
    candidate: &Candidate<'_>,
    facts: &FunctionFacts,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(changed) = facts.last_changed else {
        return Ok(());
    };
    let ago_seconds = now.duration_since(changed).as_secs();
    let cooldown_seconds = candidate.playbook.cooldown.as_secs();
    // A change in the future is a wrong clock: it counts as just made.
    if u64::try_from(ago_seconds).is_ok_and(|ago| ago >= cooldown_seconds) {
        return Ok(());
    }
    Err(Refusal::Cooldown {
        function: candidate.function.to_owned(),
        ago_seconds,
        cooldown_seconds,
    })
}

/// One step up, inside every bound.
fn raise(
    candidate: &Candidate<'_>,
    bounds: &RaiseReservedConcurrency,
    reserved: u32,
    facts: &FunctionFacts,
) -> Result<Change, Refusal> {
    let function = candidate.function;
    let AccountLimits {
        concurrent,
        unreserved,
    } = facts.account;
    let grown = bounds.next(reserved).ok_or_else(|| Refusal::AtMaximum {
        function: function.to_owned(),
        reserved,
        maximum: bounds.maximum,
    })?;
    let spare = unreserved.saturating_sub(bounds.keep_unreserved);
    if spare == 0 {
        return Err(Refusal::AccountExhausted {
            unreserved,
            concurrent,
            keep: bounds.keep_unreserved,
        });
    }
    let affordable = reserved.saturating_add(spare);
    let (to, bound) = if affordable < grown {
        (affordable, Bound::Account)
    } else if grown == bounds.maximum {
        (grown, Bound::Maximum)
    } else {
        (grown, Bound::Growth)
    };
    Ok(Change::new(
        candidate,
        facts,
        Step {
            from: reserved,
            to,
            bound,
        },
    ))
}

/// What the mode makes of it.
fn permitted(mode: &Mode, decision: Decision) -> Result<Plan, Refusal> {
    let change = match decision {
        Decision::Diagnose(diagnosis) => return Ok(Plan::Diagnose(diagnosis)),
        Decision::Change(change) => change,
    };
    match mode {
        Mode::Observe => Ok(Plan::Propose(change)),
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
