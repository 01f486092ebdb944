//! The decision whether a parameter is set.

use std::convert::Infallible;

use jiff::Timestamp;
use picket_rules::playbooks::SetParameter;

use super::{facts::ParameterFacts, refusal::Refusal};
use crate::{
    change::{Change, Decision},
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
    refusal,
    setting::{Setting, Value, Write},
};

/// Decides on a change: the alarm is the only cause that is known. `facts` is `None` where the parameter does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: &SetParameter,
    facts: Option<&ParameterFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Infallible>, Refusal> {
    let name = bounds.parameter.as_str();
    // The stack's own parameters begin with its name: the kill switch is one of them.
    if name.starts_with(&format!("/{}/", scope.home.stack)) {
        return Err(refusal::Refusal::OwnStack {
            target: name.to_owned(),
            stack: scope.home.stack.clone(),
        }
        .into());
    }
    let facts = facts.ok_or_else(|| Refusal::Absent(name.to_owned()))?;
    not_own_stack(name, &facts.tags, scope)?;
    let Value::Text(current) = &facts.value.value else {
        return Err(Refusal::SetByAPerson {
            name: name.to_owned(),
            allowed: bounds.allowed.join(", "),
        });
    };
    if !bounds.allowed.contains(current) {
        return Err(Refusal::SetByAPerson {
            name: name.to_owned(),
            allowed: bounds.allowed.join(", "),
        });
    }
    if *current == bounds.value {
        return Err(Refusal::AlreadySet {
            name: name.to_owned(),
            value: current.clone(),
        });
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    Ok(Decision::Change(Box::new(set(candidate, bounds, facts))))
}

fn set(candidate: &Candidate<'_>, bounds: &SetParameter, facts: &ParameterFacts) -> Change {
    let SetParameter {
        parameter, value, ..
    } = bounds;
    let from = facts.value.value.clone();
    let action = format!("set the parameter {parameter} from {from} to {value}");
    let reason = format!(
        "the alarm {} is in ALARM; the application reads the value when it next reads the parameter",
        candidate.alarm.name
    );
    let write = Write {
        setting: Setting::Parameter {
            name: parameter.clone(),
        },
        from,
        to: Value::Text(value.clone()),
        revision: None,
    };
    Change::new(candidate, write, action, reason)
}
