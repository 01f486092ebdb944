//! Publishers against a world that kills them, loses answers, throttles and runs two at once. Every case has a seed.

mod ages;
mod breakers;
mod ceilings;
mod chains;
mod defaults;
mod faults;
mod folding;
mod incidents;
mod matched;
mod prometheus;
mod real_prometheus;
mod scale;
mod world;

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
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
        quarantine_bucket: "quarantine".into(),
        warning_topic: "arn:aws:sns:eu-west-1:111122223333:warning".into(),
        settle: Duration::from_mins(1),
        maximum_series: 1_000,
        maximum_ledger_rows: 2_000,
        override_bucket: Some("overrides".into()),
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

/// A tick of a process that had others before, and may have been stopped in one.
fn tick_of(world: &World, handler: &Arc<Handler<World, World>>) -> Running {
    let handler = Arc::clone(handler);
    let deadline = Deadline::from_context(world.now_ms().cast_unsigned() + TIMEOUT.cast_unsigned());
    Box::pin(async move { handler.handle(TICK, deadline).await })
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

/// Fault-free ticks until everything is published.
fn drain(world: &World) {
    world.set_trouble(Trouble::default());
    for _ in 0..6 {
        world.pass(60_000);
        alone(world).unwrap();
    }
}

/// Items live for a fortnight, in which everything is published and Prometheus' values are stored.
fn grow_old(world: &World) {
    drain(world);
    for _ in 0..2 {
        world.pass(16 * 60_000);
        alone(world).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The ledger is exact, and CloudWatch has each slice once or the cursor counts it, whatever happens.
    #[test]
    fn kills_lost_answers_throttles_and_second_publishers_change_no_total(seed: u64, trouble in trouble()) {
        let world = World::new(seed);
        let process = || Arc::new(Handler::new(config(), world.clone(), world.clone()));
        let processes = [process(), process()];
        for _ in 0..12 {
            world.set_trouble(trouble);
            for _ in 0..world.random(4) {
                world.commit_some();
            }
            if world.random(4) == 0 {
                world.commit_illegal();
            }
            if world.random(4) == 0 {
                world.commit_damaged();
            }
            let publishers = 1 + world.random(2);
            let of = |process: u64| match world.random(3) {
                0 => tick(&world),
                _ => tick_of(&world, &processes[usize::try_from(process).unwrap()]),
            };
            let running = (0..publishers).map(of).collect();
            interleave(&world, running, 15);
            world.pass(60_000 - world.random(30_000).cast_signed());
            if world.random(5) == 0 {
                grow_old(&world);
                world.sweep();
            }
        }
        drain(&world);
        world.assert_ledger_exact();
        prop_assert_eq!(world.never_sent(), 0);
        prometheus::assert_exact(&world);
        prop_assert!(world.sent_twice() <= world.ambiguous(), "{} sent again, {} counted", world.sent_twice(), world.ambiguous());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A clear refusal duplicates nothing: neither what was accepted beside it, nor what comes after.
    #[test]
    fn refusals_alone_send_nothing_twice(seed: u64, quotas in prop::collection::vec(0..6_u64, 1..12), throttled in 0..600_u64) {
        let world = World::new(seed);
        world.set_trouble(Trouble { throttled, ..Trouble::default() });
        for quota in quotas {
            for _ in 0..world.random(3) {
                world.commit_some();
            }
            world.set_quota(quota);
            let _ = alone(&world);
            world.pass(60_000);
        }
        world.set_quota(u64::MAX);
        drain(&world);
        prop_assert_eq!((world.never_sent(), world.sent_twice(), world.ambiguous()), (0, 0, 0));
        prop_assert_eq!(world.events(), world.slices());
    }
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let chance = || prop_oneof![Just(0_u64), 0..300_u64];
    let cloudwatch = (chance(), chance(), chance());
    let tables = (chance(), chance());
    let others = (chance(), chance(), chance(), chance(), chance());
    (cloudwatch, tables, others).prop_map(|(cloudwatch, tables, others)| Trouble {
        lost_after_put: cloudwatch.0,
        lost_before_put: cloudwatch.1,
        throttled: cloudwatch.2,
        lost_after_write: tables.0,
        conflict: tables.1,
        blobs: 0,
        heartbeat: others.0,
        lost_after_samples: others.1,
        samples_throttled: others.2,
        bucket: others.3,
        topic: others.4,
    })
}
