//! The guard rails of this action, a sentence each with its numbers.

/// A guard rail of the redrive of a queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm does not name one queue.
    #[error(transparent)]
    Target(#[from] crate::actions::one_target::Unclear),
    /// The queue does not exist.
    #[error("there is no {0} in this account and region")]
    Absent(String),
    /// Nothing waits in the queue.
    #[error("no message waits in {0}: there is nothing to move")]
    Empty(String),
    /// SQS moves messages of the queue already, one move at a time.
    #[error(
        "messages of {0} are being moved already, and SQS moves those of a queue once at a time"
    )]
    Moving(String),
}
