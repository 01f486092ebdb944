//! Publishers against a world that kills them, loses answers, throttles and runs two at once. Every case has a seed.

mod prometheus;
mod real_prometheus;
mod scale;
mod world;

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use picket_shared::deadline::Deadline;
use proptest::prelude::*;
use world::{Trouble, World};

use crate::{
    config::{Authorization, Config, Receiver},
    error::Error,
    handler::{Handler, Summary},
};

const TICK: &[u8] = br#"{"picket":{"kind":"tick","version":1}}"#;
const TIMEOUT: i64 = 50_000;

fn config() -> Config {
    Config {
        environment: "dev".into(),
        stack: "picket-dev".into(),
        chain_table: "chain".into(),
        ledger_table: "ledger".into(),
        stream: "events".into(),
        settle: Duration::from_mins(1),
        maximum_series: 1_000,
        prometheus: Some(Receiver {
            endpoint: "http://127.0.0.1/".parse().unwrap(),
            authorization: Authorization::None,
        }),
    }
}

type Running = Pin<Box<dyn Future<Output = Result<Summary, Error>>>>;

/// A tick of a fresh process.
fn tick(world: &World) -> Running {
    let world = world.clone();
    let deadline = Deadline::from_context(world.now_ms().cast_unsigned() + TIMEOUT.cast_unsigned());
    Box::pin(async move {
        let handler = Handler::new(config(), world.clone(), world);
        handler.handle(TICK, deadline).await
    })
}

/// Runs ticks side by side, one step of one of them at a time; `kill` in a thousand steps ends one for good.
fn interleave(world: &World, mut running: Vec<Running>, kill: u64) -> Vec<Result<Summary, Error>> {
    let mut context = Context::from_waker(Waker::noop());
    let mut ended = Vec::new();
    while !running.is_empty() {
        let at = usize::try_from(world.random(running.len() as u64)).unwrap();
        if world.random(1_000) < kill {
            drop(running.swap_remove(at));
        } else if let Poll::Ready(result) = running[at].as_mut().poll(&mut context) {
            drop(running.swap_remove(at));
            ended.push(result);
        }
        world.pass(world.random(30).cast_signed());
    }
    ended
}

fn alone(world: &World) -> Result<Summary, Error> {
    interleave(world, vec![tick(world)], 0).remove(0)
}

/// Fault-free ticks until everything is told.
fn drain(world: &World) {
    world.set_trouble(Trouble::default());
    for _ in 0..6 {
        world.pass(60_000);
        alone(world).unwrap();
    }
}

/// Items live for a fortnight, in which everything is told and Prometheus' values are stored.
fn grow_old(world: &World) {
    drain(world);
    for _ in 0..2 {
        world.pass(16 * 60_000);
        alone(world).unwrap();
    }
}

#[test]
fn without_trouble_everything_is_told_once_and_nothing_is_ambiguous() {
    let world = World::new(7);
    for _ in 0..10 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
    }
    drain(&world);
    world.assert_ledger_exact();
    assert_eq!(world.sent_twice(), 0);
    assert_eq!(world.ambiguous(), 0);
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn a_chain_that_died_of_age_begins_again_and_is_read_from_its_start() {
    let world = World::new(8);
    world.commit_some();
    grow_old(&world);
    for _ in 0..3 {
        world.die_of_age();
        drain(&world);
        world.commit_some();
        world.commit_some();
        grow_old(&world);
    }
    prometheus::assert_exact(&world);
    world.assert_ledger_exact();
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
}

#[test]
fn a_lost_answer_is_sent_again_and_counted() {
    let world = World::new(9);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        lost_after_put: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(error.contains("sent again and counted"), "{error}");
    drain(&world);
    assert!(world.sent_twice() > 0);
    assert!(world.ambiguous() >= world.sent_twice());
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn a_refused_request_is_told_later_and_never_twice() {
    let world = World::new(10);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        throttled: 1_000,
        ..Trouble::default()
    });
    alone(&world).unwrap_err();
    drain(&world);
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
}

#[test]
fn a_round_that_is_refused_half_way_is_sent_again_and_counted() {
    let world = World::new(16);
    world.commit_some();
    world.pass(300_000);
    world.set_quota(1);
    alone(&world).unwrap_err();
    world.set_quota(u64::MAX);
    drain(&world);
    assert_eq!(world.never_sent(), 0);
    assert!(world.sent_twice() > 0 && world.ambiguous() >= world.sent_twice());
}

#[test]
fn a_datum_that_cloudwatch_calls_illegal_is_dropped_alone_and_counted() {
    let world = World::new(11);
    world.commit_some();
    world.commit_illegal();
    world.pass(300_000);
    let summary = alone(&world).unwrap();
    assert_eq!(summary.dropped, 1);
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
    assert_eq!(world.own("DatumsDropped"), Some(1.0));
}

#[test]
fn a_heartbeat_that_fails_stops_nothing_and_is_named() {
    let world = World::new(12);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        heartbeat: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    assert!(
        error.contains("1 part(s)") && error.contains("the heartbeat was not sent"),
        "{error}"
    );
    world.assert_ledger_exact();
    assert_eq!(world.never_sent(), 0);
}

#[test]
fn every_failed_part_is_named_and_the_heartbeat_goes_out_all_the_same() {
    let world = World::new(13);
    world.commit_some();
    world.pass(300_000);
    world.set_trouble(Trouble {
        conflict: 1_000,
        throttled: 1_000,
        ..Trouble::default()
    });
    let error = alone(&world).unwrap_err().to_string();
    for part in [
        "was not folded",
        "metrics were not sent",
        "own metrics were not sent",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert_eq!(world.heartbeats(), 1);
}

#[test]
fn without_time_nothing_is_begun_and_nothing_is_lost() {
    let world = World::new(14);
    world.commit_some();
    world.pass(300_000);
    let handler = Handler::new(config(), world.clone(), world.clone());
    let soon = Deadline::from_context(world.now_ms().cast_unsigned() + 5_000);
    let tight = Box::pin(async move { handler.handle(TICK, soon).await });
    let summary = interleave(&world, vec![tight], 0).remove(0).unwrap();
    assert_eq!((summary.folded_slices, summary.published_slices), (0, 0));
    drain(&world);
    world.assert_ledger_exact();
    assert_eq!(
        (world.never_sent(), world.sent_twice(), world.ambiguous()),
        (0, 0, 0)
    );
}

#[test]
fn the_line_says_how_old_its_heartbeat_and_its_cursors_are() {
    let world = World::new(15);
    world.commit_heartbeat();
    world.pass(300_000);
    alone(&world).unwrap();
    let age = world.own("HeartbeatAge").unwrap();
    assert!((300.0..=420.0).contains(&age), "{age}");
    assert_eq!(world.own("CursorAge CloudWatch"), Some(0.0));
    assert_eq!(world.own("PublishAmbiguous"), Some(0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The ledger is exact, and CloudWatch has each slice once or the cursor counts it, whatever happens.
    #[test]
    fn kills_lost_answers_throttles_and_second_publishers_change_no_total(seed: u64, trouble in trouble()) {
        let world = World::new(seed);
        for _ in 0..12 {
            world.set_trouble(trouble);
            for _ in 0..world.random(4) {
                world.commit_some();
            }
            let publishers = 1 + world.random(2);
            let running = (0..publishers).map(|_| tick(&world)).collect();
            interleave(&world, running, 15);
            world.pass(60_000 - world.random(30_000).cast_signed());
            if world.random(5) == 0 {
                grow_old(&world);
                world.die_of_age();
            }
        }
        drain(&world);
        world.assert_ledger_exact();
        prop_assert_eq!(world.never_sent(), 0);
        prometheus::assert_exact(&world);
        prop_assert!(world.sent_twice() <= world.ambiguous(), "{} sent again, {} counted", world.sent_twice(), world.ambiguous());
    }
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let chance = || prop_oneof![Just(0_u64), 0..300_u64];
    let cloudwatch = (chance(), chance(), chance());
    let tables = (chance(), chance());
    let others = (chance(), chance(), chance());
    (cloudwatch, tables, others).prop_map(|(cloudwatch, tables, others)| Trouble {
        lost_after_put: cloudwatch.0,
        lost_before_put: cloudwatch.1,
        throttled: cloudwatch.2,
        lost_after_write: tables.0,
        conflict: tables.1,
        heartbeat: others.0,
        lost_after_samples: others.1,
        samples_throttled: others.2,
    })
}
