//! What is held back, and that it is counted.

use picket_rules::routes::Silence;

use super::{
    digest::ASKED,
    state::by_sns,
    world::{Table, World},
};

#[tokio::test]
async fn what_is_silenced_is_told_nobody_until_the_silence_is_over() {
    let world = World::at_six().with_a_silence("ord*");
    world.handle(&by_sns("ALARM", 3)).await.unwrap();
    world.handle(&by_sns("OK", 4)).await.unwrap();
    assert!(
        world.posted().is_empty(),
        "its OK ends nothing that was told"
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
        "its OK ends nothing that was told"
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
