//! The findings where a redrive would bring the messages back, or is a person's.

use std::fmt;

use crate::actions::{function::WINDOW_MINUTES, mapping::NotOne};

/// The reason why the messages of a dead-letter queue are not moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is no queue's dead-letter queue.
    NoSource,
    /// It takes the messages of several queues.
    SeveralSources(Vec<String>),
    /// More messages wait than the playbook moves.
    TooMany {
        /// The messages.
        messages: u64,
        /// The playbook's most.
        most: u32,
    },
    /// The source does not have exactly one enabled mapping.
    NotOne {
        /// The source.
        source: String,
        /// The reason.
        not_one: NotOne,
    },
    /// The consumer fails or is throttled.
    StillFails {
        /// The function.
        function: String,
        /// Failed invocations.
        errors: u64,
        /// Throttled invocations.
        throttles: u64,
    },
    /// The consumer did not run, so that nothing shows its health.
    Idle {
        /// The function.
        function: String,
    },
    /// Messages still arrive in the dead-letter queue, or CloudWatch has no counts of them.
    StillArrive {
        /// The counts of the window's first and last minute.
        counts: Option<(u64, u64)>,
    },
}

impl Finding {
    /// Whether the consumer may become healthy by itself or by a person's repair, so that it is planned for again.
    pub(crate) const fn may_pass(&self) -> bool {
        match self {
            Self::NotOne { .. }
            | Self::StillFails { .. }
            | Self::Idle { .. }
            | Self::StillArrive { .. } => true,
            Self::NoSource | Self::SeveralSources(_) | Self::TooMany { .. } => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSource => f.write_str(
                "the queue is the dead-letter queue of no other queue, and SQS moves only messages that came from a queue",
            ),
            Self::SeveralSources(sources) => write!(
                f,
                "the queue takes the messages of {} queues ({}), and a person must decide whether all their consumers are healthy",
                sources.len(),
                sources.join(", ")
            ),
            Self::TooMany { messages, most } => write!(
                f,
                "about {messages} messages wait, more than the playbook's {most}: a person looks at them first"
            ),
            Self::NotOne { source, not_one } => write!(
                f,
                "the queue {source}, to which the messages would go, does not have exactly one consumer: {not_one}"
            ),
            Self::StillFails {
                function,
                errors,
                throttles,
            } => write!(
                f,
                "the consumer {function} is not healthy: {errors} invocations failed and {throttles} were throttled in the last \
                 {WINDOW_MINUTES} minutes; the messages would come back"
            ),
            Self::Idle { function } => write!(
                f,
                "the consumer {function} was not invoked in the last {WINDOW_MINUTES} minutes, so that nothing shows that it is healthy"
            ),
            Self::StillArrive {
                counts: Some((first, last)),
            } => write!(
                f,
                "messages still arrive in the dead-letter queue: {first} waited {WINDOW_MINUTES} minutes ago, and {last} do now"
            ),
            Self::StillArrive { counts: None } => write!(
                f,
                "CloudWatch has no two counts of the messages in the last {WINDOW_MINUTES} minutes, so that nothing shows that none arrive any more"
            ),
        }
    }
}
