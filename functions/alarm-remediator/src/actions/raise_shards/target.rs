//! The stream that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::actions::one_target::Names;

/// Names of streams (<https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>).
const STREAMS: Names = Names {
    dimension: "StreamName",
    besides: "_.-",
    longest: 128,
};

pub(crate) const PREFIX: &str = "stream/";

/// `stream/NAME`.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let name = STREAMS.one(playbook, alarm)?;
    Ok(format!("{PREFIX}{name}"))
}

/// The stream's name in a target.
pub(crate) fn name(target: &str) -> &str {
    target.strip_prefix(PREFIX).unwrap_or(target)
}
