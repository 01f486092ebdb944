//! The guard rails of this action that forbid a change, a sentence each with its numbers.

use crate::actions::service;

/// A guard rail of a service's number of tasks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail of all actions on services.
    #[error(transparent)]
    Service(#[from] service::Refusal),
    /// The service has one task on each instance.
    #[error("{0} runs one task on each instance, and has no number of tasks")]
    Daemon(String),
    /// Application Auto Scaling manages the number.
    #[error(
        "Application Auto Scaling manages the tasks of {0} and would undo a change: raise the maximum of its scaling policy"
    )]
    AutoScaled(String),
    /// The service is at the playbook's maximum.
    #[error("{target} has {tasks} tasks, and the maximum is {maximum}")]
    AtMaximum {
        /// The service.
        target: String,
        /// Its tasks.
        tasks: u32,
        /// The most tasks.
        maximum: u32,
    },
}
