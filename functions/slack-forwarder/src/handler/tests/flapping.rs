//! An alarm that flaps: few messages, and none of an outage missing.

use super::{
    bundles::{TICK, change, posted},
    world::{Table, World},
};

/// An alarm that began three incidents, and the fourth, at a webhook.
async fn flapping() -> World {
    let world = World::at_six().with_sinks("{ webhook: a }");
    for place in 0..7 {
        let state = if place % 2 == 0 { "ALARM" } else { "OK" };
        handle(&world, state).await;
        world.pass(180);
    }
    world
}

async fn handle(world: &World, state: &str) {
    let event = change(world, 0, state);
    let request = world.0.lock().unwrap().now.to_string();
    world.handle_as(&request, &event).await.unwrap();
}

async fn minutes(world: &World, count: usize) {
    for _ in 0..count {
        world.pass(60);
        let request = world.0.lock().unwrap().now.to_string();
        world.handle_as(&request, TICK).await.unwrap();
    }
}

#[tokio::test]
async fn an_incident_that_outlasts_the_flapping_is_posted_once_and_its_ok_too() {
    let world = flapping().await;
    let before = posted(&world, "hooks").len();
    assert_eq!(before, 5, "two incidents, and that it flaps");
    minutes(&world, 26).await;
    assert_eq!(posted(&world, "hooks").len(), before);
    minutes(&world, 540).await;
    let sent = posted(&world, "hooks");
    assert_eq!(sent.len(), before + 1, "nine hours of ALARM");
    let last = sent[before].to_string();
    assert!(
        last.contains("1 alert in ALARM for 30 min after flapping"),
        "{last}"
    );
    assert!(last.contains("ALARM · critical · alarm-0-"), "{last}");
    handle(&world, "OK").await;
    let sent = posted(&world, "hooks");
    assert_eq!(sent.len(), before + 2);
    let last = sent[before + 1].to_string();
    assert!(last.contains("OK · critical · alarm-0-"), "{last}");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn an_alarm_that_goes_on_flapping_is_posted_no_more() {
    let world = flapping().await;
    let before = posted(&world, "hooks").len();
    for place in 0..60 {
        // Thirty minutes after each beginning it is in ALARM again.
        let (state, length) = [("OK", 2), ("ALARM", 3)][place % 2];
        handle(&world, state).await;
        minutes(&world, length).await;
    }
    handle(&world, "OK").await;
    minutes(&world, 40).await;
    assert_eq!(posted(&world, "hooks").len(), before);
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn an_incident_that_cannot_be_kept_is_posted_at_once() {
    let world = flapping().await;
    let before = posted(&world, "hooks").len();
    handle(&world, "OK").await;
    world.0.lock().unwrap().table = Table::ReadOnly;
    world.pass(60);
    handle(&world, "ALARM").await;
    assert_eq!(posted(&world, "hooks").len(), before + 1);
}
