//! The setting of streams: the number of shards.

use aws_sdk_kinesis::{
    Client, error::ProvideErrorMetadata, operation::update_shard_count::UpdateShardCountError,
    types::ScalingType,
};
use picket_aws::Fault;

use crate::{
    adapters::kinesis::{describe, stream_resource},
    setting::{Reading, Value},
};

/// Reads the open shards; absent in on-demand mode, where AWS scales them.
pub(super) async fn read_shards(client: &Client, stream: &str) -> Result<Option<Reading>, Fault> {
    let found = describe(client, stream).await?;
    Ok(found.map(|found| Reading {
        value: if found.on_demand {
            Value::Absent
        } else {
            Value::Number(found.shards.into())
        },
        revision: None,
        settled: found.active,
    }))
}

/// Sets the shards, of equal size.
pub(super) async fn write_shards(client: &Client, stream: &str, to: &Value) -> Result<(), Fault> {
    let target = match to {
        Value::Number(shards) => i32::try_from(*shards).ok(),
        Value::Absent | Value::Flag(_) | Value::Text(_) | Value::Units { .. } => None,
    };
    let target = target.ok_or_else(|| {
        Fault::permanent(format!(
            "{to:?} is no number of shards of the stream {stream}"
        ))
    })?;
    let Err(error) = client
        .update_shard_count()
        .stream_name(stream)
        .target_shard_count(target)
        .scaling_type(ScalingType::UniformScaling)
        .send()
        .await
    else {
        return Ok(());
    };
    let said = |error: &UpdateShardCountError| error.message().unwrap_or("no reason").to_owned();
    // The code is both of the API's rate and of the day's and the account's allowance; its message says which.
    Err(match error.as_service_error() {
        Some(refused) if refused.is_limit_exceeded_exception() => Fault::permanent(format!(
            "Kinesis refuses the change of the stream {stream}, a quota is reached: {}",
            said(refused)
        ))
        .because(error),
        Some(refused) if refused.is_resource_in_use_exception() => Fault::transient(format!(
            "Kinesis refuses the change of the stream {stream}, it is being changed: {}",
            said(refused)
        ))
        .because(error),
        Some(refused)
            if refused.is_validation_exception() || refused.is_invalid_argument_exception() =>
        {
            Fault::permanent(format!(
                "Kinesis refuses the change of the stream {stream}: {}",
                said(refused)
            ))
            .because(error)
        }
        _ => Fault::of(&stream_resource(stream), "change", error),
    })
}
