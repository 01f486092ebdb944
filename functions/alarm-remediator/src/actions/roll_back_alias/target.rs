//! The function and the alias that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::{
    actions::function::{self, RESOURCE, qualifier},
    refusal,
};

/// The function, where the alarm names one alias of it.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let function = function::target(playbook, alarm)?;
    match qualifier(playbook, alarm, &function) {
        // A version is invoked by its number: there is nothing to set back.
        Some(alias) if !is_version(&alias) => Ok(function),
        _ => Err(refusal::Refusal::NoTarget(RESOURCE).into()),
    }
}

/// Whether a qualifier is a version: an alias has a character that is not a digit
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html>).
fn is_version(qualifier: &str) -> bool {
    qualifier == "$LATEST"
        || qualifier
            .chars()
            .all(|character| character.is_ascii_digit())
}
