//! The guard rails of this action that forbid a change, a sentence each with its numbers.

/// A guard rail of a log group's retention.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm does not name one log group.
    #[error(transparent)]
    Target(#[from] crate::actions::one_target::Unclear),
    /// The group does not exist.
    #[error("there is no {0} in this account and region")]
    Absent(String),
    /// The log group has a retention.
    #[error(
        "{target} keeps its events for {days} days, which a person or a template chose: only a group without retention gets one"
    )]
    Chosen {
        /// The group.
        target: String,
        /// Its retention.
        days: u64,
    },
}
