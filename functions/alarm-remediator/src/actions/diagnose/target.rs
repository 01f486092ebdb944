//! The resources that a diagnosis reads.

use picket_rules::playbooks::{Diagnose, Playbook, Resource};
use picket_shared::alarm::Alarm;

use super::{model, refusal::Refusal};
use crate::{
    actions::{function, raise_shards, raise_table_throughput},
    model::Home,
    playbook::targets,
    refusal,
};

/// What a playbook names: the targets, and the names of the stack's resources that have no value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) targets: Vec<String>,
    pub(super) absent: Vec<String>,
}

/// The targets that the playbook names, in the form that alarms' targets have; otherwise the function, `stream/NAME`,
/// `table/NAME` or `model/ID` that the alarm's dimensions name, of several kinds the first of these.
pub(crate) fn target(
    playbook: &Playbook,
    bounds: &Diagnose,
    alarm: &Alarm,
    home: &Home,
) -> Result<String, Refusal> {
    if !bounds.is_of_alarm() {
        let Listed { targets, absent } = listed(bounds, home);
        return if targets.is_empty() {
            Err(Refusal::Unset(absent.join(", ")))
        } else {
            Ok(targets.join(", "))
        };
    }
    let names = |dimension| !targets(playbook, alarm, dimension).is_empty();
    if names("FunctionName") {
        return Ok(function::target(playbook, alarm)?);
    }
    if names("StreamName") {
        return Ok(raise_shards::target(playbook, alarm)?);
    }
    if names("TableName") {
        return Ok(raise_table_throughput::target(playbook, alarm)?);
    }
    if names("ModelId") {
        return Ok(model::target(playbook, alarm)?);
    }
    Err(refusal::Refusal::NoTarget("FunctionName, StreamName, TableName or ModelId").into())
}

/// The resources that a playbook names.
pub(super) fn listed(bounds: &Diagnose, home: &Home) -> Listed {
    let mut listed = Listed::default();
    for (prefix, resources) in [
        ("", &bounds.functions),
        (raise_shards::PREFIX, &bounds.streams),
        (raise_table_throughput::PREFIX, &bounds.tables),
        (model::PREFIX, &bounds.models),
    ] {
        for resource in resources {
            let name = match resource {
                Resource::Named(name) => Some(name.as_str()),
                Resource::OfStack(key) => home.resources.name(key),
            };
            match (name, resource) {
                (Some(name), _) => listed.targets.push(format!("{prefix}{name}")),
                (None, Resource::OfStack(key) | Resource::Named(key)) => {
                    listed.absent.push(key.clone());
                }
            }
        }
    }
    listed
}
