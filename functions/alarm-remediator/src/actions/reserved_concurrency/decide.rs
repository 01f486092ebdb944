//! The decision on a function's facts: the guard rails that need facts, in the order in which an operator needs to know
//! them.

use jiff::Timestamp;
use picket_rules::playbooks::RaiseReservedConcurrency;

use super::{
    facts::{FunctionFacts, Measured},
    finding::Finding,
    ports::AccountLimits,
    refusal::Refusal,
    step::{Bound, Step},
};
use crate::{
    actions::function::Refusal::Absent,
    change::{Change, Decision},
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
};

/// The share of a limit at which it counts as reached, in percent: CloudWatch's one-minute maximum is sampled, and may
/// miss the instant at which the limit was full.
pub(crate) const REACHED_PERCENT: u64 = 90;

/// Decides on a change or a finding. `facts` is `None` where the function does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: &RaiseReservedConcurrency,
    facts: Option<&FunctionFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let function = candidate.target.as_str();
    let facts = facts.ok_or_else(|| Absent(function.to_owned()))?;
    not_own_stack(function, &facts.tags, scope)?;
    // `set-alarm-state` puts an alarm into ALARM without a reason in its metric.
    if facts
        .measured
        .throttles
        .is_none_or(|throttles| throttles == 0)
    {
        return Err(Refusal::NoThrottles(function.to_owned()));
    }
    let reserved = match facts.reserved {
        None => {
            let finding = unreserved(facts.account, facts.measured);
            return Ok(Decision::Diagnose(finding));
        }
        Some(0) => return Err(Refusal::Stopped(function.to_owned())),
        Some(reserved) => reserved,
    };
    // The metrics do not show yet how a function runs that was just changed.
    cooled_down(candidate, facts.last_changed, now)?;
    let peak = facts
        .measured
        .function_peak
        .ok_or_else(|| Refusal::NoData {
            function: function.to_owned(),
            reserved,
        })?;
    if !reached(peak, reserved) {
        return Ok(Decision::Diagnose(Finding::ReservationNotReached {
            reserved,
            function_peak: peak,
        }));
    }
    allowed(candidate, &facts.tags)?;
    raise(candidate, bounds, reserved, facts).map(|change| Decision::Change(Box::new(change)))
}

/// A function without a reservation never gets one, which would take from the other functions: the reason is only
/// reported.
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

/// Raises the reservation by one step within every bound.
fn raise(
    candidate: &Candidate<'_>,
    bounds: &RaiseReservedConcurrency,
    reserved: u32,
    facts: &FunctionFacts,
) -> Result<Change, Refusal> {
    let function = candidate.target.as_str();
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
    let step = Step {
        from: reserved,
        to,
        bound,
    };
    Ok(step.change(candidate, facts))
}
