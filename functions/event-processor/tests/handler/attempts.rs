//! Attempts are noted of a record alone, by a process that is new to its shard; nowhere else does counting cost a call
//! more.

use picket_shared::chain::Attempt;

use super::*;

fn chain() -> picket_shared::chain::ChainId {
    picket_shared::chain::ChainId::new("events", "shardId-000000000000").unwrap()
}

fn died(fakes: &Fakes, number: u32, times: u32) {
    let attempt = Attempt {
        position: Position::new(&number.to_string(), 0).unwrap(),
        number: times,
    };
    fakes.state().attempts.insert(chain(), attempt);
}

const COMMIT: [&str; 4] = ["register", "before-commit", "commit", "after-commit"];

#[tokio::test]
async fn a_new_process_notes_its_attempt_at_a_record_alone_and_a_warm_one_nothing() {
    let (handler, fakes) = handler();
    assert_eq!(answer(&handler, &lines([7])).await, SUCCESS);
    let calls = [
        &["read-mark", "read-attempt", "note-attempt", "read"][..],
        &COMMIT,
    ]
    .concat();
    assert_eq!(fakes.state().calls, calls);
    assert_eq!(fakes.state().attempts[&chain()].number, 1);
    fakes.state().calls.clear();
    assert_eq!(answer(&handler, &lines([8])).await, SUCCESS);
    assert_eq!(fakes.state().calls, COMMIT[1..]);
}

#[tokio::test]
async fn records_in_company_are_bisected_by_lambda_first() {
    let (handler, fakes) = handler();
    died(&fakes, 7, 2);
    assert_eq!(answer(&handler, &lines([7, 8])).await, SUCCESS);
    assert_eq!(
        fakes.state().calls,
        [&["read-mark", "read"][..], &COMMIT].concat()
    );
    assert!(fakes.state().objects.is_empty());
}

#[tokio::test]
async fn a_record_that_was_read_at_its_second_attempt_is_acquitted() {
    let (handler, fakes) = handler();
    died(&fakes, 7, 1);
    fakes.state().troubles.extend([Trouble::Throttled; 2]);
    let failure = r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#;
    assert_eq!(answer(&handler, &lines([7])).await, failure);
    assert_eq!(fakes.state().attempts[&chain()].number, 0);
}

#[tokio::test]
async fn a_record_that_was_counted_already_has_no_attempts() {
    let (handler, fakes) = handler();
    assert_eq!(answer(&handler, &lines(1..=7)).await, SUCCESS);
    let cold = Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone());
    fakes.state().calls.clear();
    assert_eq!(answer(&cold, &lines([7])).await, SUCCESS);
    assert_eq!(fakes.state().calls, ["read-mark", "read"]);
}

#[tokio::test]
async fn at_its_third_attempt_a_record_goes_to_the_bucket_undecoded_and_stays_done() {
    let (handler, fakes) = handler();
    died(&fakes, 7, 2);
    // It could be read, and is not.
    assert_eq!(answer(&handler, &lines([7])).await, SUCCESS);
    {
        let state = fakes.state();
        let slice = state.items.values().next().unwrap();
        assert_eq!(slice.first, Position::new("7", 0).unwrap());
        assert_eq!(slice.after, slice.first.end_of_record());
        let quarantined = &slice.body.quarantined[0];
        assert_eq!(quarantined.position, slice.first);
        assert_eq!(
            quarantined.reason.as_str(),
            "two processes died while they read the record, so it was not read a third time"
        );
        let line: serde_json::Value =
            serde_json::from_str(&state.objects[&quarantined.object]).unwrap();
        assert_eq!(
            line["data"],
            base64_simd::STANDARD.encode_to_string("ERROR out of slots")
        );
    }
    let cold = Handler::new(RuleSet::built_in("dev", "picket-dev"), fakes.clone());
    fakes.state().calls.clear();
    assert_eq!(answer(&cold, &lines([7])).await, SUCCESS);
    assert_eq!(
        fakes.state().calls,
        ["read-mark", "read"],
        "the mark is behind all of it"
    );
    assert_eq!(answer(&cold, &lines([8])).await, SUCCESS);
    assert_eq!(fakes.state().items.len(), 2);
}
