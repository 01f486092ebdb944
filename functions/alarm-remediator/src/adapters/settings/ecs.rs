//! The settings of ECS services: the number of tasks, and the newest deployment.

use aws_sdk_ecs::{
    Client,
    config::{Config, retry::RetryConfig},
    error::ProvideErrorMetadata,
    operation::update_service::{UpdateServiceError, builders::UpdateServiceFluentBuilder},
};
use picket_aws::Fault;

use super::not_of_its_kind;
use crate::{
    adapters::ecs::{describe, service_resource},
    setting::{Reading, Value},
};

/// Reads the number of tasks that a service shall run. A deployment that is under way does not keep it from being set.
pub(super) async fn read_count(
    client: &Client,
    cluster: &str,
    service: &str,
) -> Result<Option<Reading>, Fault> {
    let found = describe(client, cluster, service).await?;
    Ok(found.map(|found| Reading::settled(Value::Number(found.desired.into()))))
}

/// Reads the id of the newest deployment.
pub(super) async fn read_deployment(
    client: &Client,
    cluster: &str,
    service: &str,
) -> Result<Option<Reading>, Fault> {
    let found = describe(client, cluster, service).await?;
    Ok(found.map(|found| Reading {
        value: Value::Text(found.deployment),
        revision: None,
        settled: found.is_steady,
    }))
}

/// Sets the number of tasks (`ecs:UpdateService`).
pub(super) async fn write_count(
    client: &Client,
    cluster: &str,
    service: &str,
    to: &Value,
) -> Result<(), Fault> {
    let count = to.number().and_then(|count| i32::try_from(count).ok());
    let count = count.ok_or_else(|| not_of_its_kind(&to.to_string()))?;
    let request = client.update_service().cluster(cluster).service(service);
    send(request.desired_count(count), service).await
}

/// Forces a new deployment (`ecs:UpdateService`). The SDK does not try it again: the request has no token, and each one
/// that ECS accepts replaces the tasks.
pub(super) async fn deploy(
    client: &Client,
    cluster: &str,
    service: &str,
    to: &Value,
) -> Result<(), Fault> {
    if *to != Value::NewRun {
        return Err(not_of_its_kind(&to.to_string()));
    }
    let once = Config::builder().retry_config(RetryConfig::disabled());
    let request = client.update_service().cluster(cluster).service(service);
    let request = request.force_new_deployment(true);
    let answer = request.customize().config_override(once).send().await;
    answer.map(|_| ()).map_err(|error| refused(service, error))
}

async fn send(request: UpdateServiceFluentBuilder, service: &str) -> Result<(), Fault> {
    let answer = request.send().await;
    answer.map(|_| ()).map_err(|error| refused(service, error))
}

fn refused(service: &str, error: aws_sdk_ecs::error::SdkError<UpdateServiceError>) -> Fault {
    let said = error.message().unwrap_or("no reason").to_owned();
    match error.as_service_error() {
        Some(refused)
            if refused.is_invalid_parameter_exception()
                || refused.is_service_not_active_exception()
                || refused.is_service_not_found_exception()
                || refused.is_unsupported_feature_exception()
                || refused.is_client_exception() =>
        {
            Fault::permanent(format!(
                "ECS refuses the change of the service {service}: {said}"
            ))
            .because(error)
        }
        _ => Fault::of(&service_resource(service), "change", error),
    }
}
