//! More series than there may be: no publisher passes a ceiling, no value is lost, and people are notified once a day.

use picket_shared::{
    deadline::Deadline,
    fleet::{Ceiling, FleetMessage, SeriesCeiling},
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
};

use super::{Running, TICK, TIMEOUT, Trouble, World, config, interleave};
use crate::{config::Config, handler::Handler};

const DAY: i64 = 24 * 60 * 60_000;

/// A tick of a fresh process of a stack that may have five series.
fn publisher(world: &World) -> Running {
    let world = world.clone();
    let deadline = Deadline::from_context((world.now_ms() + TIMEOUT).cast_unsigned());
    let config = Config {
        maximum_series: 5,
        ..config()
    };
    Box::pin(async move {
        Handler::new(config, world.clone(), world)
            .handle(TICK, deadline)
            .await
    })
}

/// Four agents' requests to each shard, twelve agents in all.
fn commit(world: &World, round: i64) {
    let minute = world.now_ms() / 60_000;
    for shard in 0..3 {
        let agent = |i: i64| {
            let number = (round * 3 + i64::try_from(shard).unwrap() + i) % 12;
            SeriesMinute {
                key: SeriesKey {
                    namespace: "Picket/Test".into(),
                    name: "Requests".into(),
                    unit: "Count".into(),
                    dimensions: vec![("AgentId".into(), format!("agent-{number}"))],
                },
                minute,
                aggregate: Aggregate::Sum(Statistics::of(1.0)),
            }
        };
        world.commit_series(shard, (0..4).map(agent).collect());
    }
}

fn warnings(world: &World) -> Vec<SeriesCeiling> {
    let of_ceiling = |message| match message {
        FleetMessage::SeriesCeiling(warning) => Some(warning),
        _ => None,
    };
    world
        .messages()
        .into_iter()
        .filter_map(of_ceiling)
        .collect()
}

#[test]
fn two_publishers_at_once_admit_no_more_than_the_ceiling_and_lose_no_value() {
    let world = World::new(19);
    for round in 0..6 {
        commit(&world, round);
        world.pass(180_000);
        for ended in interleave(&world, vec![publisher(&world), publisher(&world)], 0) {
            ended.unwrap();
        }
    }
    let agents = world.agents();
    assert_eq!(agents.len(), 6, "{agents:?}");
    assert!(agents["Other"] > 0.0);
    let reported: f64 = agents.values().sum();
    assert!((reported - 72.0).abs() < 1e-9, "{reported}");
    assert_eq!(world.own("SeriesAdmitted"), Some(5.0));
}

#[test]
fn people_are_notified_once_a_day_whoever_publishes() {
    let world = World::new(28);
    for round in 0..12 {
        commit(&world, round);
        world.pass(180_000);
        for ended in interleave(&world, vec![publisher(&world), publisher(&world)], 0) {
            ended.unwrap();
        }
        if round == 5 {
            world.pass(DAY);
        }
    }
    let warnings = warnings(&world);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_ne!(warnings[0].date, warnings[1].date);
    let first = &warnings[0];
    assert_eq!((first.stack_series, first.stack_ceiling), (5, 5));
    let metric = &first.metrics[0];
    assert_eq!((metric.name.as_str(), metric.series), ("Requests", 5));
    assert_eq!((metric.ceiling, metric.reached), (100, Ceiling::Stack));
}

#[test]
fn a_topic_that_does_not_answer_is_asked_again_by_the_next_tick() {
    let world = World::new(29);
    world.set_trouble(Trouble {
        topic: 1_000,
        ..Trouble::default()
    });
    for round in 0..3 {
        commit(&world, round);
        world.pass(180_000);
        let error = interleave(&world, vec![publisher(&world)], 0).remove(0);
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("no notification of a reached limit of series was published"),
            "{error}"
        );
        assert!(error.contains("1 part(s)"), "{error}");
    }
    world.set_trouble(Trouble::default());
    for round in 3..6 {
        commit(&world, round);
        world.pass(180_000);
        interleave(&world, vec![publisher(&world)], 0)
            .remove(0)
            .unwrap();
    }
    assert_eq!(warnings(&world).len(), 1);
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn who_dies_at_it_leaves_it_to_the_next() {
    for seed in 0..40 {
        let world = World::new(3_000 + seed);
        for round in 0..4 {
            commit(&world, round);
            world.pass(180_000);
            interleave(&world, vec![publisher(&world), publisher(&world)], 25);
        }
        for round in 4..6 {
            commit(&world, round);
            world.pass(180_000);
            interleave(&world, vec![publisher(&world)], 0)
                .remove(0)
                .unwrap();
        }
        assert!(!warnings(&world).is_empty(), "seed {seed}");
    }
}
