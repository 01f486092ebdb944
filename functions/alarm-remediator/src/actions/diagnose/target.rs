//! The resource that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::{
    actions::{function, raise_shards, raise_table_throughput},
    playbook::targets,
    refusal,
};

/// The function, `stream/NAME` or `table/NAME` that the alarm's dimensions name; of several kinds the first of these.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
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
    Err(refusal::Refusal::NoTarget("FunctionName, StreamName or TableName").into())
}
