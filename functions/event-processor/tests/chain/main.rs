//! Promise 1, against a fake table with real conditional semantics: whatever is killed, throttled, lost, delivered twice, re-cut,
//! bisected, discarded, resharded, or done by a zombie, each record counts once, and an event that its producer sends again counts once
//! too. Counts, tokens and dollars are those of an oracle that knows the records alone. docs/proofs.md has what long runs showed.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "../support/mod.rs"]
mod support;

mod dice;
mod faults;
mod kinds;
mod operator;
mod oracle;
mod poller;
mod sandbox;
mod shards;
mod totals;
mod world;

use std::env;

use event_processor::core::Core;
use picket_rules::{metrics, prices};

use crate::{
    dice::Dice,
    faults::{Fault, Faults},
    poller::Lambda,
    shards::{Shard, quiet, resharded},
    world::World,
};

const RULES: &str = r#"
Workload: simulation
Rules:
  - FilterPattern: '{ $.request_id = * && $.model_id = * }'
    EventId: $.request_id
    MetricTransformations:
      - MetricNamespace: Simulation
        MetricName: Input
        MetricValue: $.input_tokens
        Kind: distribution
        Dimensions: [{ Key: Agent, Value: $.agent_id }]
        DimensionSets: [[], [Agent]]
  - FilterPattern: ERROR
    MetricTransformations:
      - MetricNamespace: Simulation
        MetricName: Errors
        MetricValue: "1"
        Unit: Count
Usage:
  FilterPattern: '{ $.request_id = * && $.model_id = * }'
  EventId: $.request_id
  Agent: $.agent_id
  Model: $.model_id
  InputTokens: $.input_tokens
  OutputTokens: $.output_tokens
"#;

/// The same rules and one more, which an operator put in their place at night.
fn night_rules() -> String {
    RULES.replace(
        "Usage:",
        "  - FilterPattern: '{ $.request_id = * }'
    MetricTransformations:
      - { MetricNamespace: Simulation, MetricName: Night, MetricValue: 1 }
Usage:",
    )
}

fn core() -> Core {
    let rules = metrics::parse("simulation.yaml", RULES).unwrap();
    let prices = prices::built_in().clone();
    Core::new(vec![rules], prices, "test", "picket-test")
}

/// Of every other seed, slices of a few events that begin and end inside records.
fn core_for(seed: u64) -> Core {
    if seed.is_multiple_of(2) {
        core()
    } else {
        core().with_largest_blob(220)
    }
}

/// What a run saw, to know that it saw something.
#[derive(Debug, Default)]
struct Seen {
    batches: u64,
    records: usize,
    faults: Faults,
}

fn run(seed: u64, records: usize) -> Seen {
    let shards = resharded(records, &mut Dice(seed));
    let mut lambda = Lambda::new(core_for(seed), World::new(seed, 25), shards, seed ^ 0xdead);
    lambda.run();
    lambda.rough = false;
    {
        let mut world = lambda.world();
        (world.fault_once_in, world.is_mended) = (0, true);
    }
    let mut dice = Dice(seed ^ 0xbeef);
    while {
        lambda.run();
        operator::put_back(&mut lambda, &mut dice) > 0
    } {}
    oracle::check(&lambda);
    Seen {
        batches: lambda.attempts,
        records: lambda.shards.iter().map(|shard| shard.log.len()).sum(),
        faults: lambda.world().faults.clone(),
    }
}

impl Seen {
    fn merge(&mut self, other: &Self) {
        self.batches += other.batches;
        self.records += other.records;
        self.faults.merge(&other.faults);
    }
}

const ALL: [Fault; 25] = [
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
    Fault::CopyDropped,
    Fault::Split,
    Fault::Merged,
    Fault::MappingMadeAgain,
    Fault::SentAgain,
    Fault::LeftUndecoded,
    Fault::SliceInsideRecord,
    Fault::OtherRules,
    Fault::BrokenRules,
];

#[test]
fn each_record_counts_once_whatever_goes_wrong() {
    let mut seen = Seen::default();
    (0..30).for_each(|seed| seen.merge(&run(seed, 80)));
    assert!(seen.batches > 4_000, "{seen:?}");
    for fault in ALL {
        assert!(seen.faults.of(fault) >= 10, "{fault:?}\n{}", seen.faults);
    }
}

/// Seeds of a soak, each ten thousand batches: five, or `PICKET_SOAK_SEEDS`.
fn soak_seeds() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's size is asked for by the environment"
    )]
    let asked = env::var("PICKET_SOAK_SEEDS");
    asked.map_or(5, |seeds| seeds.parse().unwrap())
}

#[test]
#[ignore = "minutes: `make soak` runs it"]
fn ten_thousand_batches_a_seed_count_each_record_once() {
    let seeds = soak_seeds();
    let mut all = Seen::default();
    for seed in 1_000..1_000 + seeds {
        let seen = run(seed, 6_000);
        let faults = seen.faults.all();
        println!(
            "seed {seed}: {} batches of {} records, {faults} faults, no difference",
            seen.batches, seen.records
        );
        assert!(seen.batches >= 10_000, "{seen:?}");
        all.merge(&seen);
    }
    println!(
        "{seeds} seeds, {} batches of {} records, {} faults, no difference:\n{}",
        all.batches,
        all.records,
        all.faults.all(),
        all.faults
    );
}

#[test]
fn on_a_quiet_day_a_batch_is_one_item() {
    let shards: Vec<Shard> = quiet(100, &mut Dice(1));
    let mut lambda = Lambda::new(core(), World::new(1, 0), shards, 1);
    lambda.world().is_mended = true;
    lambda.rough = false;
    lambda.run();
    oracle::check(&lambda);
    assert_eq!(lambda.world().table.len() as u64, lambda.attempts);
}
