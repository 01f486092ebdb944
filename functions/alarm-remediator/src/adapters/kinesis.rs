//! Streams and the account's shards, from Kinesis.

use std::collections::BTreeMap;

use aws_sdk_kinesis::{
    Client,
    operation::describe_stream_summary::DescribeStreamSummaryError,
    types::{StreamMode, StreamStatus},
};
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::actions::raise_shards::{ReadShardLimit, ReadStream, ShardLimit, Stream};

pub(super) fn stream_resource(stream: &str) -> Resource {
    Resource::new("stream", stream, "correct the alarm or create the stream")
}

impl ReadStream for Adapters {
    async fn stream(&self, stream: &str) -> Result<Option<Stream>, Fault> {
        describe(&self.kinesis, stream).await
    }
}

impl ReadShardLimit for Adapters {
    async fn shard_limit(&self) -> Result<ShardLimit, Fault> {
        let account = Resource::new("account's", "Kinesis limits", "");
        let answer = self.kinesis.describe_limits().send().await;
        let answer = answer.map_err(|error| Fault::of(&account, "read", error))?;
        Ok(ShardLimit {
            limit: count(answer.shard_limit),
            open: count(answer.open_shard_count),
            on_demand_limit: count(answer.on_demand_stream_count_limit),
            on_demand: count(answer.on_demand_stream_count),
        })
    }
}

/// The stream's tags.
pub(super) async fn tags(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Fault> {
    let answer = client.list_tags_for_resource().resource_arn(arn).send();
    let answer = answer
        .await
        .map_err(|error| Fault::of(&stream_resource(arn), "read the tags of", error))?;
    let tags = answer.tags().iter();
    Ok(tags
        .map(|tag| (tag.key.clone(), tag.value.clone().unwrap_or_default()))
        .collect())
}

/// The stream; `None` where it does not exist.
pub(super) async fn describe(client: &Client, stream: &str) -> Result<Option<Stream>, Fault> {
    let answer = client.describe_stream_summary().stream_name(stream).send();
    match answer.await {
        Ok(answer) => {
            let found = answer.stream_description_summary().ok_or_else(|| {
                Fault::permanent(format!(
                    "Kinesis' answer about the stream {stream} is empty"
                ))
            })?;
            let mode = found
                .stream_mode_details()
                .map(|details| &details.stream_mode);
            Ok(Some(Stream {
                on_demand: mode == Some(&StreamMode::OnDemand),
                active: found.stream_status == StreamStatus::Active,
                shards: count(found.open_shard_count),
                consumers: count(found.consumer_count.unwrap_or(0)),
            }))
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeStreamSummaryError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(Fault::of(&stream_resource(stream), "read", error)),
    }
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
