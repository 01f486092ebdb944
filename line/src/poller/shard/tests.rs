use bytes::Bytes;
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn policy() -> Policy {
    Policy {
        batch_size: 4,
        window: Duration::from_secs(10),
        bisect: true,
        report_failures: true,
        retries: None,
        record_age: None,
    }
}

fn records(numbers: std::ops::Range<u32>) -> Vec<Record> {
    numbers
        .map(|number| {
            Record::new(&format!("00{number}"), "k", Bytes::from_static(b"{}"), NOW).unwrap()
        })
        .collect()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn numbers(step: &Step) -> Vec<&str> {
    match step {
        Step::Invoke(records, _) => records
            .iter()
            .map(|record| record.sequence_number.trim_start_matches('0'))
            .collect(),
        _ => vec![],
    }
}

#[test]
fn a_batch_waits_for_its_window_unless_it_is_full() {
    let mut shard = Shard::new(policy());
    assert_eq!(shard.next(NOW), Step::Read);
    shard.offer(records(1..3), false, NOW);
    assert_eq!(shard.next(at(9)), Step::Read);
    assert_eq!(numbers(&shard.next(at(10))), ["1", "2"]);
    shard.settle(BatchResult::Succeeded);
    shard.offer(records(3..8), false, at(10));
    assert_eq!(numbers(&shard.next(at(10))), ["3", "4", "5", "6"]);
    shard.settle(BatchResult::Succeeded);
    assert_eq!(shard.next(at(10)), Step::Read);
    assert!(!shard.is_idle());
    assert_eq!(numbers(&shard.next(at(20))), ["7"]);
    shard.settle(BatchResult::Succeeded);
    assert!(shard.is_idle());
}

#[test]
fn a_payload_of_six_megabytes_is_a_full_batch() {
    let big = |number: u32| {
        Record::new(
            &number.to_string(),
            "k",
            Bytes::from(vec![b'x'; 2 << 20]),
            NOW,
        )
        .unwrap()
    };
    let mut shard = Shard::new(policy());
    shard.offer((1..4).map(big).collect(), false, NOW);
    assert_eq!(numbers(&shard.next(NOW)), ["1", "2"]);
}

#[test]
fn what_lies_before_the_lowest_reported_failure_is_not_sent_again() {
    let mut shard = Shard::new(policy());
    shard.offer(records(1..5), false, NOW);
    shard.next(NOW);
    shard.settle(BatchResult::Partial(2));
    let step = shard.next(NOW);
    assert_eq!(numbers(&step), ["3", "4"]);
    assert!(matches!(step, Step::Invoke(_, Duration::ZERO)));
    shard.settle(BatchResult::Partial(0));
    let step = shard.next(NOW);
    assert_eq!(numbers(&step), ["3", "4"]);
    assert!(matches!(step, Step::Invoke(_, FIRST_PAUSE)));
}

#[test]
fn an_error_halves_the_batch_down_to_the_record_that_makes_it() {
    let mut shard = Shard::new(policy());
    shard.offer(records(1..5), false, NOW);
    let mut seen = vec![];
    for _ in 0..20 {
        let step = shard.next(NOW);
        let batch = numbers(&step).join(",");
        if batch.is_empty() {
            break;
        }
        let poisoned = batch.contains('3') && seen.iter().filter(|batch| *batch == "3").count() < 2;
        seen.push(batch);
        shard.settle(if poisoned {
            BatchResult::Failed
        } else {
            BatchResult::Succeeded
        });
        shard.next(at(10));
    }
    assert_eq!(seen, ["1,2,3,4", "1,2", "3,4", "3", "3", "3", "4"]);
}

#[test]
fn retries_run_out_and_the_next_batch_follows() {
    let mut shard = Shard::new(Policy {
        retries: Some(1),
        bisect: false,
        ..policy()
    });
    shard.offer(records(1..6), false, NOW);
    for _ in 0..2 {
        assert_eq!(numbers(&shard.next(NOW)).len(), 4);
        shard.settle(BatchResult::Failed);
    }
    let Step::Discard(discard) = shard.next(NOW) else {
        panic!("not discarded")
    };
    assert_eq!(
        (discard.records.len(), discard.reason, discard.attempts),
        (4, Reason::RetryAttemptsExhausted, 2)
    );
    assert_eq!(numbers(&shard.next(at(10))), ["5"]);
}

#[test]
fn records_grow_too_old_and_the_younger_ones_are_still_tried() {
    let mut shard = Shard::new(Policy {
        record_age: Some(Duration::from_mins(1)),
        ..policy()
    });
    let young = Record::new("9", "k", Bytes::new(), at(50)).unwrap();
    shard.offer(
        records(1..4).into_iter().chain([young]).collect(),
        false,
        NOW,
    );
    shard.next(at(60));
    shard.settle(BatchResult::Throttled);
    let Step::Discard(discard) = shard.next(at(61)) else {
        panic!("not discarded")
    };
    assert_eq!(
        (discard.records.len(), discard.reason),
        (3, Reason::RecordAgeExceeded)
    );
    assert_eq!(numbers(&shard.next(at(61))), ["9"]);
}

#[test]
fn a_throttle_is_not_counted_as_a_try() {
    let mut shard = Shard::new(Policy {
        retries: Some(0),
        ..policy()
    });
    shard.offer(records(1..5), false, NOW);
    for _ in 0..50 {
        assert!(matches!(shard.next(NOW), Step::Invoke(_, pause) if pause <= LONGEST_PAUSE));
        shard.settle(BatchResult::Throttled);
    }
}

#[test]
fn a_closed_shard_is_drained_only_when_all_of_it_is_done() {
    let mut shard = Shard::new(policy());
    shard.offer(records(1..3), true, NOW);
    assert_eq!(numbers(&shard.next(NOW)), ["1", "2"]);
    shard.settle(BatchResult::Failed);
    assert_eq!(numbers(&shard.next(NOW)), ["1"]);
    shard.settle(BatchResult::Succeeded);
    assert_eq!(numbers(&shard.next(NOW)), ["2"]);
    shard.settle(BatchResult::Succeeded);
    assert_eq!(shard.next(NOW), Step::Drained);
}

fn outcome() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(0_u8), 1 => Just(1_u8), 2 => Just(2_u8), 1 => Just(3_u8)]
}

proptest! {
    /// Whatever the function answers, every record is done or discarded exactly once, in order, and none is skipped.
    #[test]
    fn every_record_leaves_once_and_in_order(
        reads in prop::collection::vec(0_u32..7, 1..8),
        outcomes in prop::collection::vec((outcome(), 0_usize..6), 0..200),
        bisect: bool,
        retries in prop::option::of(0_u32..3),
    ) {
        let mut shard = Shard::new(Policy { bisect, retries, window: Duration::ZERO, ..policy() });
        let mut reads = reads.into_iter();
        let mut outcomes = outcomes.into_iter();
        let (mut read, mut gone) = (1, vec![]);
        loop {
            match shard.next(NOW) {
                Step::Read => {
                    let count = reads.next();
                    let upto = read + count.unwrap_or(0);
                    shard.offer(records(read..upto), count.is_none(), NOW);
                    read = upto;
                }
                Step::Invoke(batch, _) => {
                    prop_assert!(batch.len() <= 4 && !batch.is_empty());
                    let (kind, place) = outcomes.next().unwrap_or((0, 0));
                    let outcome = match kind {
                        0 => BatchResult::Succeeded,
                        1 => BatchResult::Partial(place % batch.len()),
                        2 => BatchResult::Failed,
                        _ => BatchResult::Throttled,
                    };
                    let done = match outcome {
                        BatchResult::Succeeded => batch.len(),
                        BatchResult::Partial(place) => place,
                        _ => 0,
                    };
                    gone.extend(batch.into_iter().take(done));
                    shard.settle(outcome);
                }
                Step::Discard(discard) => gone.extend(discard.records),
                Step::Drained => break,
            }
        }
        prop_assert_eq!(gone, records(1..read));
    }
}
