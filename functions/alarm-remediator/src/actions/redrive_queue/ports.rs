//! The ports of this action, one verb each; the function's role allows the same calls.

use std::future::Future;

use picket_aws::Fault;

use crate::actions::mapping::Mapping;

/// A dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// The messages that wait in it, about.
    pub messages: u64,
    /// The names of the queues whose messages it takes. They are in its account and region:
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>.
    pub sources: Vec<String>,
}

/// An event source mapping of a queue, and its function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumer {
    /// The function's name.
    pub function: String,
    /// The mapping.
    pub mapping: Mapping,
}

/// Reads a queue (`sqs:GetQueueUrl`, `sqs:GetQueueAttributes`, `sqs:ListDeadLetterSourceQueues`).
pub trait ReadQueue: Send + Sync {
    /// The queue; `None` where it does not exist.
    fn queue(&self, queue: &str) -> impl Future<Output = Result<Option<Queue>, Fault>> + Send;
}

/// Reads the consumers of a queue (`lambda:ListEventSourceMappings`).
pub trait ReadConsumers: Send + Sync {
    /// The event source mappings of the queue with this ARN.
    fn consumers(&self, queue: &str) -> impl Future<Output = Result<Vec<Consumer>, Fault>> + Send;
}

/// The ports that read the facts.
pub trait ReadPorts: ReadQueue + ReadConsumers {}

impl<T: ReadQueue + ReadConsumers> ReadPorts for T {}
