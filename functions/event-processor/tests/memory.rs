//! Hostile batches: whatever 6 MB of records inflate to, counting them takes less than 200 MB.
//!
//! `make test` counts a few records of two kinds, `make soak` many whole batches (`PICKET_SOAK_BATCHES`). Each is
//! counted by a process of its own, which reports the most memory that it had.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/mod.rs"]
mod support;

use std::{
    env, fs,
    io::{Read, Write},
    process::{Command, Stdio},
};

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
        while let Some(planned) = plan(&rule_set, &shard, &state, limit, now()) {
            verify(&encode(&planned.slice.body)).unwrap();
            limit = planned.limit.after_commit();
            state.advance(&planned.slice);
            (slices, events) = (slices + 1, events + planned.events);
        }
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let memory = line.unwrap().split_whitespace().nth(1).unwrap();
    println!("memory {memory} slices {slices} events {events}");
}

/// KiB, slices and events.
fn count(body: &[u8]) -> [u64; 3] {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "count_the_batch_on_the_standard_input"])
        .args(["--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let line = text.lines().find(|line| line.contains("memory ")).unwrap();
    let numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    <[u64; 3]>::try_from(numbers.collect::<Vec<_>>()).unwrap()
}

/// How many batches the environment wants.
fn batches() -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let wanted = env::var("PICKET_SOAK_BATCHES");
    wanted.ok().map(|batches| batches.parse().unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn a_hostile_batch_takes_no_more_memory_than_the_function_has() {
    let (seeds, most_bytes): (Vec<u64>, _) = match batches() {
        Some(batches) => ((0..batches).collect(), EVENT),
        None => (SHORT_KINDS.to_vec(), SHORT_EVENT),
    };
    for seed in seeds {
        let (name, body) = batch(seed, most_bytes);
        let [memory, slices, events] = count(&body);
        let bytes = body.len() >> 10;
        println!(
            "{seed} {name}: {bytes} KiB, {events} events, {slices} slices, {memory} KiB of memory"
        );
        assert!(events > 0);
        assert!(memory < MOST_MEMORY, "{seed} {name}: {memory} KiB");
    }
}
