//! The decision whether a mapping's parallelization factor is raised.

use jiff::Timestamp;
use picket_rules::playbooks::RaiseParallelization;

use super::{facts::LagFacts, finding::Finding, refusal::Refusal};
use crate::{
    actions::{
        function,
        function::WINDOW_MINUTES,
        mapping::{Mapping, one_enabled},
        reserved_concurrency::REACHED_PERCENT,
    },
    change::{Change, Decision},
    guards::{cooled_down, not_own_stack},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// Decides on a change or a finding. `facts` is `None` where the function does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: RaiseParallelization,
    facts: Option<&LagFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let function = candidate.target.as_str();
    let facts = facts.ok_or_else(|| function::Refusal::Absent(function.to_owned()))?;
    not_own_stack(function, &facts.tags, scope)?;
    let (Some(oldest), Some(newest)) = (facts.ages.first(), facts.ages.last()) else {
        return Err(Refusal::NoAge(function.to_owned()));
    };
    if let Some(finding) = other_cause(facts, *oldest, *newest) {
        return Ok(Decision::Diagnose(finding));
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
    let next = bounds
        .next(mapping.parallelization)
        .ok_or_else(|| Refusal::AtMaximum {
            mapping: mapping.to_string(),
            factor: mapping.parallelization,
            maximum: bounds.maximum,
        })?;
    let reason = format!(
        "the iterator age grew from {oldest} ms to {newest} ms in the last {WINDOW_MINUTES} minutes, with {} invocations \
         and none of them failed or throttled; each shard may have {next} invocations at one time",
        facts.health.invoked(),
    );
    let change = raise(candidate, mapping, next, reason);
    Ok(Decision::Change(Box::new(change)))
}

/// A cause that more parallelization does not remove.
fn other_cause(facts: &LagFacts, oldest: u64, newest: u64) -> Option<Finding> {
    let errors = facts.health.failed();
    let throttles = facts.health.throttles.unwrap_or(0);
    if errors > 0 || throttles > 0 {
        return Some(Finding::Unhealthy { errors, throttles });
    }
    if newest <= oldest {
        return Some(Finding::CatchesUp { oldest, newest });
    }
    let reserved = facts.reserved?;
    let peak = facts.executions.iter().copied().max().unwrap_or(0);
    (peak.saturating_mul(100) >= reserved.saturating_mul(REACHED_PERCENT))
        .then_some(Finding::AtReservation { reserved, peak })
}

fn raise(candidate: &Candidate<'_>, mapping: &Mapping, next: u32, reason: String) -> Change {
    let current = mapping.parallelization;
    let write = Write {
        setting: Setting::MappingParallelization {
            mapping: mapping.uuid.clone(),
        },
        from: Value::Number(current.into()),
        to: Value::Number(next.into()),
        revision: None,
    };
    let function = &candidate.target;
    let action = format!(
        "raise the parallelization factor of the {mapping} to {function} from {current} to {next}"
    );
    Change::new(candidate, write, action, reason)
}
