//! Default values in the same world: once a minute and metric in the chains and at every sink, whichever process dies.

use std::collections::BTreeMap;

use picket_shared::{
    chain::Body,
    defaults::DefaultMinute,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
};

use super::{Trouble, World, alone, drain, interleave, tick, trouble};
use proptest::prelude::*;

const OBJECT: &str = "workloads/scheduling-agent/metrics.yaml";
const RULES: &str = "\
Workload: scheduling-agent
Rules:
  - FilterPattern: ERROR
    MetricTransformations:
      - { MetricNamespace: SchedulingAgent, MetricName: Defaulted, MetricValue: 1, DefaultValue: 3 }
";
const DEFAULT: f64 = 3.0;

/// The expected content of a minute: the events that arrived, and the sum of those that matched.
type Expected = BTreeMap<i64, Option<Statistics>>;

fn series(minute: i64, value: f64) -> SeriesMinute {
    SeriesMinute {
        key: SeriesKey {
            namespace: "SchedulingAgent".into(),
            name: "Defaulted".into(),
            unit: "None".into(),
            dimensions: vec![("Environment".into(), "dev".into())],
        },
        minute,
        aggregate: Aggregate::Sum(Statistics::of(value)),
    }
}

/// A slice of a shard in which an event of this minute came, and one matched or not.
fn commit(world: &World, shard: usize, minute: i64, matched: bool) {
    world.commit_body(
        shard,
        Body {
            series: matched.then(|| series(minute, 1.0)).into_iter().collect(),
            defaults: vec![DefaultMinute {
                series: series(minute, DEFAULT),
                matched,
            }],
            ..Body::default()
        },
    );
}

/// A minute's slices, ten seconds apart: each of the minute, now and then of the one before.
fn commit_minute(world: &World, expected: &mut Expected) {
    let now = || world.now_ms() / 60_000;
    for _ in 0..6 {
        for shard in 0..3 {
            if world.random(3) == 0 {
                continue;
            }
            // In the first seconds of a minute come the last events of the one before.
            let is_late = world.now_ms() % 60_000 < 15_000 && world.random(2) == 0;
            let minute = now() - i64::from(is_late);
            let matched = world.random(12) == 0;
            commit(world, shard, minute, matched);
            let known = expected.entry(minute).or_default();
            if matched {
                known
                    .get_or_insert(Statistics {
                        count: 0,
                        sum: 0.0,
                        min: 1.0,
                        max: 1.0,
                    })
                    .merge(Statistics::of(1.0));
            }
        }
        world.pass(10_000);
    }
}

fn with_defaults(expected: &Expected) -> BTreeMap<i64, Statistics> {
    let values = expected.iter();
    values
        .map(|(minute, matched)| (*minute, matched.unwrap_or(Statistics::of(DEFAULT))))
        .collect()
}

/// The world with the rule in force, its minutes beginning with a minute.
fn begin(seed: u64) -> World {
    let world = World::with(seed, 3, 4);
    world.set_rules(OBJECT, RULES);
    alone(&world).unwrap();
    // The minute after this one is the first that is decided, and of it nothing comes late.
    world.pass(120_000 - world.now_ms() % 60_000);
    world
}

fn assert_prometheus(world: &World, expected: &BTreeMap<i64, Statistics>) {
    let samples = world.samples("scheduling_agent_defaulted_total dev");
    let last = samples.last().map_or(0.0, |(_, value)| *value);
    let sum: f64 = expected.values().map(|statistics| statistics.sum).sum();
    assert!((last - sum).abs() < 1e-6, "{last} of {sum}");
    assert!(
        samples.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
        "{samples:?}"
    );
}

#[test]
fn each_minute_without_a_match_has_the_default_value_once_at_every_sink() {
    for seed in 0..8 {
        let world = begin(seed);
        let mut expected = Expected::new();
        for minute in 0..12 {
            commit_minute(&world, &mut expected);
            // Nothing comes for two minutes: they have no default value.
            if minute == 6 {
                world.pass(120_000);
            }
            for ended in interleave(&world, vec![tick(&world), tick(&world)], 0) {
                ended.unwrap();
            }
            world.pass(60_000 - world.now_ms() % 60_000);
        }
        drain(&world);
        let expected = with_defaults(&expected);
        let defaults = expected
            .values()
            .filter(|s| s.sum == DEFAULT && s.count == 1);
        assert!(defaults.count() > 0, "seed {seed}");
        assert_eq!(world.committed("Defaulted"), expected, "seed {seed}");
        assert_eq!(world.received("Defaulted"), expected, "seed {seed}");
        assert_prometheus(&world, &expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn kills_conflicts_and_second_publishers_add_no_default_value_and_lose_none(seed: u64, trouble in trouble()) {
        let world = begin(seed);
        let mut expected = Expected::new();
        for _ in 0..10 {
            world.set_trouble(trouble);
            commit_minute(&world, &mut expected);
            let publishers = 1 + world.random(2);
            let running = (0..publishers).map(|_| tick(&world)).collect();
            interleave(&world, running, 15);
            world.pass(60_000 - world.now_ms() % 60_000);
        }
        world.set_trouble(Trouble::default());
        drain(&world);
        let expected = with_defaults(&expected);
        prop_assert_eq!(world.committed("Defaulted"), expected.clone());
        assert_prometheus(&world, &expected);
    }
}

#[test]
fn a_match_that_is_committed_after_its_minute_settled_comes_beside_the_default_value() {
    let world = begin(3);
    let minute = world.now_ms() / 60_000;
    commit(&world, 0, minute, false);
    // It is settled a minute after it ended.
    world.pass(120_000);
    alone(&world).unwrap();
    commit(&world, 1, minute, true);
    commit(&world, 2, minute, false);
    drain(&world);
    let both = Statistics {
        count: 2,
        sum: DEFAULT + 1.0,
        min: 1.0,
        max: DEFAULT,
    };
    assert_eq!(
        world.received("Defaulted"),
        BTreeMap::from([(minute, both)])
    );
}

#[test]
fn without_a_rule_that_has_one_nothing_is_read_or_written_for_default_values() {
    let (with, without) = (begin(4), World::with(4, 3, 4));
    alone(&without).unwrap();
    assert_eq!(with.blobs(), without.blobs() + 1);
    assert!(with.calls().0 > without.calls().0);
}
