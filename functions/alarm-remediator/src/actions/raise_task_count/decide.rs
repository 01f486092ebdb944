//! The decision whether a service gets more tasks.

use jiff::Timestamp;
use picket_rules::playbooks::RaiseTaskCount;

use super::{facts::BusyFacts, finding::Finding, refusal::Refusal};
use crate::{
    actions::{
        service::{self, changeable, name, running},
        window::WINDOW_MINUTES,
    },
    change::{Change, Decision},
    model::{Candidate, Scope},
    setting::{Setting, Value, Write},
};

/// The utilization of the tasks together, in percent, from which more of them help. A minute hides bursts of seconds, so
/// that half is a lot.
const BUSY_PERCENT: u64 = 50;

/// Decides on a change or a finding. `facts` is `None` where the service does not exist.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    bounds: RaiseTaskCount,
    facts: Option<&BusyFacts>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    let target = || candidate.target.clone();
    let facts = facts.ok_or_else(|| service::Refusal::Absent(target()))?;
    let service = &facts.service;
    running(candidate, service, &facts.tags, scope)?;
    if !service.is_replica {
        return Err(Refusal::Daemon(target()));
    }
    if service.running < service.desired {
        return Ok(Decision::Diagnose(Finding::NotRunning {
            running: service.running,
            desired: service.desired,
        }));
    }
    let utilization = facts.utilization;
    if utilization.cpu.max(utilization.memory) < BUSY_PERCENT {
        return Ok(Decision::Diagnose(Finding::NotBusy {
            utilization,
            running: service.running,
        }));
    }
    if facts.auto_scaled {
        return Err(Refusal::AutoScaled(target()));
    }
    changeable(candidate, service, &facts.tags, facts.last_changed, now)?;
    let to = bounds.next(service.desired);
    let to = to.ok_or_else(|| Refusal::AtMaximum {
        target: target(),
        tasks: service.desired,
        maximum: bounds.maximum,
    })?;
    let change = raise(candidate, facts, to);
    Ok(Decision::Change(Box::new(change)))
}

fn raise(candidate: &Candidate<'_>, facts: &BusyFacts, to: u32) -> Change {
    let from = facts.service.desired;
    let name = name(&candidate.target);
    let write = Write {
        setting: Setting::TaskCount {
            cluster: name.cluster.to_owned(),
            service: name.service.to_owned(),
        },
        from: Value::Number(from.into()),
        to: Value::Number(to.into()),
        revision: None,
    };
    let action = format!(
        "raise the tasks of {} from {from} to {to}",
        candidate.target
    );
    let reason = format!(
        "the tasks used {} % of their CPU and {} % of their memory together in the busiest of the last {WINDOW_MINUTES} minutes; \
         {} more tasks cost what their size costs, and need room in the cluster",
        facts.utilization.cpu,
        facts.utilization.memory,
        to - from,
    );
    Change::new(candidate, write, action, reason)
}
