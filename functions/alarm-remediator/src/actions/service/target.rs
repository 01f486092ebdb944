//! The service that an alarm is about.

use picket_rules::playbooks::Playbook;
use picket_shared::alarm::Alarm;

use super::refusal::Refusal;
use crate::actions::one_target::Names;

/// Names of clusters and services have up to 255 letters, digits, underscores and hyphens:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>.
const fn names(dimension: &'static str) -> Names {
    Names {
        dimension,
        besides: "-_",
        longest: 255,
    }
}

/// A service in its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) cluster: &'a str,
    pub(crate) service: &'a str,
}

/// `service/CLUSTER/SERVICE`, by the dimensions of the metrics of ECS:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>.
pub(crate) fn target(playbook: &Playbook, alarm: &Alarm) -> Result<String, Refusal> {
    let cluster = names("ClusterName").one(playbook, alarm)?;
    let service = names("ServiceName").one(playbook, alarm)?;
    Ok(format!("service/{cluster}/{service}"))
}

/// The names in a target.
pub(crate) fn name(target: &str) -> Name<'_> {
    let names = target.strip_prefix("service/").unwrap_or(target);
    let (cluster, service) = names.split_once('/').unwrap_or(("", names));
    Name { cluster, service }
}
