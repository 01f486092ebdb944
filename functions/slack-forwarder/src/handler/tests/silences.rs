//! What is held back, and that it is counted.

use picket_rules::routes::Silence;
use picket_shared::clock::Clock;

use super::{
    digest::ASKED,
    state::{by_event_bridge, by_sns},
    world::{Table, World, answer},
};

#[tokio::test]
async fn what_is_silenced_is_sent_to_nobody_until_the_silence_is_over() {
    let world = World::at_six().with_a_silence("ord*");
    world.handle(&by_sns("ALARM", 3)).await.unwrap();
    world.handle(&by_sns("OK", 4)).await.unwrap();
    assert!(
        world.posted().is_empty(),
        "its OK ends nothing that was sent"
    );
    world.pass(20 * 60);
    world.handle(&by_sns("ALARM", 30)).await.unwrap();
    assert_eq!(world.posted().len(), 1);
    let world = World::at_six();
    world.handle(&by_sns("ALARM", 3)).await.unwrap();
    world.handle(&by_sns("OK", 4)).await.unwrap();
    assert_eq!(world.posted().len(), 2);
    let world = World::at_six().with_a_silence("payments");
    world.handle(&by_sns("ALARM", 3)).await.unwrap();
    assert_eq!(world.posted().len(), 1);
}

/// An operator's silence of `orders`, for half an hour.
fn silence() -> Silence {
    let text = r#"{"name":"move","match":{"alarm":"orders"},"until":"2026-11-20T06:40:00Z","reason":"r","author":"ada"}"#;
    Silence::parse("test", text).unwrap()
}

#[tokio::test]
async fn an_operator_silences_within_half_a_minute_and_the_digest_says_how_much() {
    let world = World::at_six();
    world.0.lock().unwrap().silences = vec![silence()];
    world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
    assert!(world.posted().is_empty());
    world.handle_as("b", &by_sns("OK", 4)).await.unwrap();
    assert!(
        world.posted().is_empty(),
        "its OK ends nothing that was sent"
    );
    world.pass(24 * 3_600);
    world.handle_as("asked", ASKED).await.unwrap();
    let digest = world.posted()[0].to_string();
    assert!(digest.contains("    1  orders (move)"), "{digest}");
    world.handle_as("c", &by_sns("ALARM", 5)).await.unwrap();
    assert_eq!(world.posted().len(), 2, "it is over");
}

#[tokio::test]
async fn the_table_is_read_once_in_half_a_minute_and_one_that_is_gone_silences_nothing() {
    let world = World::at_six();
    let handler = world.handler();
    world.0.lock().unwrap().silences = vec![silence()];
    for (place, seconds) in [0, 29, 1, 5].into_iter().enumerate() {
        world.pass(seconds);
        let deadline = world.deadline();
        let event = by_sns("ALARM", u32::try_from(place).unwrap());
        handler
            .handle(&event, deadline, &place.to_string())
            .await
            .unwrap();
    }
    assert_eq!(world.0.lock().unwrap().silences_read, 2);
    assert!(world.posted().is_empty());

    let gone = World::at_six().with_table(Table::Unreachable);
    gone.0.lock().unwrap().silences = vec![silence()];
    gone.handle(&by_sns("ALARM", 3)).await.unwrap();
    assert_eq!(gone.posted().len(), 1);
}

const TICK: &[u8] = br#"{"picket":{"kind":"tick","version":1}}"#;

async fn tick(world: &World) {
    let request = world.now().to_string();
    world.handle_as(&request, TICK).await.unwrap();
}

#[tokio::test]
async fn an_alarm_that_outlives_its_silence_is_sent_at_its_end_and_one_that_is_over_is_not() {
    for (is_over, posts) in [(false, 1), (true, 0)] {
        let world = World::at_six().with_a_silence("ord*");
        // The copy without a topic does not take the place of the one with its severity.
        for (request, event) in [
            ("a", by_sns("ALARM", 3)),
            ("b", by_event_bridge("ALARM", 3)),
        ] {
            world.handle_as(request, &event).await.unwrap();
        }
        if is_over {
            world.handle_as("c", &by_sns("OK", 8)).await.unwrap();
            // Tried again by Lambda, and older than the OK.
            world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
        }
        tick(&world).await;
        assert!(world.posted().is_empty(), "the silence lasts");
        for _ in 0..3 {
            world.pass(20 * 60);
            tick(&world).await;
        }
        let posted = world.posted();
        assert_eq!(posted.len(), posts);
        assert!(
            posted
                .iter()
                .all(|post| post.to_string().contains("ALARM · critical · orders"))
        );
        assert!(world.0.lock().unwrap().silenced.is_empty());
        world.handle_as("d", &by_sns("OK", 59)).await.unwrap();
        assert_eq!(world.posted().len(), 2 * posts, "its OK ends it");
    }
}

#[tokio::test]
async fn an_alarm_is_sent_when_its_silence_is_removed() {
    let world = World::at_six();
    world.0.lock().unwrap().silences = vec![silence()];
    world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
    world.0.lock().unwrap().silences.clear();
    world.pass(60);
    tick(&world).await;
    assert_eq!(world.posted().len(), 1);
}

#[tokio::test]
async fn an_alarm_that_cannot_be_kept_for_the_end_of_its_silence_is_tried_again() {
    let world = World::at_six()
        .with_a_silence("ord*")
        .with_table(Table::ReadOnly);
    let error = world.handle(&by_sns("ALARM", 3)).await.unwrap_err();
    assert!(error.to_string().contains("could not be kept"), "{error}");
}

#[tokio::test]
async fn an_alarm_whose_sink_refuses_it_at_the_end_of_its_silence_is_tried_until_the_fallback_has_it()
 {
    let world = World::at_six().with_a_silence("ord*");
    world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
    for (hours, sent) in [(1, 0), (12, 1), (13, 1)] {
        world.pass(hours * 3_600);
        world.0.lock().unwrap().answers.push_back(answer(418, ""));
        let request = world.now().to_string();
        assert_eq!(world.handle_as(&request, TICK).await.is_err(), sent == 0);
        assert_eq!(world.0.lock().unwrap().fallback.len(), sent);
    }
    assert_eq!(world.posted().len(), 2);
}
