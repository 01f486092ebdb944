//! Aliases and versions.

use std::collections::HashMap;

use aws_sdk_lambda::{
    Client,
    operation::get_alias::GetAliasError,
    types::{AliasRoutingConfiguration, FunctionConfiguration},
};
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use super::{function_resource, write_fault};
use crate::{
    actions::roll_back_alias::{ReadVersions, Version},
    adapters::{Adapters, settings::not_of_its_kind},
    setting::{Reading, Value},
};

/// The version that is not published.
const LATEST: &str = "$LATEST";

fn alias_resource(function: &str, alias: &str) -> Resource {
    Resource::new(
        "alias",
        format!("{function}:{alias}"),
        "correct the alarm or create the alias",
    )
}

/// The version that an alias points to (`lambda:GetAlias`). An alias with weights is not settled: a deployment shifts
/// its traffic.
pub(in crate::adapters::settings) async fn read(
    lambda: &Client,
    function: &str,
    alias: &str,
) -> Result<Option<Reading>, Fault> {
    let answer = lambda
        .get_alias()
        .function_name(function)
        .name(alias)
        .send()
        .await;
    match answer {
        Ok(answer) => {
            let version = answer
                .function_version
                .ok_or_else(|| Fault::permanent("Lambda gave an alias without a version"))?;
            let weights = answer
                .routing_config
                .and_then(|routing| routing.additional_version_weights);
            Ok(Some(Reading {
                value: Value::Text(version),
                revision: answer.revision_id,
                settled: weights.is_none_or(|weights| weights.is_empty()),
            }))
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetAliasError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Fault::of(&alias_resource(function, alias), "read", error)),
    }
}

/// Sets an alias to a version, without weights (`lambda:UpdateAlias`). `revision` is the lock: Lambda refuses the write
/// where the alias was changed since.
pub(in crate::adapters::settings) async fn write(
    lambda: &Client,
    function: &str,
    alias: &str,
    value: &Value,
    revision: Option<&str>,
) -> Result<(), Fault> {
    let Value::Text(version) = value else {
        return Err(not_of_its_kind(&value.to_string()));
    };
    let no_weights = AliasRoutingConfiguration::builder()
        .set_additional_version_weights(Some(HashMap::new()))
        .build();
    let answer = lambda
        .update_alias()
        .function_name(function)
        .name(alias)
        .function_version(version)
        .routing_config(no_weights)
        .set_revision_id(revision.map(str::to_owned))
        .send()
        .await;
    answer
        .map(|_| ())
        .map_err(|error| write_fault(&alias_resource(function, alias), "update", error))
}

impl ReadVersions for Adapters {
    async fn versions(&self, function: &str) -> Result<Vec<Version>, Fault> {
        let mut pages = self
            .lambda
            .list_versions_by_function()
            .function_name(function)
            .into_paginator()
            .items()
            .send();
        let mut versions = Vec::new();
        while let Some(version) = pages.next().await {
            let version = version.map_err(|error| {
                Fault::of(&function_resource(function), "read the versions of", error)
            })?;
            versions.extend(to_version(&version)?);
        }
        Ok(versions)
    }
}

fn to_version(version: &FunctionConfiguration) -> Result<Option<Version>, Fault> {
    let number = version.version().unwrap_or_default();
    if number == LATEST {
        return Ok(None);
    }
    let modified = version.last_modified().unwrap_or_default();
    let of_version = |what: &str| {
        Fault::permanent(format!(
            "Lambda gave a version {number:?} of {modified:?}, which has no {what}"
        ))
    };
    Ok(Some(Version {
        number: number
            .parse()
            .map_err(|error: std::num::ParseIntError| of_version("number").because(error))?,
        modified_at: Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", modified)
            .map_err(|error| of_version("time").because(error))?,
    }))
}
