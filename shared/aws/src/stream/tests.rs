use std::sync::Mutex;

use jiff::Timestamp;
use proptest::prelude::*;

use serde_json::json;

use super::*;
use crate::{
    connector::connector,
    testing::{Server, StubResponse},
};

/// Records the durations of its sleeps.
#[derive(Default)]
struct RecordedSleeps(Mutex<Vec<Duration>>);

impl Clock for RecordedSleeps {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }
}

/// Rejects each record as many times as its payload states.
#[derive(Default)]
struct Busy {
    accepted: Mutex<Vec<String>>,
    tries: Mutex<HashMap<String, u8>>,
}

impl PutRecords for Busy {
    async fn put(&self, records: &[OutgoingRecord]) -> Result<Vec<PutResult>, Fault> {
        let (mut accepted, mut attempts) =
            (self.accepted.lock().unwrap(), self.tries.lock().unwrap());
        let answer = |record: &OutgoingRecord| {
            let tried = attempts.entry(record.key.clone()).or_default();
            *tried += 1;
            if *tried <= record.data[0] {
                return PutResult::Rejected("ProvisionedThroughputExceededException".into());
            }
            accepted.push(record.key.clone());
            PutResult::Accepted("s0".into(), accepted.len().to_string())
        };
        Ok(records.iter().map(answer).collect())
    }
}

fn event(key: &str, rejections: u8) -> OutgoingRecord {
    OutgoingRecord {
        key: key.into(),
        data: vec![rejections],
    }
}

#[tokio::test]
async fn only_rejected_records_are_put_again_and_slower() {
    let (stream, clock) = (Busy::default(), RecordedSleeps::default());
    let events = [event("a", 0), event("b", 2), event("c", 0)];
    let marks = put_all(&stream, &events, &clock, |_| ()).await.unwrap();
    assert_eq!(*stream.accepted.lock().unwrap(), ["a", "c", "b"]);
    assert_eq!(
        *clock.0.lock().unwrap(),
        [100, 200].map(Duration::from_millis)
    );
    assert_eq!(marks["s0"], Position::new("3", 0).unwrap());
}

#[tokio::test]
async fn a_stream_that_keeps_rejecting_is_an_error_with_its_reason() {
    let events = [event("a", 100)];
    let error = put_all(
        &Busy::default(),
        &events,
        &RecordedSleeps::default(),
        |_| (),
    )
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
        let big = sizes.iter().map(|&size| OutgoingRecord { key: "k".into(), data: vec![0; size] });
        let events: Vec<_> = big.chain((0..many).map(|_| event("k", 1))).collect();
        let requests = requests(&events);
        for request in &requests {
            let bytes: usize = request.iter().map(|event| event.key.len() + event.data.len()).sum();
            prop_assert!((1..=RECORDS).contains(&request.len()) && bytes <= BYTES);
        }
        prop_assert_eq!(requests.concat(), events);
    }
}

#[tokio::test]
async fn each_result_of_an_answer_is_the_one_of_its_record() {
    let answer = json!({"FailedRecordCount": 1, "Records": [
        {"ShardId": "shardId-0", "SequenceNumber": "7"},
        {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard"},
    ]});
    let server = Server::answering([StubResponse::json(&answer)]).await;
    let client = aws_sdk_kinesis::Client::new(&server.config(connector()));
    let records = [event("a", 0), event("b", 0)];
    let results = Stream::new(client, "events").put(&records).await.unwrap();
    assert_eq!(
        results,
        [
            PutResult::Accepted("shardId-0".into(), "7".into()),
            PutResult::Rejected("ProvisionedThroughputExceededException".into()),
        ]
    );
    let bodies = server.bodies().await;
    assert_eq!(bodies[0]["StreamName"], "events");
    assert_eq!(bodies[0]["Records"][1]["PartitionKey"], "b");
}
