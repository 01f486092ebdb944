//! Much at once: hours of backlog, hundreds of shards.

use std::task::{Context, Poll, Waker};

use super::{TIMEOUT, World, drain, tick};
use crate::handler::Summary;

/// One tick whose every step takes so many milliseconds; a call takes two.
fn slowly(world: &World, step: i64) -> Summary {
    let mut running = tick(world);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(summary) = running.as_mut().poll(&mut context) {
            return summary.unwrap();
        }
        world.pass(step);
    }
}

#[test]
fn six_hours_are_caught_up_in_order_within_the_schedules_time_and_the_age_is_told() {
    let world = World::with(17, 3, 200);
    for _ in 0..6 * 360 {
        world.commit_some();
        world.pass(10_000);
    }
    world.pass(120_000);
    let mut ages = Vec::new();
    while ages.last() != Some(&0.0) {
        let begun = world.now_ms();
        slowly(&world, 250);
        let took = world.now_ms() - begun;
        assert!(took < TIMEOUT, "{took} ms");
        world.assert_sent_in_order();
        ages.push(world.own("CursorAge CloudWatch").unwrap());
        world.pass(60_000 - took);
    }
    assert!((2..=10).contains(&ages.len()), "{ages:?}");
    assert!(ages.is_sorted_by(|a, b| a > b), "{ages:?}");
    drain(&world);
    world.assert_ledger_exact();
    assert_eq!((world.never_sent(), world.sent_twice()), (0, 0));
}

#[test]
fn hundreds_of_shards_are_served_in_one_tick_without_a_burst() {
    const SHARDS: u64 = 300;
    let world = World::with(18, 300, 200);
    for _ in 0..6 {
        world.commit_some();
    }
    world.pass(180_000 + 30 * 60_000);
    let begun = world.now_ms();
    // Five milliseconds a step, ten a call: DynamoDB's usual.
    slowly(&world, 5);
    let (calls, at_once) = world.calls();
    assert_eq!(world.never_sent(), 0);
    // Sixteen of each sink.
    assert!(at_once <= 48, "{at_once} calls at once");
    // CloudWatch: cursor, slices, claim, advance, and once more to see that there is no more. The ledger: the same, but for a
    // transaction for each 99 rows. Prometheus: the slices, and that there are no more.
    assert!(calls <= SHARDS * 22, "{calls} calls");
    let took = world.now_ms() - begun;
    assert!(took <= 5_000, "{took} ms");
}
