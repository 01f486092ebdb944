//! Hostile chains: whatever slices inflate to, a tick takes less than 60 % of the function's 512 MB.
//!
//! `make test` publishes small slices of one kind, `make soak` the largest slices of all kinds
//! (`PICKET_SOAK_BATCHES`). Each backlog is published by a process of its own, which reports the most memory that it
//! had.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "support/hostile.rs"]
mod hostile;
#[path = "../../event-processor/tests/support/memory.rs"]
mod memory;
#[path = "support/tables.rs"]
mod tables;

use std::{io::Read, time::Duration};

use jiff::Timestamp;
use metrics_publisher::{
    config::{Authorization, Config, Receiver},
    handler::Handler,
};
use picket_shared::{chain::LARGEST_MESSAGE, deadline::Deadline};
use tables::Tables;

use crate::hostile::{KINDS, bodies};

/// The bar, in KiB: 60 % of 512 MB.
const MOST_MEMORY: u64 = (512 << 10) * 60 / 100;
/// Numbers of shards, and of slices of each.
const BACKLOGS: [(u32, u32); 3] = [(1, 4), (4, 4), (40, 2)];
/// The largest message in `make test`, since a dev build deflates slowly.
const SHORT_MESSAGE: usize = 100 << 10;
/// The minute of all datapoints: ten minutes ago.
const MINUTE: i64 = 28_333_333;
const TICK: &[u8] = br#"{"picket":{"kind":"tick","version":1}}"#;

fn config() -> Config {
    Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        chain_table: "chain".into(),
        ledger_table: "ledger".into(),
        stream: "events".into(),
        quarantine_bucket: "quarantine".into(),
        warning_topic: "arn:aws:sns:eu-west-1:111122223333:warning".into(),
        settle: Duration::from_mins(1),
        maximum_series: 1_000,
        maximum_ledger_rows: 2_000,
        override_bucket: None,
        prometheus: Some(Receiver {
            endpoint: "http://127.0.0.1/".parse().unwrap(),
            authorization: Authorization::None,
        }),
    }
}

/// Publishes the slices on the standard input in one tick, and prints the most memory that this process had, in KiB.
#[tokio::test]
#[ignore = "a process that the other test starts"]
async fn publish_the_slices_on_the_standard_input() {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input).unwrap();
    let number = |at: usize| u32::from_le_bytes(input[at..at + 4].try_into().unwrap()) as usize;
    let shards = number(0);
    let mut bodies = Vec::new();
    let mut at = 4;
    while at < input.len() {
        let start = at + 4;
        at = start + number(at);
        bodies.push(input[start..at].to_vec());
    }
    drop(input);
    let committed_at = Timestamp::from_second((MINUTE + 1) * 60).unwrap();
    let now = Timestamp::from_second((MINUTE + 10) * 60).unwrap();
    let tables = Tables::new(bodies, shards, committed_at, now);
    let deadline = Deadline::from_context(now.as_millisecond().cast_unsigned() + 50_000);
    let handler = Handler::new(config(), &tables, &tables);
    let summary = handler.handle(TICK, deadline).await.unwrap();
    let report = memory::report([
        ("folded", summary.folded_slices as u64),
        ("published", summary.published_slices as u64),
    ]);
    println!("{report}");
}

/// KiB, slices in the ledger, and slices in CloudWatch.
fn publish(bodies: &[Vec<u8>], shards: u32) -> [u64; 3] {
    let mut input = shards.to_le_bytes().to_vec();
    for body in bodies {
        let length = u32::try_from(body.len()).unwrap();
        input.extend(length.to_le_bytes());
        input.extend(body);
    }
    memory::run("publish_the_slices_on_the_standard_input", &input)
}

#[test]
#[cfg(target_os = "linux")]
fn a_hostile_backlog_takes_no_more_memory_than_the_function_has() {
    let (kinds, most_bytes) = match memory::batches() {
        Some(batches) => (batches.min(KINDS.len()), LARGEST_MESSAGE),
        None => (1, SHORT_MESSAGE),
    };
    for (kind, (name, _)) in KINDS.iter().enumerate().take(kinds) {
        for (shards, backlog) in BACKLOGS {
            let bodies = bodies(kind, shards * backlog, most_bytes);
            let slices = bodies.len() as u64;
            let bytes = bodies.iter().map(Vec::len).sum::<usize>() >> 10;
            let [memory, folded, published] = publish(&bodies, shards);
            println!(
                "{shards} shards, {slices} slices of {name}: {bytes} KiB stored, {memory} KiB of memory"
            );
            assert_eq!([folded, published], [slices; 2], "{name}");
            assert!(
                memory < MOST_MEMORY,
                "{name}, {shards} shards: {memory} KiB"
            );
        }
    }
}
