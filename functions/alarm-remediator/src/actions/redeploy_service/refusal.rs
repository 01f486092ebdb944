//! The guard rails of this action that forbid a change, a sentence each with its numbers.

use crate::actions::service;

/// A guard rail of a forced deployment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A guard rail of all actions on services.
    #[error(transparent)]
    Service(#[from] service::Refusal),
    /// A deployment of the service is no rolling update.
    #[error(
        "{0} is not deployed by rolling updates: ECS shifts its traffic to other tasks, or CodeDeploy or another program deploys it"
    )]
    OtherController(String),
    /// The deployment would stop more than half of the tasks before new ones run.
    #[error(
        "a deployment of {target} may leave {percent} % of its tasks running (minimumHealthyPercent), less than {least} %"
    )]
    StopsTooMany {
        /// The service.
        target: String,
        /// The share that is left running.
        percent: u32,
        /// The least share.
        least: u32,
    },
}
