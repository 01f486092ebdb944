//! The choice of the action that decides on the facts.

use std::convert::Infallible;

use jiff::Timestamp;

use super::{
    Facts, Finding, Refusal, diagnose, pause_mapping, raise_parallelization, raise_shards,
    raise_table_throughput, raise_task_count, redeploy_service, redrive_queue,
    reserved_concurrency, roll_back_alias, run_automation, set_log_retention, set_parameter,
    stop_function,
};
use crate::{
    change::Decision,
    model::{Candidate, Scope},
    refusal,
};

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
