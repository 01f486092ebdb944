//! The queue that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::actions::one_target::Names;

/// Names of queues (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>); that
/// of a FIFO queue ends in `.fifo`.
const NAMES: Names = Names {
    dimension: "QueueName",
    besides: "-_.",
    longest: 80,
};

/// `queue/orders-dlq`.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let name = NAMES.one(playbook, alarm)?;
    Ok(format!("queue/{name}"))
}

/// The queue's name in a target.
pub(crate) fn name(target: &str) -> &str {
    target.strip_prefix("queue/").unwrap_or(target)
}
