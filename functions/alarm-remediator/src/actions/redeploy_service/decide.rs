//! The decision whether a service's tasks are replaced.

use jiff::Timestamp;
use picket_rules::playbooks::RedeployService;

use super::{facts::RedeployFacts, finding::Finding, refusal::Refusal};
use crate::{
    actions::service::{self, changeable, name, running},
    change::{Change, Decision},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// The least share of the tasks, in percent, that a deployment must leave running: a restart of more is an outage.
const LEAST_HEALTHY_PERCENT: u32 = 50;

/// Decides on a change or a finding: the alarm is the only cause that is known. `facts` is `None` where the service does
/// not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: RedeployService,
    facts: Option<&RedeployFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let target = || candidate.target.clone();
    let facts = facts.ok_or_else(|| service::Refusal::Absent(target()))?;
    let service = &facts.service;
    running(candidate, service, &facts.tags, scope)?;
    if !service.is_rolling {
        return Err(Refusal::OtherController(target()));
    }
    let Some(minutes) = age_minutes(facts, now) else {
        return Ok(Decision::Diagnose(Finding::UnknownAge));
    };
    let older_than = bounds.older_than.as_secs() / 60;
    if minutes < older_than {
        return Ok(Decision::Diagnose(Finding::Recent {
            minutes,
            older_than,
        }));
    }
    if service.minimum_healthy_percent < LEAST_HEALTHY_PERCENT {
        return Err(Refusal::StopsTooMany {
            target: target(),
            percent: service.minimum_healthy_percent,
            least: LEAST_HEALTHY_PERCENT,
        });
    }
    changeable(candidate, service, &facts.tags, facts.last_changed, now)?;
    let change = redeploy(candidate, facts, minutes);
    Ok(Decision::Change(Box::new(change)))
}

/// The age of the newest deployment. One of the future, by a clock that is wrong, is new.
fn age_minutes(facts: &RedeployFacts, now: Timestamp) -> Option<u64> {
    let deployed_at = facts.service.deployed_at?;
    let minutes = now.duration_since(deployed_at).as_mins();
    Some(u64::try_from(minutes).unwrap_or(0))
}

fn redeploy(candidate: &Candidate<'_>, facts: &RedeployFacts, minutes: u64) -> Change {
    let service = &facts.service;
    let name = name(&candidate.target);
    let write = Write {
        setting: Setting::ServiceDeployment {
            cluster: name.cluster.to_owned(),
            service: name.service.to_owned(),
        },
        from: Value::Text(service.deployment.clone()),
        to: Value::NewRun,
        revision: None,
    };
    let action = format!(
        "replace the {} tasks of {} by new ones of the same version",
        service.desired, candidate.target
    );
    let reason = format!(
        "the alarm {} is in ALARM, and the service was deployed {minutes} minutes ago; at least {} % of the tasks stay running \
         meanwhile",
        candidate.alarm.name, service.minimum_healthy_percent
    );
    Change::new(candidate, write, action, reason)
}
