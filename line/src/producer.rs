//! Puts events into a stream as a good producer does: full requests, only what was refused again, slower when refused.

use std::{collections::HashMap, future::Future, time::Duration};

use anyhow::{Context, Result, bail};
use aws_sdk_kinesis::{primitives::Blob, types::PutRecordsRequestEntry};
use picket_shared::{clock::Clock, position::Position};

// PutRecords (Kinesis API reference): 500 records and 5 MiB a request, partition keys included.
const RECORDS: usize = 500;
const BYTES: usize = 5 * 1024 * 1024;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Doubling from 100 ms, eight tries wait 25 seconds together: a shard that refuses that long is not just busy.
const TRIES: u32 = 8;

/// An event to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its partition key.
    pub key: String,
    /// Its payload.
    pub data: Vec<u8>,
}

/// What became of one record of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is in the stream: shard and sequence number.
    Taken(String, String),
    /// It was refused, with this word.
    Refused(String),
}

/// The stream.
pub trait PutRecords: Send + Sync {
    /// Puts one request, and says of each record what became of it, in order.
    fn put(&self, records: &[Outgoing]) -> impl Future<Output = Result<Vec<Put>>> + Send;
}

/// How far each shard was filled.
pub type Marks = HashMap<String, Position>;

/// Puts all events, in order within each request, and returns the last place in each shard.
pub async fn put_all(
    stream: &impl PutRecords,
    events: &[Outgoing],
    clock: &impl Clock,
    mut each: impl FnMut(usize),
) -> Result<Marks> {
    let mut marks = Marks::new();
    for request in requests(events) {
        put_request(stream, request, clock, &mut marks).await?;
        each(request.len());
    }
    Ok(marks)
}

async fn put_request(
    stream: &impl PutRecords,
    request: &[Outgoing],
    clock: &impl Clock,
    marks: &mut Marks,
) -> Result<()> {
    let mut left = request.to_vec();
    let mut refusal = String::new();
    for attempt in 0..TRIES {
        let answers = stream.put(&left).await?;
        if answers.len() != left.len() {
            bail!(
                "the stream answered for {} records of {}",
                answers.len(),
                left.len()
            );
        }
        let mut again = vec![];
        for (record, answer) in left.into_iter().zip(answers) {
            match answer {
                Put::Taken(shard, number) => raise(marks, shard, &number)?,
                Put::Refused(word) => {
                    refusal = word;
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
    bail!(
        "the stream refused {} records {TRIES} times: {refusal}",
        left.len()
    )
}

fn raise(marks: &mut Marks, shard: String, number: &str) -> Result<()> {
    let place = Position::new(number, 0).context("the stream gave no sequence number")?;
    let mark = marks.entry(shard).or_insert_with(|| place.clone());
    if place > *mark {
        *mark = place;
    }
    Ok(())
}

/// Cuts events into legal requests, as full as they may be.
fn requests(events: &[Outgoing]) -> Vec<&[Outgoing]> {
    let size = |event: &Outgoing| event.key.len() + event.data.len();
    let (mut requests, mut start, mut bytes) = (vec![], 0, 0);
    for (place, event) in events.iter().enumerate() {
        if place > start && (place - start == RECORDS || bytes + size(event) > BYTES) {
            requests.push(&events[start..place]);
            (start, bytes) = (place, 0);
        }
        bytes += size(event);
    }
    if start < events.len() {
        requests.push(&events[start..]);
    }
    requests
}

/// A stream of the emulator.
#[derive(Debug, Clone)]
pub struct Stream {
    client: aws_sdk_kinesis::Client,
    name: String,
}

impl Stream {
    /// The stream of this name.
    pub fn new(client: aws_sdk_kinesis::Client, name: &str) -> Self {
        Self {
            client,
            name: name.to_owned(),
        }
    }
}

impl PutRecords for Stream {
    async fn put(&self, records: &[Outgoing]) -> Result<Vec<Put>> {
        let entry = |record: &Outgoing| {
            PutRecordsRequestEntry::builder()
                .partition_key(&record.key)
                .data(Blob::new(record.data.clone()))
                .build()
        };
        let entries = records.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let answer = self
            .client
            .put_records()
            .stream_name(&self.name)
            .set_records(Some(entries))
            .send()
            .await?;
        let put = |record: &aws_sdk_kinesis::types::PutRecordsResultEntry| match (
            record.shard_id(),
            record.sequence_number(),
        ) {
            (Some(shard), Some(number)) => Put::Taken(shard.to_owned(), number.to_owned()),
            _ => Put::Refused(record.error_code().unwrap_or("no reason given").to_owned()),
        };
        Ok(answer.records().iter().map(put).collect())
    }
}

#[cfg(test)]
mod tests;
