//! The rules of all actions on services.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{ports::Service, refusal::Refusal};
use crate::{
    guards::{allowed, cooled_down, not_own_stack},
    model::{Candidate, Scope},
};

/// Refuses a service of the remediator's own stack, and one that a person stopped.
pub(crate) fn running(
    candidate: &Candidate<'_>,
    service: &Service,
    tags: &BTreeMap<String, String>,
    scope: &Scope<'_>,
) -> Result<(), Refusal> {
    not_own_stack(&candidate.target, tags, scope)?;
    if service.desired == 0 {
        return Err(Refusal::Stopped(candidate.target.clone()));
    }
    Ok(())
}

/// Refuses a service that is being deployed, was changed a short time ago, or does not have the playbook's tag.
pub(crate) fn changeable(
    candidate: &Candidate<'_>,
    service: &Service,
    tags: &BTreeMap<String, String>,
    last_changed: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !service.is_steady {
        return Err(Refusal::Deploying(candidate.target.clone()));
    }
    cooled_down(candidate, last_changed, now)?;
    allowed(candidate, tags)?;
    Ok(())
}
