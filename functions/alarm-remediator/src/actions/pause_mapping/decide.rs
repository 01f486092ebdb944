//! The decision whether a mapping is paused.

use jiff::Timestamp;

use super::{
    facts::PauseFacts,
    finding::{FAILING_PERCENT, Finding},
    refusal::Refusal,
};
use crate::{
    actions::{
        function,
        function::WINDOW_MINUTES,
        mapping::{Mapping, one_enabled},
    },
    change::{Change, Decision},
    guards::{cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// Decides on a change or a finding. `facts` is `None` where the function does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    facts: Option<&PauseFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let function = candidate.target.as_str();
    let facts = facts.ok_or_else(|| function::Refusal::Absent(function.to_owned()))?;
    not_own_stack(function, &facts.tags, scope)?;
    let (errors, invocations) = (facts.health.failed(), facts.health.invoked());
    // `set-alarm-state` puts an alarm into ALARM without a reason in its metric.
    if errors == 0 {
        return Err(Refusal::NoErrors(function.to_owned()));
    }
    if errors.saturating_mul(100) < invocations.saturating_mul(FAILING_PERCENT) {
        return Ok(Decision::Diagnose(Finding::MostSucceed {
            errors,
            invocations,
        }));
    }
    let mapping = match one_enabled(facts.mappings.iter()) {
        Ok(mapping) => mapping,
        Err(not_one) => return Ok(Decision::Diagnose(Finding::NotOne(not_one))),
    };
    mapping.not_own_stack(&facts.mapping_tags, scope)?;
    if !mapping.settled {
        return Err(Refusal::Unsettled(mapping.to_string()));
    }
    cooled_down(candidate, facts.last_changed, now)?;
    mapping.allowed(candidate, &facts.mapping_tags)?;
    let change = pause(candidate, mapping, errors, invocations);
    Ok(Decision::Change(Box::new(change)))
}

fn pause(candidate: &Candidate<'_>, mapping: &Mapping, errors: u64, invocations: u64) -> Change {
    let write = Write {
        setting: Setting::MappingEnabled {
            mapping: mapping.uuid.clone(),
        },
        from: Value::Flag(true),
        to: Value::Flag(false),
        revision: None,
    };
    let action = format!("pause the {mapping} to {}", candidate.target);
    let reason = format!(
        "{errors} of {invocations} invocations failed in the last {WINDOW_MINUTES} minutes; while it is paused, records \
         wait in their source for as long as it keeps them"
    );
    Change::new(candidate, write, action, reason)
}
