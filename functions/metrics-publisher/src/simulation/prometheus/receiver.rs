//! A receiver that takes no samples for some time, or asks for a pause.

use std::time::Duration;

use super::{EVENTS, assert_exact};
use crate::simulation::{TIMEOUT, Trouble, World, alone, drain};

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
    assert!(world.now_ms() - begun < TIMEOUT);
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
