//! Promise 1, against a fake table with real conditional semantics: whatever is killed, throttled, lost, re-cut, bisected, discarded,
//! or done by a zombie, each record counts once,
//! and an event that its producer sends again counts once too.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests too")]

#[path = "../support/mod.rs"]
mod support;

mod operator;
mod oracle;
mod poller;
mod world;

use std::ops::Range;

use event_processor::core::Core;
use picket_rules::{metrics, prices};

use crate::{
    oracle::{check, traffic},
    poller::{Lambda, Shard},
    world::{Dice, Item, World},
};

const RULES: &str = r#"
Workload: simulation
Rules:
  - FilterPattern: '{ $.kind = "request" }'
    EventId: $.id
    MetricTransformations:
      - MetricNamespace: Simulation
        MetricName: Input
        MetricValue: $.input
        Kind: distribution
        Dimensions: [{ Key: Agent, Value: $.agent }]
        DimensionSets: [[], [Agent]]
  - FilterPattern: ERROR
    MetricTransformations:
      - MetricNamespace: Simulation
        MetricName: Errors
        MetricValue: "1"
        Unit: Count
Usage:
  FilterPattern: '{ $.kind = "request" }'
  EventId: $.id
  Agent: $.agent
  Model: $.model
  InputTokens: $.input
  OutputTokens: $.output
"#;

/// The same rules and one more, which an operator put in their place at night.
fn night_rules() -> String {
    RULES.replace(
        "Usage:",
        "  - FilterPattern: '{ $.kind = * }'
    MetricTransformations:
      - { MetricNamespace: Simulation, MetricName: Night, MetricValue: 1 }
Usage:",
    )
}

fn core() -> Core {
    let rules = metrics::parse("simulation.yaml", RULES).unwrap();
    Core::new(
        vec![rules],
        prices::built_in().clone(),
        "test",
        "picket-test",
    )
}

/// What a run saw, to know that it saw something.
#[derive(Debug, Default)]
struct Seen {
    batches: u64,
    kills: u64,
    poisoned: u64,
    /// Records left undecoded.
    left: usize,
    zombies: u64,
    collisions: u64,
    lost_answers: u64,
    put_back: usize,
    other_rules: u64,
    /// Slices that begin inside a record.
    cut_records: usize,
}

fn run(core: Core, seed: u64, records: usize, fault_once_in: usize) -> Seen {
    let mut dice = Dice(seed);
    let shards: Vec<Shard> = (0..3)
        .map(|shard| traffic(shard, records, &mut dice))
        .collect();
    let world = World::new(seed, fault_once_in);
    let mut lambda = Lambda::new(core, world, shards, seed ^ 0xdead);
    lambda.run();
    lambda.rough = false;
    {
        let mut world = lambda.world.lock().unwrap();
        (world.fault_once_in, world.is_mended) = (0, true);
    }
    loop {
        lambda.run();
        let put_back = operator::put_back(&mut lambda, &mut dice);
        lambda.put_back += put_back;
        if put_back == 0 {
            break;
        }
    }
    check(&lambda);
    let world = lambda.world.lock().unwrap();
    let cut = |item: &&Item| item.first.sub() > 0;
    Seen {
        batches: lambda.attempts,
        kills: lambda.kills,
        poisoned: lambda.poisoned,
        left: world.table.values().map(|item| item.left().len()).sum(),
        zombies: lambda.zombies,
        collisions: world.collisions,
        lost_answers: world.lost_answers,
        put_back: lambda.put_back,
        other_rules: world.other_rules,
        cut_records: world.table.values().filter(cut).count(),
    }
}

fn run_all(core: &Core, seeds: Range<u64>, records: usize) -> Seen {
    let mut seen = Seen::default();
    for seed in seeds {
        let one = run(core.clone(), seed, records, 25);
        seen.batches += one.batches;
        seen.kills += one.kills;
        seen.poisoned += one.poisoned;
        seen.left += one.left;
        seen.zombies += one.zombies;
        seen.collisions += one.collisions;
        seen.lost_answers += one.lost_answers;
        seen.put_back += one.put_back;
        seen.other_rules += one.other_rules;
        seen.cut_records += one.cut_records;
    }
    seen
}

#[test]
fn each_record_counts_once_whatever_goes_wrong() {
    let seen = run_all(&core(), 0..36, 120);
    let disasters = [seen.kills, seen.zombies, seen.collisions];
    assert!(seen.batches > 4_000, "{seen:?}");
    assert!(disasters.into_iter().all(|count| count > 400), "{seen:?}");
    assert!(seen.lost_answers > 100 && seen.put_back > 100, "{seen:?}");
    assert!(seen.poisoned > 400 && seen.left > 100, "{seen:?}");
    assert!(seen.other_rules > 100, "{seen:?}");
}

#[test]
fn each_event_counts_once_where_slices_end_inside_records() {
    let seen = run_all(&core().with_largest_blob(220), 100..110, 40);
    let disasters = [seen.kills, seen.zombies, seen.collisions];
    assert!(disasters.into_iter().all(|count| count > 50), "{seen:?}");
    assert!(seen.cut_records > 100, "{seen:?}");
}

#[test]
#[ignore = "minutes: `make soak` runs it"]
fn ten_thousand_batches_a_seed_count_each_record_once() {
    for seed in 1_000..1_005 {
        let seen = run_all(&core(), seed..seed + 1, 11_000);
        assert!(seen.batches >= 10_000, "{seen:?}");
    }
}

#[test]
fn on_a_quiet_day_a_batch_is_one_item() {
    let mut dice = Dice(1);
    let shards = vec![traffic(0, 100, &mut dice)];
    let mut lambda = Lambda::new(core(), World::new(1, 0), shards, 1);
    lambda.world.lock().unwrap().is_mended = true;
    lambda.rough = false;
    lambda.run();
    check(&lambda);
    let world = lambda.world.lock().unwrap();
    assert_eq!(world.table.len() as u64, lambda.attempts);
}
