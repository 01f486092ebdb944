//! The guard rails of this action, a sentence each with its numbers.

use crate::actions::function;

/// A guard rail of the rollback of an alias.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// A guard rail of all actions on functions.
    #[error(transparent)]
    Function(#[from] function::Refusal),
    /// The function or the alias does not exist.
    #[error("there is no function {0} with the alarm's alias in this account and region")]
    Absent(String),
    /// The alias points to `$LATEST`.
    #[error(
        "the alias {0} points to $LATEST, which is not a version: publish versions to be able to roll back"
    )]
    Latest(String),
    /// The alias sends its traffic to two versions.
    #[error(
        "the alias {0} has weights: a deployment shifts its traffic, and what shifts it rolls it back"
    )]
    Weighted(String),
    /// The alias's version is not among the function's.
    #[error("Lambda does not list version {version}, to which the alias {alias} points")]
    UnknownVersion {
        /// The alias.
        alias: String,
        /// Its version.
        version: String,
    },
    /// The alias has no errors.
    #[error("CloudWatch has no Errors of {0} since its version was published")]
    NoErrors(String),
    /// There is no version before.
    #[error("there is no version before {version}, to which the alias {alias} points")]
    NoPrevious {
        /// The alias.
        alias: String,
        /// Its version.
        version: u64,
    },
}
