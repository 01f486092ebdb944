//! The settings of streams: the number of shards, and the mode.

use std::error::Error;

use aws_sdk_kinesis::{
    Client,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    types::{ScalingType, StreamMode, StreamModeDetails},
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
        Value::Absent
        | Value::Flag(_)
        | Value::Text(_)
        | Value::Units { .. }
        | Value::Provisioned { .. }
        | Value::NewRun => None,
    };
    let target = target.ok_or_else(|| {
        Fault::permanent(format!(
            "{to:?} is no number of shards of the stream {stream}"
        ))
    })?;
    let answer = client
        .update_shard_count()
        .stream_name(stream)
        .target_shard_count(target)
        .scaling_type(ScalingType::UniformScaling)
        .send()
        .await;
    answer.map(|_| ()).map_err(|error| refused(stream, error))
}

/// Reads the capacity mode of the stream with this ARN.
pub(super) async fn read_mode(client: &Client, arn: &str) -> Result<Option<Reading>, Fault> {
    let found = describe(client, name_in(arn)).await?;
    Ok(found.map(|found| {
        let mode = if found.on_demand {
            StreamMode::OnDemand
        } else {
            StreamMode::Provisioned
        };
        Reading {
            value: Value::Text(mode.as_str().to_owned()),
            revision: None,
            settled: found.active,
        }
    }))
}

/// Sets the capacity mode of the stream with this ARN.
pub(super) async fn write_mode(client: &Client, arn: &str, to: &Value) -> Result<(), Fault> {
    let mode = match to {
        Value::Text(mode) if *mode == *StreamMode::OnDemand.as_str() => StreamMode::OnDemand,
        Value::Text(mode) if *mode == *StreamMode::Provisioned.as_str() => StreamMode::Provisioned,
        other => {
            return Err(Fault::permanent(format!(
                "{other:?} is no mode of the stream {arn}"
            )));
        }
    };
    let details = StreamModeDetails::builder()
        .stream_mode(mode)
        .build()
        .map_err(|error| Fault::permanent("the mode is not whole").because(error))?;
    let answer = client
        .update_stream_mode()
        .stream_arn(arn)
        .stream_mode_details(details)
        .send()
        .await;
    answer
        .map(|_| ())
        .map_err(|error| refused(name_in(arn), error))
}

/// The stream's name in its ARN.
fn name_in(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The fault of a change that Kinesis refuses. The code of a limit is both of the API's rate and of the day's and the
/// account's allowance; its message says which.
fn refused<E>(stream: &str, error: SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let said = error.message().unwrap_or("no reason").to_owned();
    match error.code() {
        Some("LimitExceededException") => Fault::permanent(format!(
            "Kinesis refuses the change of the stream {stream}, a quota is reached: {said}"
        ))
        .because(error),
        Some("ResourceInUseException") => Fault::transient(format!(
            "Kinesis refuses the change of the stream {stream}, it is being changed: {said}"
        ))
        .because(error),
        Some("ValidationException" | "InvalidArgumentException") => Fault::permanent(format!(
            "Kinesis refuses the change of the stream {stream}: {said}"
        ))
        .because(error),
        _ => Fault::of(&stream_resource(stream), "change", error),
    }
}
