//! The guard rails of all actions on functions, a sentence each with its numbers.

/// A guard rail of an action on a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The target's name is not one that Lambda accepts.
    #[error("{0:?} is not the name of a function in the alarm's account and region")]
    InvalidName(String),
    /// The alarm watches several functions.
    #[error(
        "the alarm watches {count} functions ({names}), and which of them is in trouble is not known"
    )]
    Several {
        /// How many.
        count: usize,
        /// Their names.
        names: String,
    },
    /// The function does not exist.
    #[error("there is no function {0} in this account and region")]
    Absent(String),
}
