//! The guard rails of this action, a sentence each.

/// A guard rail of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The parameter does not exist.
    #[error("there is no parameter {0} in this account and region")]
    Absent(String),
    /// The parameter has a value that the playbook does not list. The sentence does not have the value, which may be a
    /// secret.
    #[error(
        "the value of the parameter {name} is none of the playbook's ({allowed}): a person has set it"
    )]
    SetByAPerson {
        /// The parameter.
        name: String,
        /// The values that the playbook allows.
        allowed: String,
    },
    /// The parameter has the value already.
    #[error("the parameter {name} is {value:?} already")]
    AlreadySet {
        /// The parameter.
        name: String,
        /// Its value.
        value: String,
    },
}
