//! The forwarder against a Slack on loopback that does everything wrong, in generated order: nothing is lost, and
//! nothing is doubled but where Slack took a message and its answer was lost.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests, where a panic is the failure"
)]

mod slack;
mod world;

use std::time::Duration;

use proptest::prelude::*;
use slack::{Manner, Slack};
use world::World;

const SINKS: [&str; 2] = ["{ webhook: alerts }", "{ slack: C1 }"];

/// Invokes until the event is dealt with, as Lambda and the failure queue do; how often that took.
async fn until_taken(world: &World, event: &str) -> usize {
    for attempt in 1..=20 {
        if world.handle(event).await.is_ok() {
            return attempt;
        }
        world.pass_a_minute();
    }
    panic!("the event was not dealt with in twenty invocations");
}

async fn play(sink: &str, manners: &[Manner], table_works: &[bool]) -> (Slack, World) {
    let slack = Slack::start(manners).await;
    let world = World::new(&slack.address(), sink, table_works);
    until_taken(&world, &world::alarm("ALARM", 3)).await;
    (slack, world)
}

fn any_manner() -> impl Strategy<Value = Manner> {
    prop_oneof![
        Just(Manner::Limits(Some(7))),
        Just(Manner::Limits(Some(100_000))),
        Just(Manner::Limits(None)),
        Just(Manner::Breaks),
        Just(Manner::SaysNo),
        Just(Manner::IsGone),
        Just(Manner::Closes),
        Just(Manner::TakesAndCloses),
        Just(Manner::TakesAndNeverEnds),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_doubled_but_what_is_ambiguous(
        sink in 0..SINKS.len(),
        manners in proptest::collection::vec(any_manner(), 0..7),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (slack, world) = play(SINKS[sink], &manners, &[]).await;
            let (taken, ambiguous) = (slack.taken(), slack.ambiguous());
            prop_assert!(taken > ambiguous, "taken {taken}, of which the answer was lost {ambiguous}");
            prop_assert_eq!(taken, 1 + ambiguous);
            // Another carrier's copy, after all that.
            until_taken(&world, &world::alarm("ALARM", 3)).await;
            prop_assert_eq!(slack.taken(), taken);
            Ok(())
        })?;
    }

    #[test]
    fn nothing_is_lost_while_the_table_comes_and_goes(
        sink in 0..SINKS.len(),
        manners in proptest::collection::vec(any_manner(), 0..4),
        table_works in proptest::collection::vec(any::<bool>(), 0..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (slack, _) = play(SINKS[sink], &manners, &table_works).await;
            prop_assert_eq!(slack.taken(), 1 + slack.ambiguous(), "one event, one message, table or not");
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_fails_the_invocation_and_loses_nothing() {
    let slack = Slack::start(&[]).await;
    let world = World::new(&slack.address(), SINKS[0], &[]);
    world.lose_parameters(2);
    assert_eq!(until_taken(&world, &world::alarm("ALARM", 3)).await, 3);
    assert_eq!(slack.taken(), 1);
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_kept_to_the_second_or_left_to_a_retry() {
    for (seconds, invocations) in [(7, 1), (100_000, 2)] {
        let slack = Slack::start(&[Manner::Limits(Some(seconds))]).await;
        let world = World::new(&slack.address(), SINKS[0], &[]);
        let attempts = until_taken(&world, &world::alarm("ALARM", 3)).await;
        assert_eq!(attempts, invocations);
        assert_eq!(world.slept().contains(&seconds), invocations == 1);
    }
}

/// The server waits for a request, and gets the beginning of a handshake: it never answers, and neither side gives up.
#[tokio::test]
async fn a_handshake_that_hangs_ends_with_the_invocation_and_loses_and_doubles_nothing() {
    for sink in SINKS {
        let slack = Slack::start(&[]).await;
        let encrypted = slack.address().replace("http:", "https:");
        let hanging = World::new(&encrypted, sink, &[]);
        let event = world::alarm("ALARM", 3);
        // What is left of the thirty seconds is half a second to say so, two to record it, and what one post may take:
        // in earnest eight.
        hanging.read_slowly(Duration::from_millis(27_200));
        let error = hanging.handle(&event).await.unwrap_err();
        assert!(error.to_string().contains("did not answer"), "{error}");
        hanging.pass_a_minute();
        hanging.read_slowly(Duration::ZERO);
        let world = hanging.elsewhere(&slack.address(), sink);
        assert_eq!(until_taken(&world, &event).await, 1);
        assert_eq!((slack.taken(), slack.ambiguous()), (1, 0));
    }
}
