//! The reasons why nothing can be diagnosed.

use crate::actions::{function, one_target::Unclear, raise_shards, raise_table_throughput};

/// The reason why nothing can be diagnosed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] crate::refusal::Refusal),
    /// The alarm does not name one function.
    #[error(transparent)]
    Function(#[from] function::Refusal),
    /// The alarm does not name one stream.
    #[error(transparent)]
    Stream(#[from] raise_shards::Refusal),
    /// The alarm does not name one table.
    #[error(transparent)]
    Table(#[from] raise_table_throughput::Refusal),
    /// The alarm does not name one model.
    #[error(transparent)]
    Model(#[from] Unclear),
    /// The playbook names resources of the stack alone, and none of them has a value.
    #[error("the playbook names resources of the stack that have no value: {0}")]
    Unset(String),
}
