//! Event source mappings.

use aws_sdk_lambda::{
    Client,
    operation::{
        get_event_source_mapping::{GetEventSourceMappingError, GetEventSourceMappingOutput},
        update_event_source_mapping::builders::UpdateEventSourceMappingFluentBuilder,
    },
    types::EventSourceMappingConfiguration,
};
use picket_aws::{Fault, fault::Resource};

use super::{function_resource, write_fault};
use crate::{
    actions::{
        mapping::{Mapping, ReadMappings},
        redrive_queue::{Consumer, ReadConsumers},
    },
    adapters::{Adapters, settings::not_of_its_kind},
    setting::{Reading, Value},
};

/// The factor of a mapping of which Lambda gives none:
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>.
const DEFAULT_PARALLELIZATION: u32 = 1;

fn mapping_resource(uuid: &str) -> Resource {
    Resource::new(
        "event source mapping",
        uuid,
        "it was deleted, with its function or by a person",
    )
}

/// Whether a mapping is enabled (`lambda:GetEventSourceMapping`).
pub(in crate::adapters::settings) async fn read_enabled(
    lambda: &Client,
    uuid: &str,
) -> Result<Option<Reading>, Fault> {
    let mapping = read(lambda, uuid).await?;
    Ok(mapping.map(|mapping| {
        let state = mapping.state().unwrap_or_default();
        reading(Value::Flag(is_enabled(state)), state)
    }))
}

/// A mapping's parallelization factor (`lambda:GetEventSourceMapping`).
pub(in crate::adapters::settings) async fn read_parallelization(
    lambda: &Client,
    uuid: &str,
) -> Result<Option<Reading>, Fault> {
    let Some(mapping) = read(lambda, uuid).await? else {
        return Ok(None);
    };
    let factor = factor(mapping.parallelization_factor)?;
    let state = mapping.state().unwrap_or_default();
    Ok(Some(reading(Value::Number(factor.into()), state)))
}

async fn read(lambda: &Client, uuid: &str) -> Result<Option<GetEventSourceMappingOutput>, Fault> {
    let answer = lambda.get_event_source_mapping().uuid(uuid).send().await;
    match answer {
        Ok(mapping) => Ok(Some(mapping)),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetEventSourceMappingError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Fault::of(&mapping_resource(uuid), "read", error)),
    }
}

fn reading(value: Value, state: &str) -> Reading {
    Reading {
        value,
        revision: None,
        settled: is_settled(state),
    }
}

/// Whether a mapping reads its source, or will: `Creating`, `Enabling`, `Enabled`, `Disabling`, `Disabled`, `Updating`
/// and `Deleting` are the states of
/// <https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html>.
fn is_enabled(state: &str) -> bool {
    !matches!(state, "Disabled" | "Disabling" | "Deleting")
}

fn is_settled(state: &str) -> bool {
    matches!(state, "Enabled" | "Disabled")
}

fn factor(number: Option<i32>) -> Result<u32, Fault> {
    number.map_or(Ok(DEFAULT_PARALLELIZATION), |number| {
        u32::try_from(number).map_err(|error| {
            Fault::permanent(format!("Lambda gave a parallelization factor of {number}"))
                .because(error)
        })
    })
}

/// Enables or disables a mapping (`lambda:UpdateEventSourceMapping`).
pub(in crate::adapters::settings) async fn write_enabled(
    lambda: &Client,
    uuid: &str,
    value: &Value,
) -> Result<(), Fault> {
    let Value::Flag(enabled) = value else {
        return Err(not_of_its_kind(&value.to_string()));
    };
    let verb = if *enabled { "enable" } else { "disable" };
    let update = lambda.update_event_source_mapping().enabled(*enabled);
    update_mapping(update, uuid, verb).await
}

/// Sets a mapping's parallelization factor (`lambda:UpdateEventSourceMapping`).
pub(in crate::adapters::settings) async fn write_parallelization(
    lambda: &Client,
    uuid: &str,
    value: &Value,
) -> Result<(), Fault> {
    let factor = value
        .number()
        .and_then(|number| i32::try_from(number).ok())
        .ok_or_else(|| not_of_its_kind(&value.to_string()))?;
    let update = lambda
        .update_event_source_mapping()
        .parallelization_factor(factor);
    update_mapping(update, uuid, "set the parallelization factor of").await
}

async fn update_mapping(
    update: UpdateEventSourceMappingFluentBuilder,
    uuid: &str,
    verb: &str,
) -> Result<(), Fault> {
    let answer = update.uuid(uuid).send().await;
    answer
        .map(|_| ())
        .map_err(|error| write_fault(&mapping_resource(uuid), verb, error))
}

/// All mappings of the account are listed, a hundred a page: Lambda lists those of a function by the name that they were
/// created with, and the names of its aliases are not known.
impl ReadMappings for Adapters {
    async fn mappings(&self, function: &str) -> Result<Vec<Mapping>, Fault> {
        let mut pages = self
            .lambda
            .list_event_source_mappings()
            .into_paginator()
            .items()
            .send();
        let mut mappings = Vec::new();
        while let Some(mapping) = pages.next().await {
            let mapping = mapping.map_err(|error| {
                let verb = "read the event source mappings of";
                Fault::of(&function_resource(function), verb, error)
            })?;
            if mapping.function_arn().and_then(function_name) == Some(function) {
                mappings.push(to_mapping(mapping)?);
            }
        }
        Ok(mappings)
    }
}

impl ReadConsumers for Adapters {
    async fn consumers(&self, queue: &str) -> Result<Vec<Consumer>, Fault> {
        let mut pages = self
            .lambda
            .list_event_source_mappings()
            .event_source_arn(queue)
            .into_paginator()
            .items()
            .send();
        let mut consumers = Vec::new();
        while let Some(mapping) = pages.next().await {
            let mapping = mapping.map_err(|error| {
                let queue = Resource::new("queue", queue, "");
                Fault::of(&queue, "read the event source mappings of", error)
            })?;
            let function = mapping.function_arn().and_then(function_name);
            let function = function.map(str::to_owned).ok_or_else(|| {
                Fault::permanent("Lambda gave an event source mapping without a function")
            })?;
            let mapping = to_mapping(mapping)?;
            consumers.push(Consumer { function, mapping });
        }
        Ok(consumers)
    }
}

/// The function's name in an ARN, with or without a version or an alias.
fn function_name(arn: &str) -> Option<&str> {
    arn.split(':').nth(6)
}

fn to_mapping(mapping: EventSourceMappingConfiguration) -> Result<Mapping, Fault> {
    let state = mapping.state.unwrap_or_default();
    let uuid = mapping
        .uuid
        .ok_or_else(|| Fault::permanent("Lambda gave an event source mapping without a UUID"))?;
    Ok(Mapping {
        uuid,
        // A self-managed Kafka cluster has no ARN.
        source: mapping
            .event_source_arn
            .unwrap_or_else(|| "a source without an ARN".to_owned()),
        enabled: is_enabled(&state),
        settled: is_settled(&state),
        parallelization: factor(mapping.parallelization_factor)?,
        last_result: mapping.last_processing_result.unwrap_or_default(),
    })
}
