//! The guard rails of this action, a sentence each.

/// A guard rail of the run of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm's metric has no such dimension.
    #[error("the alarm's metric has no dimension {0}: without a target nothing is changed")]
    NoDimension(String),
    /// The alarm's metrics have several values of the dimension.
    #[error(
        "the alarm's metrics have several values of the dimension {dimension} ({values}), and which of them is in trouble is not known"
    )]
    Several {
        /// The dimension.
        dimension: String,
        /// Its values.
        values: String,
    },
    /// The value has characters that could be more than a value in a script.
    #[error(
        "the value {value:?} of the parameter {parameter} has other characters than letters, digits and - _ . / :, which a document's script may run"
    )]
    Illegal {
        /// The parameter.
        parameter: String,
        /// The value.
        value: String,
    },
    /// The stack's parameter does not list the document.
    #[error("the document {0} is not among those of the stack's parameter RemediationDocuments")]
    NotListed(String),
    /// The document does not exist.
    #[error("there is no document {0} in this account and region")]
    Absent(String),
    /// The document is of another type.
    #[error("the document {name} is of the type {kind}, and only Automation documents are run")]
    NotAutomation {
        /// The document.
        name: String,
        /// Its type.
        kind: String,
    },
    /// The document has no such parameter.
    #[error("the document {name} has no parameter {parameter}")]
    NoParameter {
        /// The document.
        name: String,
        /// The parameter.
        parameter: String,
    },
    /// A run of the document is under way.
    #[error("a run of the document {0} is under way, and one is made at a time")]
    Running(String),
}
