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
mod tests {
    use std::sync::Mutex;

    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    /// Notes how long it was asked to sleep.
    #[derive(Default)]
    struct Noted(Mutex<Vec<Duration>>);

    impl Clock for Noted {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        async fn sleep(&self, duration: Duration) {
            self.0.lock().unwrap().push(duration);
        }
    }

    /// Refuses each record as often as its payload says.
    #[derive(Default)]
    struct Busy {
        taken: Mutex<Vec<String>>,
        tries: Mutex<HashMap<String, u8>>,
    }

    impl PutRecords for Busy {
        async fn put(&self, records: &[Outgoing]) -> Result<Vec<Put>> {
            let (mut taken, mut attempts) =
                (self.taken.lock().unwrap(), self.tries.lock().unwrap());
            let answer = |record: &Outgoing| {
                let tried = attempts.entry(record.key.clone()).or_default();
                *tried += 1;
                if *tried <= record.data[0] {
                    return Put::Refused("ProvisionedThroughputExceededException".into());
                }
                taken.push(record.key.clone());
                Put::Taken("s0".into(), taken.len().to_string())
            };
            Ok(records.iter().map(answer).collect())
        }
    }

    fn event(key: &str, refusals: u8) -> Outgoing {
        Outgoing {
            key: key.into(),
            data: vec![refusals],
        }
    }

    #[tokio::test]
    async fn only_what_was_refused_is_put_again_and_slower() {
        let (stream, clock) = (Busy::default(), Noted::default());
        let events = [event("a", 0), event("b", 2), event("c", 0)];
        let marks = put_all(&stream, &events, &clock, |_| ()).await.unwrap();
        assert_eq!(*stream.taken.lock().unwrap(), ["a", "c", "b"]);
        assert_eq!(
            *clock.0.lock().unwrap(),
            [100, 200].map(Duration::from_millis)
        );
        assert_eq!(marks["s0"], Position::new("3", 0).unwrap());
    }

    #[tokio::test]
    async fn a_stream_that_keeps_refusing_is_an_error_with_its_reason() {
        let events = [event("a", 100)];
        let error = put_all(&Busy::default(), &events, &Noted::default(), |_| ())
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("1 records 8 times: ProvisionedThroughputExceededException"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn requests_are_legal_and_lose_nothing(sizes in prop::collection::vec(0_usize..1_048_576, 0..30), many in 0_usize..1_200) {
            let big = sizes.iter().map(|&size| Outgoing { key: "k".into(), data: vec![0; size] });
            let events: Vec<_> = big.chain((0..many).map(|_| event("k", 1))).collect();
            let requests = requests(&events);
            for request in &requests {
                let bytes: usize = request.iter().map(|event| event.key.len() + event.data.len()).sum();
                prop_assert!((1..=RECORDS).contains(&request.len()) && bytes <= BYTES);
            }
            prop_assert_eq!(requests.concat(), events);
        }
    }
}
