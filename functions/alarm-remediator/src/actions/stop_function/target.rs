//! The function that is stopped.

use picket_rules::playbooks::{Playbook, StopFunction};
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::actions::function;

/// The function that the playbook names, or the one that the alarm is about: an alarm on a cost names no function.
pub(crate) fn target(
    playbook: &Playbook,
    bounds: &StopFunction,
    alarm: &Alarm,
) -> Result<String, Refusal> {
    match &bounds.function {
        Some(function) => Ok(function.clone()),
        None => Ok(function::target(playbook, alarm)?),
    }
}
