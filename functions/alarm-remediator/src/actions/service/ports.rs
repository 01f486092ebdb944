//! The ports of the actions on services, one verb each; the function's role allows the same calls.

use std::future::Future;

use jiff::Timestamp;
use picket_aws::Fault;

/// An active service (`DescribeServices`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Whether it runs a number of tasks, and not one on each instance.
    pub is_replica: bool,
    /// Whether ECS deploys it by replacing its tasks a few at a time: not by shifting traffic to another set of tasks,
    /// and neither CodeDeploy nor another program does.
    pub is_rolling: bool,
    /// The tasks that it shall run.
    pub desired: u32,
    /// The tasks that run.
    pub running: u32,
    /// The share of the tasks, in percent, that a deployment leaves running.
    pub minimum_healthy_percent: u32,
    /// The id of its newest deployment.
    pub deployment: String,
    /// When that was begun.
    pub deployed_at: Option<Timestamp>,
    /// Whether that has ended, and no other is under way.
    pub is_steady: bool,
}

/// Reads a service (`ecs:DescribeServices`).
pub trait ReadService: Send + Sync {
    /// The service; `None` where it does not exist or is not active.
    fn service(
        &self,
        cluster: &str,
        service: &str,
    ) -> impl Future<Output = Result<Option<Service>, Fault>> + Send;
}

/// Reads whether Application Auto Scaling manages a service's tasks (`cloudwatch:DescribeAlarms`).
///
/// A target tracking policy creates alarms named `TargetTracking-service/CLUSTER/SERVICE-AlarmHigh-…`. Step and scheduled
/// scaling have none, and are not seen.
pub trait ReadServiceScaling: Send + Sync {
    /// Whether the service has such an alarm.
    fn service_is_scaled(
        &self,
        cluster: &str,
        service: &str,
    ) -> impl Future<Output = Result<bool, Fault>> + Send;
}

/// The ports that read the facts.
pub trait ReadPorts: ReadService + ReadServiceScaling {}

impl<T: ReadService + ReadServiceScaling> ReadPorts for T {}
