//! The poller's ports on the emulator: its stream, its functions, its failure bucket.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_sdk_kinesis::types::ShardIteratorType;
use aws_sdk_lambda::{
    operation::{get_event_source_mapping::GetEventSourceMappingOutput, invoke::InvokeError},
    primitives::Blob,
    types::FunctionResponseType,
};
use bytes::Bytes;
use jiff::Timestamp;
use picket_shared::clock::{Clock, SystemClock};

use super::{
    Destination, Discard, Invoker, Origin, Page, Policy, Record, Reply, ShardInfo, Source,
    failure_key, failure_record, kinesis_event,
};
use crate::{aws::Clients, emulator::REGION};

/// A deployed mapping between a stream and a function.
#[derive(Debug, Clone)]
pub struct Mapping {
    kinesis: aws_sdk_kinesis::Client,
    lambda: aws_sdk_lambda::Client,
    s3: aws_sdk_s3::Client,
    origin: Origin,
    policy: Policy,
    failures: Option<String>,
}

impl Mapping {
    /// The mapping with this UUID, with the knobs that the template gave it.
    pub async fn deployed(clients: &Clients, uuid: &str) -> Result<Self> {
        let lambda = clients.lambda();
        let mapping = lambda
            .get_event_source_mapping()
            .uuid(uuid)
            .send()
            .await
            .with_context(|| format!("the mapping {uuid} cannot be read"))?;
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let origin = Origin {
            stream_arn: text(mapping.event_source_arn()),
            function_arn: text(mapping.function_arn()),
            mapping: uuid.to_owned(),
            region: REGION.to_owned(),
        };
        let destination = mapping
            .destination_config()
            .and_then(|config| config.on_failure()?.destination());
        Ok(Self {
            kinesis: clients.kinesis(),
            lambda,
            s3: clients.s3(),
            origin,
            policy: policy(&mapping),
            failures: destination.map(|arn| arn.trim_start_matches("arn:aws:s3:::").to_owned()),
        })
    }

    /// Its knobs.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    async fn iterator(&self, shard: &str, after: Option<&str>) -> Result<String> {
        let kind = match after {
            Some(_) => ShardIteratorType::AfterSequenceNumber,
            None => ShardIteratorType::TrimHorizon,
        };
        let answer = self
            .kinesis
            .get_shard_iterator()
            .stream_arn(&self.origin.stream_arn)
            .shard_id(shard)
            .shard_iterator_type(kind)
            .set_starting_sequence_number(after.map(ToOwned::to_owned))
            .send()
            .await?;
        answer.shard_iterator.context("the stream gave no iterator")
    }
}

fn policy(mapping: &GetEventSourceMappingOutput) -> Policy {
    let limit = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    let seconds = |value: Option<i32>| Duration::from_secs(limit(value).unwrap_or(0).into());
    Policy {
        batch_size: limit(mapping.batch_size()).unwrap_or(100) as usize,
        window: seconds(mapping.maximum_batching_window_in_seconds()),
        bisect: mapping.bisect_batch_on_function_error().unwrap_or(false),
        report_failures: mapping
            .function_response_types()
            .contains(&FunctionResponseType::ReportBatchItemFailures),
        retries: limit(mapping.maximum_retry_attempts()),
        record_age: limit(mapping.maximum_record_age_in_seconds())
            .map(|age| Duration::from_secs(age.into())),
    }
}

impl Source for Mapping {
    async fn shards(&self) -> Result<Vec<ShardInfo>> {
        let answer = self
            .kinesis
            .list_shards()
            .stream_arn(&self.origin.stream_arn)
            .send()
            .await?;
        let shard = |shard: &aws_sdk_kinesis::types::Shard| ShardInfo {
            id: shard.shard_id().to_owned(),
            parents: [shard.parent_shard_id(), shard.adjacent_parent_shard_id()]
                .into_iter()
                .flatten()
                .map(ToOwned::to_owned)
                .collect(),
            closed: shard
                .sequence_number_range()
                .is_some_and(|range| range.ending_sequence_number().is_some()),
        };
        Ok(answer.shards().iter().map(shard).collect())
    }

    /// MiniStack never ends a closed shard's iterators: an empty page of a shard that is listed as closed is its end.
    async fn read(&self, shard: &str, after: Option<&str>) -> Result<Page> {
        let iterator = self.iterator(shard, after).await?;
        let limit = i32::try_from(self.policy.batch_size)?;
        let answer = self
            .kinesis
            .get_records()
            .shard_iterator(iterator)
            .limit(limit)
            .send()
            .await?;
        let records = answer
            .records()
            .iter()
            .map(record)
            .collect::<Result<Vec<_>>>()?;
        let closed = || async {
            anyhow::Ok(
                self.shards()
                    .await?
                    .iter()
                    .any(|info| info.id == shard && info.closed),
            )
        };
        let end =
            records.is_empty() && (answer.next_shard_iterator().is_none() || closed().await?);
        Ok(Page { records, end })
    }
}

fn record(record: &aws_sdk_kinesis::types::Record) -> Result<Record> {
    let arrived = record
        .approximate_arrival_timestamp()
        .context("a record without its time of arrival")?;
    let data = Bytes::copy_from_slice(record.data().as_ref());
    let arrived = Timestamp::from_millisecond(arrived.to_millis()?)?;
    Ok(Record::new(
        record.sequence_number(),
        record.partition_key().unwrap_or_default(),
        data,
        arrived,
    )?)
}

impl Invoker for Mapping {
    async fn invoke(&self, shard: &str, batch: &[Record]) -> Result<Reply> {
        let event = serde_json::to_vec(&kinesis_event(&self.origin, shard, batch))?;
        let answer = self
            .lambda
            .invoke()
            .function_name(&self.origin.function_arn)
            .payload(Blob::new(event))
            .send()
            .await;
        let answer = match answer {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(InvokeError::is_too_many_requests_exception) =>
            {
                return Ok(Reply::Throttled);
            }
            answer => answer?,
        };
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        Ok(match answer.function_error {
            Some(_) => Reply::Failed(String::from_utf8_lossy(&payload).into_owned()),
            None => Reply::Answered(payload.into()),
        })
    }
}

impl Destination for Mapping {
    async fn keep(&self, shard: &str, discard: &Discard) -> Result<()> {
        let Some(bucket) = &self.failures else {
            bail!(
                "the mapping {} has no failure destination",
                self.origin.mapping
            );
        };
        let now = SystemClock.now();
        let body = serde_json::to_vec(&failure_record(&self.origin, shard, discard, now))?;
        self.s3
            .put_object()
            .bucket(bucket)
            .key(failure_key(&self.origin, shard, discard, now))
            .body(body.into())
            .send()
            .await?;
        Ok(())
    }
}
