//! The facts that an action decides on, and the choice of the action that reads them.

use jiff::Timestamp;
use picket_rules::playbooks::{
    Action, RaiseParallelization, RaiseReservedConcurrency, RaiseShards, RaiseTableThroughput,
    RaiseTaskCount, RedeployService, RedriveQueue, RollBackAlias, RunAutomation, SetLogRetention,
    SetParameter,
};

use super::{
    ActionPorts, diagnose, pause_mapping, raise_parallelization, raise_shards,
    raise_table_throughput, raise_task_count, redeploy_service, redrive_queue,
    reserved_concurrency, roll_back_alias, run_automation, set_log_retention, set_parameter,
    stop_function,
};
use crate::{
    error::logged,
    model::{Candidate, Home},
};

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
        Action::Diagnose(bounds) => Ok(Facts::Diagnosis(
            diagnose::read_facts(candidate, bounds, home, ports, now).await,
        )),
    };
    facts.unwrap_or_else(|fault| Facts::Unreachable(logged(&fault)))
}
