//! The log group that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::actions::one_target::Names;

/// Names of log groups
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>).
const GROUPS: Names = Names {
    dimension: "LogGroupName",
    besides: "_-/.#",
    longest: 512,
};

const PREFIX: &str = "group/";

/// `group/NAME`.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let name = GROUPS.one(playbook, alarm)?;
    Ok(format!("{PREFIX}{name}"))
}

/// The group's name in a target.
pub(crate) fn name(target: &str) -> &str {
    target.strip_prefix(PREFIX).unwrap_or(target)
}
