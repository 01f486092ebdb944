//! The decision on a table's facts: the guard rails that need facts, in the order in which an operator needs to know
//! them.

use jiff::Timestamp;
use picket_rules::playbooks::RaiseTableThroughput;

use super::{
    causes::Cause,
    facts::TableFacts,
    finding::Finding,
    measured::{Measured, dominant},
    refusal::Refusal,
    step::{to_on_demand, with_capacity, with_ceiling},
    target,
    throttle::Throttle,
};
use crate::{
    change::{Change, Decision},
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
};

/// Decides on a change or a finding. `facts` is `None` where the table does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: &RaiseTableThroughput,
    facts: Option<&TableFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let target = &candidate.target;
    let facts = facts.ok_or_else(|| Refusal::Absent(target.to_owned()))?;
    not_own_stack(target, &facts.tags, scope)?;
    let (measured, cause) =
        dominant(&facts.parts).ok_or_else(|| Refusal::NoThrottles(target.to_owned()))?;
    let throttle = Throttle::new(candidate, facts, measured, cause);
    match cause {
        Cause::KeyRange => Err(Refusal::HotKey {
            part: throttle.name,
            table: target::name(target).to_owned(),
            index: measured.part.index.clone(),
            throttled: Box::new(measured.throttled),
            consumed: measured.consumed,
        }),
        Cause::Account => Ok(Decision::Diagnose(Finding::AccountLimit {
            part: throttle.name,
            throttled: throttle.events,
            consumed: measured.consumed,
        })),
        Cause::Ceiling => {
            let Some(step) = &bounds.ceiling else {
                return Ok(not_in_playbook(throttle, cause));
            };
            changeable(candidate, facts, now)?;
            with_ceiling(&throttle, step).map(boxed)
        }
        Cause::Provisioned => {
            if bounds.capacity.is_none() && bounds.on_demand.is_none() {
                return Ok(not_in_playbook(throttle, cause));
            }
            changeable(candidate, facts, now)?;
            let change = provisioned(&throttle, bounds)?;
            Ok(change.map_or_else(|| not_in_playbook(throttle, cause), boxed))
        }
    }
}

fn boxed(change: Change) -> Decision<Finding> {
    Decision::Change(Box::new(change))
}

fn not_in_playbook(throttle: Throttle<'_>, cause: Cause) -> Decision<Finding> {
    Decision::Diagnose(Finding::NotInPlaybook {
        part: throttle.name,
        cause,
        throttled: throttle.events,
    })
}

/// Refuses a table that cannot or must not be changed now, whatever the step.
fn changeable(
    candidate: &Candidate<'_>,
    facts: &TableFacts,
    now: Timestamp,
) -> Result<(), Refusal> {
    let target = || candidate.target.clone();
    if facts.replicas > 0 {
        return Err(Refusal::Global {
            target: target(),
            replicas: facts.replicas,
        });
    }
    if !facts.active {
        return Err(Refusal::Updating(target()));
    }
    cooled_down(candidate, facts.last_changed, now)?;
    allowed(candidate, &facts.tags)?;
    Ok(())
}

/// More capacity; where the playbook's maximum is reached or it has no step for capacity, on-demand. `None` where the
/// playbook has neither.
fn provisioned(
    throttle: &Throttle<'_>,
    bounds: &RaiseTableThroughput,
) -> Result<Option<Change>, Refusal> {
    let facts = throttle.facts;
    if facts.on_demand {
        return Err(throttle.changed_since());
    }
    if facts.auto_scaled.contains(&throttle.measured.part.index) {
        return Err(Refusal::AutoScaled(throttle.name.clone()));
    }
    let capacity = bounds.capacity.as_ref();
    let raised = capacity.map(|step| with_capacity(throttle, step));
    match (raised, bounds.on_demand) {
        (None | Some(Err(Refusal::AtMaximum { .. })), Some(part)) => {
            // The switch would take every part away from it.
            let mut parts = facts.parts.iter();
            match parts.find(|part| facts.auto_scaled.contains(&part.part.index)) {
                Some(part) => Err(Refusal::AutoScaled(part.name(&throttle.candidate.target))),
                None => to_on_demand(throttle, part).map(Some),
            }
        }
        (raised, _) => raised.transpose(),
    }
}

impl Measured {
    /// The table's target, with the index where it is one.
    pub(crate) fn name(&self, target: &str) -> String {
        match &self.part.index {
            None => target.to_owned(),
            Some(index) => format!("{target}/index/{index}"),
        }
    }
}
