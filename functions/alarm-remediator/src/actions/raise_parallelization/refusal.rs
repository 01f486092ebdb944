//! The guard rails of this action, a sentence each with its numbers.

use crate::actions::function::{self, WINDOW_MINUTES};

/// A guard rail of the parallelization factor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// A guard rail of all actions on functions.
    #[error(transparent)]
    Function(#[from] function::Refusal),
    /// CloudWatch has no iterator age.
    #[error(
        "CloudWatch has no IteratorAge of {0} in the last {WINDOW_MINUTES} minutes, so it is not known whether it falls behind"
    )]
    NoAge(String),
    /// AWS still applies a change of the mapping.
    #[error("AWS still applies the last change of the {0}")]
    Unsettled(String),
    /// The factor is at the playbook's maximum.
    #[error(
        "the parallelization factor of the {mapping} is {factor}, and the playbook's maximum is {maximum}"
    )]
    AtMaximum {
        /// The mapping.
        mapping: String,
        /// Its factor.
        factor: u32,
        /// The most that the playbook allows.
        maximum: u32,
    },
}
