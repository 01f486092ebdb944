//! Hostile batches: whatever 6 MB of records inflate to, counting them takes less than 200 MB.
//!
//! `make test` counts a few records of two kinds, `make soak` many whole batches (`PICKET_SOAK_BATCHES`). Each is
//! counted by a process of its own, which reports the most memory that it had.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/mod.rs"]
mod support;

use std::io::Read;

use event_processor::{
    deduplication::ShardState,
    event::read,
    plan::{SliceLimit, plan},
    rules::RuleSet,
};
use picket_shared::chain::{encode, verify};

use crate::hostile::{batch, now};

/// The bar, in KiB. The test's own process has a few megabytes beside the batch.
const MOST_MEMORY: u64 = 200 << 10;

/// The most bytes of an event; and of one in `make test`, since a dev build inflates slowly.
const EVENT: usize = 6 << 20;
const SHORT_EVENT: usize = 50 << 10;
/// The most slices of a batch that are planned. A slice begins with a position and a checkpoint alone, so that what it
/// takes does not grow with those before it; some batches are millions of events, in thousands of slices. An invocation,
/// which ends after a minute, does not plan as many of those.
const SLICES: u64 = 200;
/// Bombs, and ledger rows: the others are slow to make in a dev build.
const SHORT_KINDS: [u64; 2] = [0, 9];

/// Counts the batch on the standard input as an invocation does, and prints the most memory that this process had, in
/// KiB.
#[test]
#[ignore = "a process that the other test starts"]
fn count_the_batch_on_the_standard_input() {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).unwrap();
    let rule_set = RuleSet::built_in("dev", "picket-dev");
    let (mut slices, mut events) = (0, 0);
    for shard in read(&body).unwrap() {
        let mut state = ShardState::start();
        let mut limit = SliceLimit::All;
        while slices < SLICES
            && let Some(planned) = plan(&rule_set, &shard, &state, limit, now())
        {
            verify(&encode(&planned.slice.body)).unwrap();
            limit = planned.limit.after_commit();
            state.advance(&planned.slice);
            state.resume_at(planned.checkpoint);
            (slices, events) = (slices + 1, events + planned.events);
        }
    }
    let report = memory::report([("slices", slices), ("events", events as u64)]);
    println!("{report}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_hostile_batch_takes_no_more_memory_than_the_function_has() {
    let (seeds, most_bytes): (Vec<u64>, _) = match memory::batches() {
        Some(batches) => ((0..batches as u64).collect(), EVENT),
        None => (SHORT_KINDS.to_vec(), SHORT_EVENT),
    };
    for seed in seeds {
        let (name, body) = batch(seed, most_bytes);
        let [memory, slices, events] = memory::run("count_the_batch_on_the_standard_input", &body);
        let bytes = body.len() >> 10;
        println!(
            "{seed} {name}: {bytes} KiB, {events} events, {slices} slices, {memory} KiB of memory"
        );
        assert!(events > 0);
        assert!(memory < MOST_MEMORY, "{seed} {name}: {memory} KiB");
    }
}
