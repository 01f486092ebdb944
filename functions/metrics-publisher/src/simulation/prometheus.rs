//! Prometheus in the same world: what it has adds up to what was committed, in order, whoever dies.

use std::time::Duration;

use super::{Trouble, World, alone, drain};
use crate::handler::Handler;

/// In every slice, once.
const EVENTS: &str = "picket_events_total";

/// The last value is the number of slices, and no value is below an earlier one.
pub(super) fn assert_exact(world: &World) {
    let samples = world.samples(EVENTS);
    let slices = u32::try_from(world.slices()).unwrap();
    let last = samples.last().map_or(0.0, |(_, value)| *value);
    assert!(
        (last - f64::from(slices)).abs() < f64::EPSILON,
        "{last} of {slices}"
    );
    assert!(
        samples.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
        "{samples:?}"
    );
}

#[test]
fn every_tick_adds_what_was_committed_since_and_a_new_series_begins_at_zero() {
    let world = World::new(20);
    for _ in 0..3 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
        assert_exact(&world);
    }
    let values: Vec<f64> = world
        .samples(EVENTS)
        .iter()
        .map(|(_, value)| *value)
        .collect();
    assert_eq!(values, [0.0, 3.0, 6.0, 9.0]);
    assert_eq!(world.out_of_order(), 0);
}

#[test]
fn one_process_goes_on_from_memory_and_a_new_one_comes_to_the_same() {
    let world = World::new(21);
    let handler = Handler::new(super::config(), world.clone(), world.clone());
    for _ in 0..4 {
        world.commit_some();
        world.pass(60_000);
        let deadline = picket_shared::deadline::Deadline::from_context(
            world.now_ms().cast_unsigned() + 50_000,
        );
        let mut running = Box::pin(handler.handle(super::TICK, deadline));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        while running.as_mut().poll(&mut context).is_pending() {
            world.pass(5);
        }
        assert_exact(&world);
    }
    world.commit_some();
    world.pass(60_000);
    alone(&world).unwrap();
    assert_exact(&world);
}

#[test]
fn samples_that_were_not_taken_are_sent_with_the_next_tick() {
    let world = World::new(22);
    world.commit_some();
    world.pass(60_000);
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    // The others' tick succeeds: the receiver alone is down.
    alone(&world).unwrap();
    assert_eq!(world.own("SamplesFailed"), Some(1.0));
    assert_eq!(world.never_sent(), 3, "a minute that is not settled");
    assert!(world.samples(EVENTS).is_empty());
    drain(&world);
    assert_exact(&world);
    assert_eq!(world.own("SamplesFailed"), Some(0.0));
}

#[test]
fn a_receiver_is_left_alone_as_long_as_it_asks_and_asked_again_in_the_same_tick() {
    let world = World::new(26);
    world.commit_some();
    world.pass(60_000);
    world.set_retry_after(Duration::from_secs(10));
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    let begun = world.now_ms();
    alone(&world).unwrap();
    // At first, after ten seconds, and after ten more; the third pause would leave too little of the fifty.
    assert_eq!(world.sample_requests(), 4);
    assert!(world.now_ms() - begun >= 30_000);
    assert!(world.now_ms() - begun < super::TIMEOUT);
    drain(&world);
    assert_exact(&world);
}

#[test]
fn a_receiver_that_asks_for_more_than_there_is_waits_for_the_next_tick_and_is_sent_nothing_else() {
    let world = World::new(27);
    world.commit_some();
    world.pass(60_000);
    world.set_retry_after(Duration::from_mins(2));
    world.set_trouble(Trouble {
        samples_throttled: 1_000,
        ..Trouble::default()
    });
    let begun = world.now_ms();
    alone(&world).unwrap();
    assert_eq!(world.sample_requests(), 1, "and no gauges behind it");
    assert!(world.now_ms() - begun < 5_000);
    assert_eq!(world.own("SamplesFailed"), Some(1.0));
    drain(&world);
    assert_exact(&world);
}

#[test]
fn a_quiet_series_is_told_again_before_it_is_taken_for_gone() {
    let world = World::new(23);
    world.commit_some();
    drain(&world);
    for _ in 0..20 {
        world.pass(60_000);
        alone(&world).unwrap();
    }
    let stamps: Vec<i64> = world.samples(EVENTS).iter().map(|(at, _)| *at).collect();
    let gap = stamps
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .max()
        .unwrap();
    assert!(gap < 300_000, "{gap} ms");
}

#[test]
fn stored_values_are_few_and_where_they_are_lost_the_counters_begin_anew() {
    let world = World::new(24);
    for _ in 0..40 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
    }
    // The head, the places, the values; CloudWatch's list of admitted series; and when each rule matched.
    assert_eq!(world.blobs(), 5);
    assert_exact(&world);
    world.lose_snapshots();
    world.commit_some();
    world.pass(60_000);
    alone(&world).unwrap();
    let last = world.samples(EVENTS).last().unwrap().1;
    assert!((last - 3.0).abs() < f64::EPSILON, "{last}");
}

#[test]
fn it_is_off_without_a_receiver() {
    let world = World::new(25);
    world.commit_some();
    world.pass(60_000);
    let config = crate::config::Config {
        prometheus: None,
        ..super::config()
    };
    let deadline =
        picket_shared::deadline::Deadline::from_context(world.now_ms().cast_unsigned() + 50_000);
    let handler = Handler::new(config, world.clone(), world.clone());
    let running = Box::pin(async move { handler.handle(super::TICK, deadline).await });
    super::interleave(&world, vec![running], 0)
        .remove(0)
        .unwrap();
    assert!(world.samples(EVENTS).is_empty());
    assert_eq!(world.own("SamplesRefused"), None);
}
