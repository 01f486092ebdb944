//! The redrive of a dead-letter queue.

use std::str::FromStr;

use crate::{
    Invalid,
    playbooks::values::Positive,
    yaml::{Fields, Log, Node},
};

/// The most messages a second that `StartMessageMoveTask` accepts:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html>.
const MOST_PER_SECOND: u32 = 500;

/// Moves the messages of a dead-letter queue back to their source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedriveQueue {
    /// The most messages that are moved a second.
    pub per_second: u32,
    /// A queue with more messages is a person's.
    pub most: u32,
}

impl RedriveQueue {
    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`redrive-queue`", log)?;
        let per_second = fields.parse_required::<Rate>("per-second", log);
        let most = fields.parse_required::<Positive>("most", log);
        fields.finish(log);
        Some(Self {
            per_second: per_second?.0,
            most: most?.0,
        })
    }
}

/// A number of messages a second.
struct Rate(u32);

impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.parse() {
            Ok(rate) if (1..=MOST_PER_SECOND).contains(&rate) => Ok(Self(rate)),
            _ => Err(Invalid(format!(
                "{text:?} is not a whole number from 1 to {MOST_PER_SECOND}, the greatest rate that SQS accepts"
            ))),
        }
    }
}
