//! A storm that is larger than a partition key of the table takes.

use super::{
    bundles::{change, posted, tick},
    world::World,
};
use crate::handler::Handler;

type Sandbox = Handler<World, World>;

const MINUTE: &str = "storm/webhook a 2026-11-20T06:10:00Z";

fn stormy() -> World {
    World::at_six()
        .with_routes("routes: [{ name: all, sinks: [{ webhook: a }] }]\nstorm: { messages: 3 }")
}

async fn alarm(world: &World, sandbox: &Sandbox, alarm: usize) {
    let event = change(world, alarm, "ALARM");
    let request = alarm.to_string();
    let handled = sandbox.handle(&event, world.deadline(), &request);
    handled.await.unwrap();
}

fn throttle(world: &World, id: &str) {
    world.0.lock().unwrap().throttled.push(id.to_owned());
}

#[tokio::test]
async fn a_sandbox_counts_a_minute_until_it_knows_of_a_storm_and_no_further() {
    let world = stormy();
    let sandbox = world.handler();
    for place in 0..50 {
        alarm(&world, &sandbox, place).await;
    }
    let counted = world.0.lock().unwrap().counts[MINUTE];
    assert_eq!(counted, 4, "the three that are posted, and one above");
    assert_eq!(world.0.lock().unwrap().held.len(), 47);
    let other = world.handler();
    alarm(&world, &other, 50).await;
    let counted = world.0.lock().unwrap().counts[MINUTE];
    assert_eq!(counted, 5, "another sandbox counts one");
}

#[tokio::test]
async fn messages_of_a_storm_are_held_back_where_its_counter_takes_no_more_writes() {
    let world = stormy();
    let sandbox = world.handler();
    for place in 0..4 {
        alarm(&world, &sandbox, place).await;
    }
    assert_eq!(posted(&world, "hooks").len(), 3);
    throttle(&world, MINUTE);
    throttle(&world, "storm/webhook a 2026-11-20T06:11:00Z");
    for place in 4..20 {
        alarm(&world, &world.handler(), place).await;
    }
    assert_eq!(posted(&world, "hooks").len(), 3, "the count can be read");
    world.pass(60);
    for place in 20..30 {
        alarm(&world, &world.handler(), place).await;
    }
    assert_eq!(
        posted(&world, "hooks").len(),
        3,
        "the minute before had more"
    );
    assert_eq!(world.0.lock().unwrap().held.len(), 27);
}

#[tokio::test]
async fn a_message_is_kept_in_another_bundle_where_its_own_takes_no_more_writes() {
    let world = stormy();
    let sandbox = world.handler();
    // Every other one of the eight, so that each alert has one that takes writes.
    for shard in ["", "#2", "#4", "#6"] {
        throttle(&world, &MINUTE.replace("a 2026", &format!("a{shard} 2026")));
    }
    // The counter and the first bundle have the same id.
    world.0.lock().unwrap().throttled.retain(|id| id != MINUTE);
    for place in 0..100 {
        alarm(&world, &sandbox, place).await;
    }
    assert_eq!(posted(&world, "hooks").len(), 3);
    let opened = world.0.lock().unwrap().bundles.len();
    assert!((4..=8).contains(&opened), "{opened} bundles");
    tick(&world).await;
    let sent = posted(&world, "hooks");
    assert_eq!(sent.len(), 4, "and one message for all of them");
    let last = sent[3].to_string();
    assert!(last.contains("97 messages about 97 alerts"), "{last}");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn a_message_is_kept_in_a_bundle_that_is_listed_where_the_list_takes_no_more_writes() {
    let world = stormy();
    let sandbox = world.handler();
    // Enough for a message in each of the eight bundles.
    for place in 0..100 {
        alarm(&world, &sandbox, place).await;
    }
    throttle(&world, "bundles");
    for place in 100..200 {
        alarm(&world, &world.handler(), place).await;
    }
    assert_eq!(posted(&world, "hooks").len(), 3);
    assert_eq!(world.0.lock().unwrap().held.len(), 197);
}
