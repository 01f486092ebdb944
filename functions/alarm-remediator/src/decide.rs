//! What a function's facts ask for: the guard rails that need a look, in the order in which they are worth telling.

use jiff::Timestamp;
use picket_rules::playbooks::{Action, RaiseReservedConcurrency};

use crate::{
    candidate::Candidate,
    change::{Bound, Change, Step},
    facts::{AccountLimits, FunctionFacts, Measured},
    finding::Finding,
    plan::{Diagnosis, Scope},
    refusal::Refusal,
};

/// The share of a limit at which it counts as reached, in percent: CloudWatch's one-minute maximum is sampled, and may miss the
/// instant at which the limit was full.
pub(crate) const REACHED_PERCENT: u64 = 90;

/// The tag that `CloudFormation` puts on what it makes.
pub(crate) const STACK_TAG: &str = "aws:cloudformation:stack-name";

/// What the facts ask for, before the mode has its say.
pub(crate) enum Decision {
    Change(Change),
    Diagnose(Diagnosis),
}

/// The function is there and was looked at.
pub(crate) fn decide(
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
    // A function that was just changed has not yet been measured as it is now.
    cooled_down(candidate, facts, now)?;
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
