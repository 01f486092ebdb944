//! The actions of playbooks. Each is a folder with its target, facts, decision and findings; this file chooses among
//! them. What an action decides on is a write of one setting, which the remediator makes, verifies and reverts.
//!
//! A new action is a new folder here, a variant in each enum below, its bounds in `picket_rules::playbooks`, and, where
//! it needs them, a setting, facts and their ports.

pub mod diagnose;
pub mod function;
pub mod mapping;
pub mod one_target;
pub mod pause_mapping;
pub mod raise_parallelization;
pub mod raise_shards;
pub mod raise_table_throughput;
pub mod raise_task_count;
pub mod redeploy_service;
pub mod redrive_queue;
pub mod reserved_concurrency;
pub mod roll_back_alias;
pub mod run_automation;
pub(crate) mod series;
pub mod service;
pub mod set_log_retention;
pub mod set_parameter;
pub mod stop_function;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod window;

use std::{convert::Infallible, fmt};

use jiff::Timestamp;
use picket_rules::playbooks::{
    Action, Playbook, RaiseParallelization, RaiseReservedConcurrency, RaiseShards,
    RaiseTableThroughput, RaiseTaskCount, RedeployService, RedriveQueue, RollBackAlias,
    RunAutomation, SetLogRetention, SetParameter,
};
use picket_shared::alarm::Alarm;

use crate::{
    audit::ReadAudit,
    change::Decision,
    error::logged,
    model::{Candidate, Home, Scope},
    reads::{ReadMetrics, ReadSetting, ReadTags},
    refusal,
};

/// The ports that read the facts of all actions.
pub trait ActionPorts:
    ReadAudit
    + ReadSetting
    + ReadTags
    + ReadMetrics
    + reserved_concurrency::ReadAccount
    + mapping::ReadMappings
    + roll_back_alias::ReadVersions
    + raise_table_throughput::ReadPorts
    + raise_shards::ReadPorts
    + set_log_retention::ReadLogGroup
    + redrive_queue::ports::ReadPorts
    + service::ReadPorts
    + run_automation::ReadDocument
    + diagnose::ReadPorts
{
}

impl<T> ActionPorts for T where
    T: ReadAudit
        + ReadSetting
        + ReadTags
        + ReadMetrics
        + reserved_concurrency::ReadAccount
        + mapping::ReadMappings
        + roll_back_alias::ReadVersions
        + raise_table_throughput::ReadPorts
        + raise_shards::ReadPorts
        + set_log_retention::ReadLogGroup
        + redrive_queue::ports::ReadPorts
        + service::ReadPorts
        + run_automation::ReadDocument
        + diagnose::ReadPorts
{
}

/// The facts about a candidate's target, with the bounds of the action that read them.
#[derive(Debug, Clone, PartialEq)]
pub enum Facts<'a> {
    /// A read failed, for this reason.
    Unreachable(String),
    /// A function and its account; `None` where the function does not exist.
    ReservedConcurrency(
        &'a RaiseReservedConcurrency,
        Option<reserved_concurrency::FunctionFacts>,
    ),
    /// A function to stop; `None` where it does not exist.
    StopFunction(Option<stop_function::StopFacts>),
    /// A function and its event source mappings; `None` where it does not exist.
    PauseMapping(Option<pause_mapping::PauseFacts>),
    /// A function that falls behind its stream; `None` where it does not exist.
    RaiseParallelization(
        RaiseParallelization,
        Option<raise_parallelization::LagFacts>,
    ),
    /// An alias and the versions of its function; `None` where it does not exist.
    RollBackAlias(&'a RollBackAlias, Option<roll_back_alias::AliasFacts>),
    /// A parameter; `None` where it does not exist.
    SetParameter(&'a SetParameter, Option<set_parameter::ParameterFacts>),
    /// A table, its indexes and the account; `None` where the table does not exist.
    TableThroughput(
        &'a RaiseTableThroughput,
        Option<raise_table_throughput::TableFacts>,
    ),
    /// A stream and the account's shards; `None` where the stream does not exist.
    Shards(&'a RaiseShards, Option<raise_shards::StreamFacts>),
    /// A log group; `None` where it does not exist.
    LogRetention(SetLogRetention, Option<set_log_retention::GroupFacts>),
    /// A service that may need more tasks; `None` where it does not exist.
    TaskCount(RaiseTaskCount, Option<raise_task_count::BusyFacts>),
    /// A service whose tasks may be replaced; `None` where it does not exist.
    Redeploy(RedeployService, Option<redeploy_service::RedeployFacts>),
    /// A dead-letter queue; `None` where it does not exist.
    Redrive(RedriveQueue, Option<redrive_queue::RedriveFacts>),
    /// An Automation document; `None` where it is not listed.
    Automation(&'a RunAutomation, Option<run_automation::AutomationFacts>),
    /// What a diagnosis could read.
    Diagnosis(diagnose::Facts),
}

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

/// The one target that an alarm names for a playbook's action.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    match &playbook.action {
        Action::RaiseReservedConcurrency(_) => {
            Ok(function::target(playbook, alarm).map_err(reserved_concurrency::Refusal::from)?)
        }
        Action::StopFunction(bounds) => Ok(stop_function::target(playbook, bounds, alarm)?),
        Action::PauseMapping(_) => {
            Ok(function::target(playbook, alarm).map_err(pause_mapping::Refusal::from)?)
        }
        Action::RaiseParallelization(_) => {
            Ok(function::target(playbook, alarm).map_err(raise_parallelization::Refusal::from)?)
        }
        Action::RollBackAlias(_) => Ok(roll_back_alias::target(playbook, alarm)?),
        Action::SetParameter(bounds) => Ok(set_parameter::target(bounds)),
        Action::RaiseTableThroughput(_) => Ok(raise_table_throughput::target(playbook, alarm)?),
        Action::RaiseShards(_) => Ok(raise_shards::target(playbook, alarm)?),
        Action::SetLogRetention(_) => Ok(set_log_retention::target(playbook, alarm)?),
        Action::RaiseTaskCount(_) | Action::RedeployService(_) => {
            Ok(service::target(playbook, alarm)?)
        }
        Action::RedriveQueue(_) => Ok(redrive_queue::target(playbook, alarm)?),
        Action::RunAutomation(bounds) => Ok(run_automation::target(playbook, bounds, alarm)?),
        Action::Diagnose(_) => Ok(diagnose::target(playbook, alarm)?),
    }
}

/// Reads the facts. One read that fails makes all of them unreachable, so that nothing is decided on half of them.
pub(crate) async fn read_facts<'a>(
    candidate: &Candidate<'a>,
    home: &Home,
    ports: &impl ActionPorts,
    now: Timestamp,
) -> Facts<'a> {
    let facts = match &candidate.playbook.action {
        Action::RaiseReservedConcurrency(bounds) => {
            reserved_concurrency::read_facts(candidate, home, ports, now)
                .await
                .map(|facts| Facts::ReservedConcurrency(bounds, facts))
        }
        Action::StopFunction(_) => stop_function::read_facts(candidate, home, ports, now)
            .await
            .map(Facts::StopFunction),
        Action::PauseMapping(_) => pause_mapping::read_facts(candidate, home, ports, now)
            .await
            .map(Facts::PauseMapping),
        Action::RaiseParallelization(bounds) => {
            raise_parallelization::read_facts(candidate, home, ports, now)
                .await
                .map(|facts| Facts::RaiseParallelization(*bounds, facts))
        }
        Action::RollBackAlias(bounds) => roll_back_alias::read_facts(candidate, home, ports, now)
            .await
            .map(|facts| Facts::RollBackAlias(bounds, facts)),
        Action::SetParameter(bounds) => {
            set_parameter::read_facts(candidate, bounds, home, ports, now)
                .await
                .map(|facts| Facts::SetParameter(bounds, facts))
        }
        Action::RaiseTableThroughput(bounds) => {
            raise_table_throughput::read_facts(candidate, home, ports, now)
                .await
                .map(|facts| Facts::TableThroughput(bounds, facts))
        }
        Action::RaiseShards(bounds) => raise_shards::read_facts(candidate, home, ports, now)
            .await
            .map(|facts| Facts::Shards(bounds, facts)),
        Action::SetLogRetention(bounds) => {
            set_log_retention::read_facts(candidate, home, ports, now)
                .await
                .map(|facts| Facts::LogRetention(*bounds, facts))
        }
        Action::RaiseTaskCount(bounds) => raise_task_count::read_facts(candidate, home, ports, now)
            .await
            .map(|facts| Facts::TaskCount(*bounds, facts)),
        Action::RedeployService(bounds) => {
            redeploy_service::read_facts(candidate, home, ports, now)
                .await
                .map(|facts| Facts::Redeploy(*bounds, facts))
        }
        Action::RedriveQueue(bounds) => {
            redrive_queue::read_facts(candidate, *bounds, home, ports, now)
                .await
                .map(|facts| Facts::Redrive(*bounds, facts))
        }
        Action::RunAutomation(bounds) => run_automation::read_facts(candidate, bounds, ports, now)
            .await
            .map(|facts| Facts::Automation(bounds, facts)),
        Action::Diagnose(_) => Ok(Facts::Diagnosis(
            diagnose::read_facts(candidate, home, ports, now).await,
        )),
    };
    facts.unwrap_or_else(|fault| Facts::Unreachable(logged(&fault)))
}

/// Decides what the facts call for.
pub(crate) fn decide(
    candidate: &Candidate<'_>,
    facts: &Facts<'_>,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<Decision<Finding>, Refusal> {
    match facts {
        Facts::Unreachable(reason) => Err(refusal::Refusal::Unreachable(reason.clone()).into()),
        Facts::ReservedConcurrency(bounds, facts) => {
            reserved_concurrency::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::ReservedConcurrency))
                .map_err(Into::into)
        }
        Facts::StopFunction(facts) => stop_function::decide(candidate, facts.as_ref(), scope, now)
            .map(without_finding)
            .map_err(Into::into),
        Facts::PauseMapping(facts) => pause_mapping::decide(candidate, facts.as_ref(), scope, now)
            .map(|decision| decision.map(Finding::PauseMapping))
            .map_err(Into::into),
        Facts::RaiseParallelization(bounds, facts) => {
            raise_parallelization::decide(candidate, *bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::RaiseParallelization))
                .map_err(Into::into)
        }
        Facts::RollBackAlias(bounds, facts) => {
            roll_back_alias::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::RollBackAlias))
                .map_err(Into::into)
        }
        Facts::SetParameter(bounds, facts) => {
            set_parameter::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(without_finding)
                .map_err(Into::into)
        }
        Facts::TableThroughput(bounds, facts) => {
            raise_table_throughput::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::TableThroughput))
                .map_err(Into::into)
        }
        Facts::Shards(bounds, facts) => {
            raise_shards::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::Shards))
                .map_err(Into::into)
        }
        Facts::LogRetention(bounds, facts) => {
            set_log_retention::decide(candidate, *bounds, facts.as_ref(), scope, now)
                .map(|change| Decision::Change(Box::new(change)))
                .map_err(Into::into)
        }
        Facts::TaskCount(bounds, facts) => {
            raise_task_count::decide(candidate, *bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::TaskCount))
                .map_err(Into::into)
        }
        Facts::Redeploy(bounds, facts) => {
            redeploy_service::decide(candidate, *bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::Redeploy))
                .map_err(Into::into)
        }
        Facts::Redrive(bounds, facts) => {
            redrive_queue::decide(candidate, *bounds, facts.as_ref(), scope, now)
                .map(|decision| decision.map(Finding::Redrive))
                .map_err(Into::into)
        }
        Facts::Automation(bounds, facts) => {
            run_automation::decide(candidate, bounds, facts.as_ref(), scope, now)
                .map(without_finding)
                .map_err(Into::into)
        }
        Facts::Diagnosis(facts) => Ok(Decision::Diagnose(Finding::Diagnosis(diagnose::decide(
            candidate, facts,
        )))),
    }
}

/// The decision of an action that has no findings.
fn without_finding(decision: Decision<Infallible>) -> Decision<Finding> {
    decision.map(|never| match never {})
}
