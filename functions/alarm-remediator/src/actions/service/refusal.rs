//! The guard rails of all actions on services, a sentence each with its numbers.

/// A guard rail of an action on a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm does not name one service of one cluster.
    #[error(transparent)]
    Target(#[from] crate::actions::one_target::Unclear),
    /// The service does not exist.
    #[error("there is no active {0} in this account and region")]
    Absent(String),
    /// A deployment is under way.
    #[error(
        "a deployment of {0} is under way: it is planned for at the alarm's next change of state"
    )]
    Deploying(String),
    /// The service was set to no tasks.
    #[error("{0} has a desired count of 0: a person stopped it, and it stays stopped")]
    Stopped(String),
}
