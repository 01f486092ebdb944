//! Services, from ECS, and who manages their tasks, from CloudWatch.

use std::collections::BTreeMap;

use aws_sdk_ecs::{
    Client,
    error::ProvideErrorMetadata,
    types::{
        Deployment, DeploymentControllerType, DeploymentRolloutState, DeploymentStrategy,
        SchedulingStrategy, Service as Described,
    },
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use super::{Adapters, auto_scaling};
use crate::actions::service::{ReadService, ReadServiceScaling, Service};

/// The share of the tasks that a deployment leaves running where the service states none, of a number of tasks and of one
/// on each instance: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>.
const DEFAULT_MINIMUM_OF_REPLICA: i32 = 100;
const DEFAULT_MINIMUM_OF_DAEMON: i32 = 0;

pub(super) fn service_resource(service: &str) -> Resource {
    Resource::new(
        "service",
        service,
        "correct the alarm or create the service",
    )
}

impl ReadService for Adapters {
    async fn service(&self, cluster: &str, service: &str) -> Result<Option<Service>, Fault> {
        describe(&self.ecs, cluster, service).await
    }
}

impl ReadServiceScaling for Adapters {
    async fn service_is_scaled(&self, cluster: &str, service: &str) -> Result<bool, Fault> {
        auto_scaling::is_scaled(&self.cloudwatch, &format!("service/{cluster}/{service}")).await
    }
}

/// The service; `None` where it does not exist or is not active.
pub(super) async fn describe(
    client: &Client,
    cluster: &str,
    service: &str,
) -> Result<Option<Service>, Fault> {
    let request = client
        .describe_services()
        .cluster(cluster)
        .services(service);
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) if error.code() == Some("ClusterNotFoundException") => return Ok(None),
        Err(error) => return Err(Fault::of(&service_resource(service), "read", error)),
    };
    // A service that does not exist is among the answer's failures.
    let found = answer.services().first();
    Ok(found
        .filter(|found| found.status() == Some("ACTIVE"))
        .map(read))
}

fn read(found: &Described) -> Service {
    let deployments = found.deployments();
    let newest = deployments
        .iter()
        .find(|deployment| deployment.status() == Some("PRIMARY"));
    let is_replica = found.scheduling_strategy() != Some(&SchedulingStrategy::Daemon);
    let configuration = found.deployment_configuration();
    let minimum = configuration.and_then(|it| it.minimum_healthy_percent);
    let default_minimum = if is_replica {
        DEFAULT_MINIMUM_OF_REPLICA
    } else {
        DEFAULT_MINIMUM_OF_DAEMON
    };
    Service {
        is_replica,
        is_rolling: is_rolling(found),
        desired: count(found.desired_count),
        running: count(found.running_count),
        minimum_healthy_percent: count(minimum.unwrap_or(default_minimum)),
        deployment: newest
            .and_then(Deployment::id)
            .unwrap_or_default()
            .to_owned(),
        deployed_at: newest
            .and_then(Deployment::created_at)
            .and_then(|time| Timestamp::from_second(time.secs()).ok()),
        is_steady: deployments.len() == 1 && newest.is_some_and(|newest| has_ended(newest, found)),
    }
}

/// Whether ECS replaces the tasks a few at a time. With the strategies `BLUE_GREEN`, `LINEAR` and `CANARY` it shifts the
/// traffic to another set of tasks
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>).
fn is_rolling(found: &Described) -> bool {
    let controller = found.deployment_controller().map(|it| &it.r#type);
    let strategy = found
        .deployment_configuration()
        .and_then(|it| it.strategy.as_ref());
    matches!(controller, None | Some(DeploymentControllerType::Ecs))
        && matches!(strategy, None | Some(DeploymentStrategy::Rolling))
}

/// Whether a service's only deployment has ended. ECS states how far it is of rolling updates alone, and not behind a
/// Classic Load Balancer (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>): of others, it
/// has ended when all tasks run.
fn has_ended(deployment: &Deployment, found: &Described) -> bool {
    match deployment.rollout_state() {
        Some(state) => *state == DeploymentRolloutState::Completed,
        None => found.running_count == found.desired_count,
    }
}

/// The tags of the service with this ARN.
pub(super) async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
    let answer = client.list_tags_for_resource().resource_arn(arn).send();
    let answer = answer
        .await
        .map_err(|error| Fault::of(&service_resource(arn), "read the tags of", error))?;
    let tags = answer.tags.unwrap_or_default().into_iter();
    Ok(tags
        .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
        .collect())
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
