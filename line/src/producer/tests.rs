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
        let (mut taken, mut attempts) = (self.taken.lock().unwrap(), self.tries.lock().unwrap());
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
