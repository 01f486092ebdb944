//! The actions, by their names in the file.

use super::{
    Diagnose, Mode, PauseMapping, RaiseParallelization, RaiseReservedConcurrency, RaiseShards,
    RaiseTableThroughput, RaiseTaskCount, RedeployService, RedriveQueue, RollBackAlias,
    RunAutomation, SetLogRetention, SetParameter, StopFunction,
};
use crate::yaml::{Log, Node, Value};

/// The names, for the sentence that refuses another one.
const NAMES: &str = "`raise-reserved-concurrency`, `stop-function`, `pause-mapping`, `raise-parallelization`, \
                     `raise-table-throughput`, `raise-shards`, `roll-back-alias`, `raise-task-count`, `redeploy-service`, `redrive-queue`, `run-automation`, \
                     `set-parameter`, `set-log-retention` or `diagnose`";

/// An action, with its bounds.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Raises a Lambda function's reservation, where it has one and that is what throttles.
    RaiseReservedConcurrency(RaiseReservedConcurrency),
    /// Stops a Lambda function: a reservation of 0.
    StopFunction(StopFunction),
    /// Disables the event source mapping of a function that fails.
    PauseMapping(PauseMapping),
    /// Raises the parallelization factor of a stream's event source mapping.
    RaiseParallelization(RaiseParallelization),
    /// Raises what a `DynamoDB` table or index may read and write.
    RaiseTableThroughput(RaiseTableThroughput),
    /// Raises the number of a Kinesis stream's shards.
    RaiseShards(RaiseShards),
    /// Sets a Lambda alias to the version before the current one.
    RollBackAlias(RollBackAlias),
    /// Raises the number of tasks of an ECS service.
    RaiseTaskCount(RaiseTaskCount),
    /// Replaces the tasks of an ECS service.
    RedeployService(RedeployService),
    /// Moves the messages of a dead-letter queue back to their source.
    RedriveQueue(RedriveQueue),
    /// Runs an Automation document of Systems Manager.
    RunAutomation(RunAutomation),
    /// Sets an SSM parameter that an application reads.
    SetParameter(SetParameter),
    /// Sets the retention of a log group.
    SetLogRetention(SetLogRetention),
    /// Changes nothing: reads what explains the alarm.
    Diagnose(Diagnose),
}

impl Action {
    /// Returns the name in the file, in messages and in the audit.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RaiseReservedConcurrency(_) => "raise-reserved-concurrency",
            Self::StopFunction(_) => "stop-function",
            Self::PauseMapping(_) => "pause-mapping",
            Self::RaiseParallelization(_) => "raise-parallelization",
            Self::RaiseTableThroughput(_) => "raise-table-throughput",
            Self::RaiseShards(_) => "raise-shards",
            Self::RollBackAlias(_) => "roll-back-alias",
            Self::RaiseTaskCount(_) => "raise-task-count",
            Self::RedeployService(_) => "redeploy-service",
            Self::RedriveQueue(_) => "redrive-queue",
            Self::RunAutomation(_) => "run-automation",
            Self::SetParameter(_) => "set-parameter",
            Self::SetLogRetention(_) => "set-log-retention",
            Self::Diagnose(_) => "diagnose",
        }
    }

    /// Whether it starts something that ends by itself, and that no revert takes back.
    pub const fn is_run(&self) -> bool {
        matches!(
            self,
            Self::RedeployService(_) | Self::RedriveQueue(_) | Self::RunAutomation(_)
        )
    }

    /// Reads `action`. `mode` is the playbook's, where it is valid: no part of an action may exceed it.
    pub(super) fn read(node: &Node, mode: Option<Mode>, log: &mut Log) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            log.at(node.at, "`action` must be a mapping of fields");
            return None;
        };
        let actions: Vec<_> = entries
            .iter()
            .map(|(key, bounds)| Self::named(key, bounds, mode, log))
            .collect();
        if actions.len() == 1 {
            return actions.into_iter().next().flatten();
        }
        let message = format!("`action` has {} actions: write one", actions.len());
        log.at(node.at, message);
        None
    }

    fn named(key: &Node, bounds: &Node, mode: Option<Mode>, log: &mut Log) -> Option<Self> {
        match key.text().unwrap_or_default() {
            "raise-reserved-concurrency" => {
                RaiseReservedConcurrency::read(bounds, log).map(Self::RaiseReservedConcurrency)
            }
            "stop-function" => StopFunction::read(bounds, log).map(Self::StopFunction),
            "pause-mapping" => PauseMapping::read(bounds, log).map(Self::PauseMapping),
            "raise-parallelization" => {
                RaiseParallelization::read(bounds, log).map(Self::RaiseParallelization)
            }
            "raise-table-throughput" => {
                RaiseTableThroughput::read(bounds, mode, log).map(Self::RaiseTableThroughput)
            }
            "raise-shards" => RaiseShards::read(bounds, mode, log).map(Self::RaiseShards),
            "roll-back-alias" => RollBackAlias::read(bounds, log).map(Self::RollBackAlias),
            "raise-task-count" => RaiseTaskCount::read(bounds, log).map(Self::RaiseTaskCount),
            "redeploy-service" => RedeployService::read(bounds, log).map(Self::RedeployService),
            "redrive-queue" => RedriveQueue::read(bounds, log).map(Self::RedriveQueue),
            "run-automation" => RunAutomation::read(bounds, log).map(Self::RunAutomation),
            "set-parameter" => SetParameter::read(bounds, log).map(Self::SetParameter),
            "set-log-retention" => SetLogRetention::read(bounds, log).map(Self::SetLogRetention),
            "diagnose" => Diagnose::read(bounds, log).map(Self::Diagnose),
            name => {
                log.at(
                    key.at,
                    format!("unknown action `{name}`: expected one of {NAMES}"),
                );
                None
            }
        }
    }
}
