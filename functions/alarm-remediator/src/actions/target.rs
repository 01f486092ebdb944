//! The choice of the action that reads its target from an alarm.

use picket_rules::playbooks::{Action, Playbook};
use picket_shared::alarm::Alarm;

use super::{
    Refusal, diagnose, function, pause_mapping, raise_parallelization, raise_shards,
    raise_table_throughput, redrive_queue, reserved_concurrency, roll_back_alias, run_automation,
    service, set_log_retention, set_parameter, stop_function,
};
use crate::model::Home;

/// The one target that an alarm names for a playbook's action. `home` has the resources of the stack, which a playbook
/// may name.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm, home: &Home) -> Result<String, Refusal> {
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
        Action::Diagnose(bounds) => Ok(diagnose::target(playbook, bounds, alarm, home)?),
    }
}
