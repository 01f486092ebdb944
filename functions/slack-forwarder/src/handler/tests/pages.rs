//! More alarms in a minute than PagerDuty takes events.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    bundles::{change, posted, tick},
    world::{World, answer},
};

const KEY: &str = "0123456789abcdef0123456789abcdef";

async fn paging() -> World {
    let world = World::at_six()
        .with_sinks("{ pagerduty: p }")
        .with_secret_of("/p", KEY);
    for alarm in 0..100 {
        handle(&world, alarm, "ALARM").await;
    }
    world
}

async fn handle(world: &World, alarm: usize, state: &str) {
    let event = change(world, alarm, state);
    let request = format!("{alarm} {state}");
    world.handle_as(&request, &event).await.unwrap();
}

/// Whether each of PagerDuty's incidents is open.
fn incidents(world: &World) -> BTreeMap<String, bool> {
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let mut all = BTreeMap::new();
    for event in posted(world, "pagerduty") {
        let is_open = text(&event, "event_action") == "trigger";
        all.insert(text(&event, "dedup_key"), is_open);
    }
    all
}

fn open(world: &World) -> usize {
    incidents(world)
        .values()
        .filter(|is_open| **is_open)
        .count()
}

#[tokio::test]
async fn what_is_paged_above_a_bound_is_one_page_until_all_of_it_is_ok() {
    let world = paging().await;
    assert_eq!(open(&world), 60);
    tick(&world).await;
    assert_eq!(open(&world), 61, "and one for the other forty");
    let last = posted(&world, "pagerduty").pop().unwrap();
    assert_eq!(last["payload"]["summary"], "40 alarms are in ALARM");
    assert_eq!(last["payload"]["severity"], "critical");
    assert!(
        last["payload"]["custom_details"]
            .to_string()
            .contains("alarm-99-")
    );
    tick(&world).await;
    let events = posted(&world, "pagerduty").len();
    assert_eq!(events, 61, "a page is not triggered again");
    for alarm in 0..99 {
        handle(&world, alarm, "OK").await;
    }
    tick(&world).await;
    assert_eq!(open(&world), 1, "one alarm is in ALARM still");
    handle(&world, 99, "OK").await;
    tick(&world).await;
    assert_eq!(open(&world), 0);
    let events = posted(&world, "pagerduty").len();
    assert_eq!(events, 61 + 60 + 1, "each page that was opened is resolved");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn alarms_that_are_ok_before_their_page_are_not_paged() {
    let world = paging().await;
    world.pass(5);
    for alarm in 0..100 {
        handle(&world, alarm, "OK").await;
    }
    tick(&world).await;
    assert_eq!(posted(&world, "pagerduty").len(), 120);
    assert_eq!(open(&world), 0);
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn a_common_page_that_is_refused_is_triggered_by_the_next_minute() {
    let world = paging().await;
    world.pass(70);
    let refusals = std::iter::repeat_with(|| answer(503, "")).take(3);
    world.0.lock().unwrap().answers.extend(refusals);
    let tick_event = super::bundles::TICK;
    world.handle_as("tick", tick_event).await.unwrap_err();
    tick(&world).await;
    let summaries: Vec<Value> = posted(&world, "pagerduty")
        .iter()
        .map(|event| event["payload"]["summary"].clone())
        .filter(|summary| summary == "40 alarms are in ALARM")
        .collect();
    assert_eq!(summaries.len(), 4, "three that were refused, and one");
    assert_eq!(open(&world), 61);
}

#[tokio::test]
async fn alarms_of_later_minutes_join_the_page_that_is_open() {
    let world = paging().await;
    tick(&world).await;
    // The minute before had more than the bound.
    handle(&world, 200, "ALARM").await;
    assert_eq!(posted(&world, "pagerduty").len(), 61);
    tick(&world).await;
    let last = posted(&world, "pagerduty").pop().unwrap();
    assert_eq!(last["payload"]["summary"], "41 alarms are in ALARM");
    assert_eq!(open(&world), 61);
}
