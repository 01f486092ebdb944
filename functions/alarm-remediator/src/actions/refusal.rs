//! The guard rails that forbid a change: those that the actions share, and those of each.

use super::{
    diagnose, pause_mapping, raise_parallelization, raise_shards, raise_table_throughput,
    raise_task_count, redeploy_service, redrive_queue, reserved_concurrency, roll_back_alias,
    run_automation, service, set_log_retention, set_parameter, stop_function,
};
use crate::refusal;

/// A guard rail that forbids a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail that the actions share.
    #[error(transparent)]
    Shared(#[from] refusal::Refusal),
    /// A guard rail of the reservation.
    #[error(transparent)]
    ReservedConcurrency(#[from] reserved_concurrency::Refusal),
    /// A guard rail of the stop of a function.
    #[error(transparent)]
    StopFunction(#[from] stop_function::Refusal),
    /// A guard rail of the pause of a mapping.
    #[error(transparent)]
    PauseMapping(#[from] pause_mapping::Refusal),
    /// A guard rail of the parallelization factor.
    #[error(transparent)]
    RaiseParallelization(#[from] raise_parallelization::Refusal),
    /// A guard rail of the rollback of an alias.
    #[error(transparent)]
    RollBackAlias(#[from] roll_back_alias::Refusal),
    /// A guard rail of a parameter.
    #[error(transparent)]
    SetParameter(#[from] set_parameter::Refusal),
    /// A guard rail of a table's throughput.
    #[error(transparent)]
    TableThroughput(#[from] raise_table_throughput::Refusal),
    /// A guard rail of a stream's shards.
    #[error(transparent)]
    Shards(#[from] raise_shards::Refusal),
    /// A guard rail of a log group's retention.
    #[error(transparent)]
    LogRetention(#[from] set_log_retention::Refusal),
    /// A guard rail of an action on a service.
    #[error(transparent)]
    Service(#[from] service::Refusal),
    /// A guard rail of a service's number of tasks.
    #[error(transparent)]
    TaskCount(#[from] raise_task_count::Refusal),
    /// A guard rail of a forced deployment.
    #[error(transparent)]
    Redeploy(#[from] redeploy_service::Refusal),
    /// A guard rail of the redrive of a queue.
    #[error(transparent)]
    Redrive(#[from] redrive_queue::Refusal),
    /// A guard rail of the run of a document.
    #[error(transparent)]
    Automation(#[from] run_automation::Refusal),
    /// Nothing can be diagnosed.
    #[error(transparent)]
    Diagnosis(#[from] diagnose::Refusal),
}
