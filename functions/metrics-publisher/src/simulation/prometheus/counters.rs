//! Counters follow the committed sums, from one tick and one process to the next.

use picket_shared::deadline::Deadline;

use super::{EVENTS, assert_exact, tick_of};
use crate::{
    config::Config,
    handler::Handler,
    simulation::{TICK, World, alone, config, interleave},
};

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
    let handler = Handler::new(config(), world.clone(), world.clone());
    for _ in 0..4 {
        world.commit_some();
        world.pass(60_000);
        tick_of(&world, &handler);
        assert_exact(&world);
    }
    world.commit_some();
    world.pass(60_000);
    alone(&world).unwrap();
    assert_exact(&world);
}

#[test]
fn stored_values_are_few_and_where_they_are_lost_the_counters_begin_anew() {
    let world = World::new(24);
    for _ in 0..40 {
        world.commit_some();
        world.pass(60_000);
        alone(&world).unwrap();
    }
    // The head, the places, the values; CloudWatch's list of admitted series; when each rule matched; and the digest of
    // the day's usage.
    assert_eq!(world.blobs(), 6);
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
    let config = Config {
        prometheus: None,
        ..config()
    };
    let deadline = Deadline::from_context(world.now_ms().cast_unsigned() + 50_000);
    let handler = Handler::new(config, world.clone(), world.clone());
    let running = Box::pin(async move { handler.handle(TICK, deadline).await });
    interleave(&world, vec![running], 0).remove(0).unwrap();
    assert!(world.samples(EVENTS).is_empty());
    assert_eq!(world.own("SamplesRefused"), None);
}
