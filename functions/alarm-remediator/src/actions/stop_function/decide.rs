//! The decision whether a function is stopped.

use std::convert::Infallible;

use jiff::Timestamp;

use super::{facts::StopFacts, refusal::Refusal};
use crate::{
    actions::function::{self, WINDOW_MINUTES},
    change::{Change, Decision},
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// Decides on a change: there is nothing else to find out about a function that must stop. `facts` is `None` where the
/// function does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    facts: Option<&StopFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Infallible>, Refusal> {
    let function = candidate.target.as_str();
    let facts = facts.ok_or_else(|| function::Refusal::Absent(function.to_owned()))?;
    not_own_stack(function, &facts.tags, scope)?;
    if facts.reservation.value == Value::Number(0) {
        return Err(Refusal::Stopped(function.to_owned()));
    }
    // `set-alarm-state` puts an alarm into ALARM without a reason in its metric.
    if facts.health.invoked() == 0 {
        return Err(Refusal::NotRunning(function.to_owned()));
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    Ok(Decision::Change(Box::new(stop(candidate, facts))))
}

fn stop(candidate: &Candidate<'_>, facts: &StopFacts) -> Change {
    let function = &candidate.target;
    let from = facts.reservation.value.clone();
    let action = match &from {
        Value::Absent => format!("stop {function} with a reserved concurrency of 0"),
        from => format!("stop {function} with a reserved concurrency of 0 instead of {from}"),
    };
    let reason = format!(
        "it had {} invocations, of which {} failed, in the last {WINDOW_MINUTES} minutes; while it is stopped, Lambda \
         throttles every caller of it",
        facts.health.invoked(),
        facts.health.failed(),
    );
    let write = Write {
        setting: Setting::ReservedConcurrency {
            function: function.clone(),
        },
        from,
        to: Value::Number(0),
        revision: None,
    };
    Change::new(candidate, write, action, reason)
}
