//! Counted once, from the record to CloudWatch, Prometheus and the ledger: both functions' own handlers against
//! stand-ins that refuse, lose, delay and kill as AWS does, over days of simulated time. What everything holds in the
//! end is compared with the records alone. docs/proofs.md says what is covered, what long runs showed, and which faults
//! were put in and found.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod chance;
mod cloudwatch;
mod events;
mod faults;
mod kernel;
mod lambda;
mod operator;
mod oracle;
mod position;
mod processor;
mod prometheus;
mod publisher;
mod rules;
mod scenario;
mod schedule;
mod stream;
mod tables;
// Kinesis events as Lambda sends them: the event processor's own tests make them too.
#[path = "../../../../functions/event-processor/tests/support/mod.rs"]
mod wire;
mod world;

use std::env;

use crate::{
    faults::Fault,
    scenario::{Scale, Seen, calm, calm_with_lost_responses, run},
};

/// Whether the environment asks for a seed, or so many.
fn asked(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let asked = env::var(name);
    asked.ok().map(|seeds| seeds.parse().unwrap())
}

/// Seeds of `make test`, one of each kind of traffic; together they have every fault.
const SEEDS: [u64; 4] = [0, 1, 2, 3];

#[test]
fn each_record_counts_once_in_every_sink_whatever_goes_wrong() {
    let mut all = Seen::default();
    let seeds = match asked("PICKET_SEED") {
        Some(one) => vec![one],
        None => SEEDS.to_vec(),
    };
    for seed in seeds {
        let one = run(seed, Scale::SMALL);
        println!("seed {seed}: {one}");
        all.merge(&one);
    }
    println!("{}", all.faults);
    for fault in ALL.into_iter().filter(|_| asked("PICKET_SEED").is_none()) {
        assert!(all.faults.of(fault) >= 1, "{fault:?}\n{}", all.faults);
    }
}

#[test]
fn sandboxes_that_take_turns_seldom_collide_and_read_little() {
    let seen = calm(7, 8, 1);
    let commits = seen.slices as u64;
    let (refused, read) = (seen.puts_refused, seen.slices_read);
    println!("{seen}: {refused} puts refused, {read} slices read for {commits} commits");
    assert!(commits > 300);
    assert_eq!(commits, seen.batches, "a batch is one item");
    let conflicts = seen.faults.of(Fault::TransactionConflict);
    assert_eq!(conflicts, 0, "a publisher's transactions met one another");
    // A sandbox whose turn comes twice in a row takes itself to be alone; without a look at what others committed,
    // seven puts of eight are refused.
    assert!(refused <= commits / 4, "{refused} refused");
    // A new sandbox reads a quarter of an hour, and the others what came since their turn before.
    assert!(read <= 15 * commits, "{read} slices read");
}

#[test]
fn two_publishers_at_once_send_nothing_twice() {
    let seen = calm(8, 2, 2);
    println!("{seen}");
    assert!(seen.faults.of(Fault::TickTwice) > 10);
    assert_eq!(seen.ambiguous, 0, "a claim was not respected");
}

#[test]
fn slices_whose_answer_was_lost_are_counted_as_ambiguous() {
    let seen = calm_with_lost_responses(9, 2, 1, 2);
    println!("{seen}");
    assert!(seen.faults.of(Fault::PutLostAfter) > 0);
    assert!(seen.ambiguous > 0, "a lost answer was taken for a refusal");
}

#[test]
#[ignore = "minutes: `make soak` runs it"]
fn ten_thousand_batches_a_seed_count_each_record_once() {
    let seeds = asked("PICKET_SOAK_SEEDS").unwrap_or(5);
    let first = asked("PICKET_FIRST").unwrap_or(1_000);
    let mut all = Seen::default();
    for seed in first..first + seeds {
        let one = run(seed, Scale::LARGE);
        println!("seed {seed}: {one}, no difference");
        all.merge(&one);
    }
    println!("{seeds} seeds: {all}, no difference:\n{}", all.faults);
}

const ALL: [Fault; 37] = [
    Fault::KilledBeforeCommit,
    Fault::KilledAfterCommit,
    Fault::KilledByPoison,
    Fault::TimedOutBeforeCommit,
    Fault::TimedOutAfterCommit,
    Fault::Throttled,
    Fault::PutOnItsWay,
    Fault::LostAnswer,
    Fault::Conflict,
    Fault::PartialFailure,
    Fault::Bisected,
    Fault::Recut,
    Fault::Redelivered,
    Fault::DiscardedByAttempts,
    Fault::DiscardedByAge,
    Fault::PutBack,
    Fault::Mended,
    Fault::CopyDropped,
    Fault::Split,
    Fault::Merged,
    Fault::MappingMadeAgain,
    Fault::SentAgain,
    Fault::SentAgainLate,
    Fault::LeftUndecoded,
    Fault::SliceInsideRecord,
    Fault::OtherRules,
    Fault::OtherVersion,
    Fault::BrokenRules,
    Fault::PublisherKilled,
    Fault::TickTwice,
    Fault::TickMissed,
    Fault::PutRefused,
    Fault::PutLostAfter,
    Fault::PutLostBefore,
    Fault::SamplesRefused,
    Fault::SamplesLost,
    Fault::Expired,
];
