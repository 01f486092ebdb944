//! What an action found where it has nothing to repair.

use std::fmt;

use super::{
    diagnose, pause_mapping, raise_parallelization, raise_shards, raise_table_throughput,
    raise_task_count, redeploy_service, redrive_queue, reserved_concurrency, roll_back_alias,
};

/// A finding where an action has nothing to repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The reason why a function is throttled.
    ReservedConcurrency(reserved_concurrency::Finding),
    /// The reason why no mapping is paused.
    PauseMapping(pause_mapping::Finding),
    /// The reason why a stream's records are not processed by more invocations at one time.
    RaiseParallelization(raise_parallelization::Finding),
    /// The reason why an alias keeps its version.
    RollBackAlias(roll_back_alias::Finding),
    /// The reason why a table is throttled.
    TableThroughput(raise_table_throughput::Finding),
    /// The reason why a stream is in trouble.
    Shards(raise_shards::Finding),
    /// The reason why a service gets no more tasks.
    TaskCount(raise_task_count::Finding),
    /// The reason why a service's tasks are not replaced.
    Redeploy(redeploy_service::Finding),
    /// The reason why the messages of a dead-letter queue stay.
    Redrive(redrive_queue::Finding),
    /// What a diagnosis read.
    Diagnosis(diagnose::Finding),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedConcurrency(finding) => finding.fmt(f),
            Self::PauseMapping(finding) => finding.fmt(f),
            Self::RaiseParallelization(finding) => finding.fmt(f),
            Self::RollBackAlias(finding) => finding.fmt(f),
            Self::TableThroughput(finding) => finding.fmt(f),
            Self::Shards(finding) => finding.fmt(f),
            Self::TaskCount(finding) => finding.fmt(f),
            Self::Redeploy(finding) => finding.fmt(f),
            Self::Redrive(finding) => finding.fmt(f),
            Self::Diagnosis(finding) => finding.fmt(f),
        }
    }
}

impl Finding {
    /// Whether the cause may pass while the alarm stays in ALARM, so that the alarm is planned for again.
    pub(crate) const fn may_pass(&self) -> bool {
        match self {
            Self::Redrive(finding) => finding.may_pass(),
            Self::ReservedConcurrency(_)
            | Self::PauseMapping(_)
            | Self::RaiseParallelization(_)
            | Self::RollBackAlias(_)
            | Self::TableThroughput(_)
            | Self::Shards(_)
            | Self::TaskCount(_)
            | Self::Redeploy(_)
            | Self::Diagnosis(_) => false,
        }
    }
}
