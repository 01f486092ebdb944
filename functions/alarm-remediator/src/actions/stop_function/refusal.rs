//! The guard rails of this action, a sentence each with its numbers.

use crate::actions::function::{self, WINDOW_MINUTES};

/// A guard rail of the stop of a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// A guard rail of all actions on functions.
    #[error(transparent)]
    Function(#[from] function::Refusal),
    /// The function is stopped already.
    #[error("the reserved concurrency of {0} is 0 already: it is stopped")]
    Stopped(String),
    /// The function did not run.
    #[error(
        "CloudWatch has no Invocations of {0} in the last {WINDOW_MINUTES} minutes: there is nothing to stop"
    )]
    NotRunning(String),
}
