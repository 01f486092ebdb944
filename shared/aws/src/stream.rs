//! The producer of the event stream: full requests, rejected records sent again, and longer pauses while the stream
//! rejects.

use std::{collections::HashMap, future::Future, time::Duration};

use aws_sdk_kinesis::{
    primitives::Blob,
    types::{PutRecordsRequestEntry, PutRecordsResultEntry},
};
use picket_shared::{clock::Clock, position::Position};

use crate::fault::{Fault, Resource};

// PutRecords (Kinesis API reference): 500 records and 5 MiB a request, partition keys included.
const RECORDS: usize = 500;
const BYTES: usize = 5 * 1024 * 1024;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Doubling from 100 ms, eight tries wait 25 seconds together: a shard that rejects records that long is not just busy.
const TRIES: u32 = 8;

/// A record to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Its partition key.
    pub key: String,
    /// Its payload.
    pub data: Vec<u8>,
}

/// The stream's answer for one record of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutResult {
    /// It is in the stream: shard and sequence number.
    Accepted(String, String),
    /// It is not, with Kinesis' error code.
    Rejected(String),
}

/// Puts records into a stream (`kinesis:PutRecords`).
pub trait PutRecords: Send + Sync {
    /// Sends one request and returns one result a record, in order.
    fn put(
        &self,
        records: &[OutgoingRecord],
    ) -> impl Future<Output = Result<Vec<PutResult>, Fault>> + Send;
}

/// The position of the last record that was put into each shard.
pub type LastPositions = HashMap<String, Position>;

/// Puts all records, in order within each request, and returns the last position in each shard. `progress` is called
/// with the number of records of each request that is complete.
pub async fn put_all(
    stream: &impl PutRecords,
    records: &[OutgoingRecord],
    clock: &impl Clock,
    mut progress: impl FnMut(usize),
) -> Result<LastPositions, Fault> {
    let mut last = LastPositions::new();
    for request in requests(records) {
        put_request(stream, request, clock, &mut last).await?;
        progress(request.len());
    }
    Ok(last)
}

async fn put_request(
    stream: &impl PutRecords,
    request: &[OutgoingRecord],
    clock: &impl Clock,
    last: &mut LastPositions,
) -> Result<(), Fault> {
    let mut left = request.to_vec();
    let mut code = String::new();
    for attempt in 0..TRIES {
        let results = stream.put(&left).await?;
        if results.len() != left.len() {
            return Err(Fault::transient(format!(
                "the stream answered for {} records of {}",
                results.len(),
                left.len()
            )));
        }
        let mut again = vec![];
        for (record, result) in left.into_iter().zip(results) {
            match result {
                PutResult::Accepted(shard, number) => raise(last, shard, &number)?,
                PutResult::Rejected(error_code) => {
                    code = error_code;
                    again.push(record);
                }
            }
        }
        if again.is_empty() {
            return Ok(());
        }
        left = again;
        clock.sleep(FIRST_PAUSE * 2_u32.pow(attempt)).await;
    }
    Err(Fault::transient(format!(
        "the stream rejected {} records {TRIES} times: {code}",
        left.len()
    )))
}

fn raise(last: &mut LastPositions, shard: String, number: &str) -> Result<(), Fault> {
    let position = Position::new(number, 0).map_err(|error| {
        Fault::permanent("the stream returned an invalid sequence number").because(error)
    })?;
    let newest = last.entry(shard).or_insert_with(|| position.clone());
    if position > *newest {
        *newest = position;
    }
    Ok(())
}

/// Splits records into requests within Kinesis' limits, as full as they may be.
fn requests(records: &[OutgoingRecord]) -> Vec<&[OutgoingRecord]> {
    let size = |record: &OutgoingRecord| record.key.len() + record.data.len();
    let (mut requests, mut start, mut bytes) = (vec![], 0, 0);
    for (index, record) in records.iter().enumerate() {
        if index > start && (index - start == RECORDS || bytes + size(record) > BYTES) {
            requests.push(&records[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += size(record);
    }
    if start < records.len() {
        requests.push(&records[start..]);
    }
    requests
}

/// A Kinesis stream.
#[derive(Debug, Clone)]
pub struct Stream {
    client: aws_sdk_kinesis::Client,
    resource: Resource,
}

impl Stream {
    /// The stream of this name.
    pub fn new(client: aws_sdk_kinesis::Client, name: &str) -> Self {
        let remedy = "deploy the stack or correct the stream's name";
        Self {
            client,
            resource: Resource::new("event stream", name, remedy),
        }
    }
}

impl PutRecords for Stream {
    async fn put(&self, records: &[OutgoingRecord]) -> Result<Vec<PutResult>, Fault> {
        let entry = |record: &OutgoingRecord| {
            PutRecordsRequestEntry::builder()
                .partition_key(&record.key)
                .data(Blob::new(record.data.clone()))
                .build()
        };
        let entries = records.iter().map(entry).collect::<Result<Vec<_>, _>>();
        let entries = entries
            .map_err(|error| Fault::permanent("a record could not be built").because(error))?;
        let answer = self
            .client
            .put_records()
            .stream_name(self.resource.name())
            .set_records(Some(entries))
            .send()
            .await
            .map_err(|error| Fault::of(&self.resource, "write to", error))?;
        Ok(answer.records().iter().map(result).collect())
    }
}

fn result(entry: &PutRecordsResultEntry) -> PutResult {
    match (entry.shard_id(), entry.sequence_number()) {
        (Some(shard), Some(number)) => PutResult::Accepted(shard.to_owned(), number.to_owned()),
        _ => PutResult::Rejected(entry.error_code().unwrap_or("no error code").to_owned()),
    }
}

#[cfg(test)]
mod tests;
