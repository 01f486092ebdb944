//! The guard rails of this action, a sentence each with its numbers.

use crate::actions::function::{self, WINDOW_MINUTES};

/// A guard rail of the pause of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// A guard rail of all actions on functions.
    #[error(transparent)]
    Function(#[from] function::Refusal),
    /// The function has no errors.
    #[error(
        "CloudWatch has no Errors of {0} in the last {WINDOW_MINUTES} minutes: its errors are not the cause"
    )]
    NoErrors(String),
    /// AWS still applies a change of the mapping.
    #[error("AWS still applies the last change of the {0}")]
    Unsettled(String),
}
