//! The reasons why nothing can be diagnosed.

use crate::actions::{function, raise_shards, raise_table_throughput};

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
}
