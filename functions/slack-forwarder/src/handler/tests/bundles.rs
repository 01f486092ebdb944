//! Storms and groups: few messages, nothing lost, nothing doubled.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use picket_shared::{alarm::State, deadline::Deadline};

use super::world::{CRITICAL, Table, World, answer, batch};
use crate::{delivery_log::Event, incident::Change, testing};

pub(super) const TICK: &[u8] = br#"{"picket":{"kind":"tick","version":1}}"#;
const STORMY: &str = "
routes: [{ name: all, sinks: [{ webhook: a }, { pagerduty: p }] }]
storm: { messages: 3 }";

/// A change of one of many alarms at the world's time.
pub(super) fn change(world: &World, alarm: usize, state: &str) -> Vec<u8> {
    let mut body = testing::alarm_body(&format!("alarm-{alarm}-"), "aws", "eu-west-1");
    let at = world.0.lock().unwrap().now.to_string();
    body["NewStateValue"] = json!(state);
    body["StateChangeTime"] = json!(at);
    let mut event = testing::sns_event(CRITICAL, &[body.to_string()]);
    event["Records"][0]["Sns"]["MessageId"] = json!(format!("{alarm} {state} {at}"));
    event.to_string().into_bytes()
}

/// The posts to the sink whose address contains this.
pub(super) fn posted(world: &World, address: &str) -> Vec<Value> {
    let inner = world.0.lock().unwrap();
    let to_it = inner.posted.iter().filter(|(url, _)| url.contains(address));
    to_it.map(|(_, body)| body.clone()).collect()
}

/// The minute is over, and the schedule comes.
pub(super) async fn tick(world: &World) {
    world.pass(70);
    world.handle_as(&world.stamp(), TICK).await.unwrap();
}

impl World {
    /// An id for an invocation of its own.
    fn stamp(&self) -> String {
        self.0.lock().unwrap().now.to_string()
    }
}

fn stormy() -> World {
    let world = World::at_six().with_routes(STORMY);
    world.with_secret_of("/p", "0123456789abcdef0123456789abcdef")
}

#[tokio::test]
async fn a_storm_is_bundled_minute_by_minute_and_every_page_is_sent() {
    let world = stormy();
    for alarm in 0..10 {
        world
            .handle_as(&alarm.to_string(), &change(&world, alarm, "ALARM"))
            .await
            .unwrap();
    }
    assert_eq!(posted(&world, "hooks").len(), 3);
    assert_eq!(
        posted(&world, "pagerduty").len(),
        10,
        "nobody is spared a page"
    );
    world.handle_as("early", TICK).await.unwrap();
    assert_eq!(posted(&world, "hooks").len(), 3, "the minute is not over");
    tick(&world).await;
    let digest = posted(&world, "hooks")[3].to_string();
    assert!(
        digest.contains("Storm · 7 messages about 7 alerts"),
        "{digest}"
    );
    for alarm in 3..10 {
        assert!(
            digest.contains(&format!("ALARM · critical · alarm-{alarm}-")),
            "{digest}"
        );
        assert!(
            digest.contains(&format!("alarm/alarm-{alarm}-")),
            "with its link: {digest}"
        );
    }
    // It goes on in the minute after, however few there are, and is over then.
    world
        .handle_as("ok", &change(&world, 4, "OK"))
        .await
        .unwrap();
    assert_eq!(posted(&world, "hooks").len(), 4);
    tick(&world).await;
    assert_eq!(posted(&world, "hooks").len(), 5);
    tick(&world).await;
    world
        .handle_as("ok too", &change(&world, 5, "OK"))
        .await
        .unwrap();
    assert_eq!(posted(&world, "hooks").len(), 6);
    tick(&world).await;
    assert_eq!(posted(&world, "hooks").len(), 6, "nothing is sent twice");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn alarms_that_a_storm_held_and_that_are_over_are_counted_though_nothing_else_is_left() {
    let world = stormy();
    for alarm in 0..5 {
        let event = change(&world, alarm, "ALARM");
        world.handle_as(&alarm.to_string(), &event).await.unwrap();
    }
    // As an OK by itself leaves the rows: the storm was over for its minute.
    let ok = world.0.lock().unwrap().now + std::time::Duration::from_secs(5);
    for stored in world.0.lock().unwrap().rows.values_mut() {
        let end = Change::new(State::Ok, ok);
        stored.row = stored.row.clone().done(Event::Change(end));
    }
    tick(&world).await;
    let sent = posted(&world, "hooks")[3].to_string();
    assert!(sent.contains("2 messages about 2 alerts"), "{sent}");
    assert!(sent.contains("*Were in alarm, OK again*\\n2"), "{sent}");
    assert!(sent.contains("*OK again* alarm-3-"), "{sent}");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn a_bundle_that_is_refused_is_sent_by_a_later_minute_and_in_the_end_by_the_fallback() {
    let world = World::at_six()
        .with_routes("routes: [{ name: all, sinks: [{ webhook: a }] }]\nstorm: { messages: 1 }");
    for alarm in 0..3 {
        world
            .handle_as(&alarm.to_string(), &change(&world, alarm, "ALARM"))
            .await
            .unwrap();
    }
    world.0.lock().unwrap().answers.push_back(answer(418, ""));
    world.pass(70);
    let error = world.handle_as("tick", TICK).await.unwrap_err().to_string();
    assert!(
        error.contains("the webhook a did not take the message"),
        "{error}"
    );
    tick(&world).await;
    assert_eq!(
        posted(&world, "hooks").len(),
        3,
        "one, the refused digest, and the digest"
    );

    for alarm in 0..3 {
        world
            .handle_as(
                &format!("again {alarm}"),
                &change(&world, alarm + 10, "ALARM"),
            )
            .await
            .unwrap();
    }
    world.pass(12 * 3_600 + 120);
    world.0.lock().unwrap().answers.push_back(answer(418, ""));
    world.handle_as("much later", TICK).await.unwrap();
    let sent = world.0.lock().unwrap().fallback.clone();
    assert!(sent[0].contains("alarm-12-"), "{sent:?}");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn without_the_table_a_storm_is_sent_one_by_one() {
    for table in [Table::Unreachable, Table::ReadOnly] {
        let world = World::at_six()
            .with_routes("routes: [{ name: all, sinks: [{ webhook: a }] }]\nstorm: { messages: 1 }")
            .with_table(table);
        for alarm in 0..5 {
            world
                .handle_as(&alarm.to_string(), &change(&world, alarm, "ALARM"))
                .await
                .unwrap();
        }
        assert_eq!(posted(&world, "hooks").len(), 5);
    }
}

#[tokio::test]
async fn a_minute_that_the_failure_queue_brings_back_is_forgotten() {
    let world = World::at_six();
    let record = json!({"requestPayload": {"picket": {"kind": "tick", "version": 1}}, "timestamp": "2026-11-20T06:00:00Z"});
    let event = json!({"Records": [{"eventSource": "aws:sqs", "messageId": "r", "body": record.to_string()}]});
    let response = world.handle(event.to_string().as_bytes()).await.unwrap();
    assert_eq!(response, batch(&[]));
    assert!(world.posted().is_empty());
}

const GROUPED: &str = "
routes: [{ name: all, group: { by: [region, namespace], window: 5m }, sinks: [SINK] }]";

#[tokio::test]
async fn a_group_is_one_message_at_once_and_the_rest_together_when_its_window_is_over() {
    let world = World::at_six().with_routes(&GROUPED.replace("SINK", "{ webhook: a }"));
    for alarm in 0..5 {
        world
            .handle_as(&alarm.to_string(), &change(&world, alarm, "ALARM"))
            .await
            .unwrap();
    }
    assert_eq!(posted(&world, "hooks").len(), 1);
    tick(&world).await;
    assert_eq!(
        posted(&world, "hooks").len(),
        1,
        "its window is five minutes"
    );
    world.pass(240);
    tick(&world).await;
    let sent = posted(&world, "hooks");
    assert_eq!(sent.len(), 2);
    assert!(
        sent[1]
            .to_string()
            .contains("eu-west-1 Shop · 4 messages more about 4 alerts"),
        "{}",
        sent[1]
    );
}

#[tokio::test]
async fn in_a_channel_a_group_is_one_message_and_its_thread() {
    let world = World::at_six()
        .with_routes(&GROUPED.replace("SINK", "{ slack: C1 }"))
        .with_secret("xoxb-token");
    for alarm in 0..3 {
        world
            .handle_as(&alarm.to_string(), &change(&world, alarm, "ALARM"))
            .await
            .unwrap();
    }
    world.pass(60);
    world
        .handle_as("ok", &change(&world, 2, "OK"))
        .await
        .unwrap();
    let calls = posted(&world, "/chat.");
    let threads: Vec<&Value> = calls.iter().map(|call| &call["thread_ts"]).collect();
    assert_eq!(calls.len(), 5);
    assert!(threads[0].is_null() && threads[1] == "1.0" && threads[2] == "1.0");
    assert_eq!(calls[3]["ts"], "3.0", "its own message is edited");
    assert_eq!(threads[4], "1.0", "and the answer is in the group's thread");
}

/// Alarms, and the seconds at which they change.
fn histories() -> impl Strategy<Value = Vec<(usize, i64)>> {
    prop::collection::vec((0..12_usize, 0..300_i64), 1..60).prop_map(|mut all| {
        all.sort_by_key(|(_, second)| *second);
        all
    })
}

/// The events that the forwarder received, and the messages that it sent.
#[derive(Default)]
struct Played {
    /// Each alarm's states and their times of day.
    sent: BTreeMap<usize, Vec<(&'static str, String)>>,
    /// How much was posted in each minute.
    minutes: BTreeMap<i64, usize>,
    seen: usize,
}

impl Played {
    fn see(&mut self, world: &World, second: i64) {
        let posts = posted(world, "hooks").len();
        *self.minutes.entry(second / 60).or_default() += posts - self.seen;
        self.seen = posts;
    }
}

/// Each alarm begins and ends once: more would flap, or be the same incident.
async fn play(world: &World, histories: &[(usize, i64)]) -> Played {
    let mut played = Played::default();
    let mut second = 0;
    for (place, (alarm, at)) in histories.iter().enumerate() {
        while second < *at {
            world.pass(1);
            second += 1;
            if second % 60 == 15 {
                world.handle_as(&world.stamp(), TICK).await.unwrap();
                played.see(world, second);
            }
        }
        let now = world.clock_of_day();
        let known = played.sent.entry(*alarm).or_default();
        let state = ["ALARM", "OK"].into_iter().nth(known.len());
        let is_new = known.last().is_none_or(|(_, last)| *last != now);
        if let Some(state) = state.filter(|_| is_new) {
            known.push((state, now));
            let event = change(world, *alarm, state);
            world.handle_as(&place.to_string(), &event).await.unwrap();
        }
        played.see(world, second);
    }
    played
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn every_last_state_is_sent_once_and_never_in_many_messages(
        histories in histories(),
        limit in 1..5_usize,
        is_grouped in any::<bool>(),
    ) {
        let group = if is_grouped { "group: { by: [region], window: 2m }, " } else { "" };
        let routes = format!("routes: [{{ name: all, {group}sinks: [{{ webhook: a }}] }}]\nstorm: {{ messages: {limit} }}");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::at_six().with_routes(&routes);
            let Played { sent, minutes, .. } = play(&world, &histories).await;
            for _ in 0..4 {
                tick(&world).await;
            }
            let texts: Vec<String> = posted(&world, "hooks").iter().map(ToString::to_string).collect();
            for (alarm, changes) in &sent {
                let (state, at) = changes.last().unwrap();
                let headline = format!("{state} · critical · alarm-{alarm}-");
                let count = texts.iter().filter(|text| text.contains(&headline) && text.contains(at.as_str())).count();
                prop_assert_eq!(count, 1, "{} at {} in {:#?}", headline, at, texts);
            }
            for (minute, count) in minutes {
                // One by one, and the bundles of the group and of the storm.
                prop_assert!(count <= limit + 2, "{count} messages in minute {minute}");
            }
            prop_assert!(world.0.lock().unwrap().bundles.is_empty());
            Ok(())
        })?;
    }
}

impl World {
    /// `06:10:00`
    fn clock_of_day(&self) -> String {
        self.stamp()[11..19].to_owned()
    }
}

#[tokio::test]
async fn bundles_of_one_sink_that_are_due_together_are_one_message() {
    let world = World::at_six().with_routes(
        "routes: [{ name: all, group: { by: [alarm], window: 5m }, sinks: [{ webhook: a }] }]\nstorm: { messages: 20 }",
    );
    for minute in 0..4 {
        for alarm in 0..15 {
            let alarm = minute * 15 + alarm;
            for (seconds, state) in [(2, "ALARM"), (1, "OK")] {
                world
                    .handle_as(&format!("{alarm} {state}"), &change(&world, alarm, state))
                    .await
                    .unwrap();
                world.pass(seconds);
            }
        }
        world.pass(15);
    }
    world.pass(60);
    let before = posted(&world, "hooks").len();
    assert!(world.0.lock().unwrap().bundles.len() > 20);
    tick(&world).await;
    let sent = posted(&world, "hooks");
    assert_eq!(sent.len() - before, 1);
    let last = sent[before].to_string();
    assert!(
        last.contains("60 groups · 60 messages more about 60 alerts"),
        "{last}"
    );
    assert!(world.0.lock().unwrap().bundles.is_empty());
    tick(&world).await;
    assert_eq!(posted(&world, "hooks").len(), before + 1);
}

#[tokio::test]
async fn what_a_tick_has_no_time_for_is_sent_by_the_next_one_and_is_no_error() {
    let world = World::at_six().with_routes(&GROUPED.replace("SINK", "{ webhook: a }"));
    for alarm in 0..3 {
        world
            .handle_as(&alarm.to_string(), &change(&world, alarm, "ALARM"))
            .await
            .unwrap();
    }
    world.pass(300);
    let now = world.0.lock().unwrap().now.as_millisecond();
    let soon = Deadline::from_context((now + 5_000).try_into().unwrap());
    world.handler().handle(TICK, soon, "late").await.unwrap();
    assert_eq!(posted(&world, "hooks").len(), 1);
    tick(&world).await;
    assert_eq!(posted(&world, "hooks").len(), 2);
}

#[tokio::test]
async fn bundles_that_another_invocation_sends_are_left_to_it_until_its_claim_is_over() {
    let world = World::at_six().with_routes(&GROUPED.replace("SINK", "{ webhook: a }"));
    for region in ["eu-west-1", "us-east-1"] {
        for alarm in 0..2 {
            let event = String::from_utf8(change(&world, alarm, "ALARM")).unwrap();
            let event = event.replace("eu-west-1", region);
            let id = format!("{region} {alarm}");
            world.handle_as(&id, event.as_bytes()).await.unwrap();
        }
    }
    world.pass(310);
    let before = posted(&world, "hooks").len();
    {
        // Another invocation began before the second bundle was due.
        let mut inner = world.0.lock().unwrap();
        assert_eq!(inner.bundles.len(), 2);
        let until = inner.now + std::time::Duration::from_secs(20);
        let first = inner.bundles[0].id();
        inner
            .bundle_claims
            .insert(first, ("other".to_owned(), until));
    }
    world.handle_as("second", TICK).await.unwrap();
    let sent = posted(&world, "hooks");
    assert_eq!(sent.len() - before, 1);
    assert!(
        sent[before].to_string().contains("1 message"),
        "{}",
        sent[before]
    );
    world.handle_as("third", TICK).await.unwrap();
    assert_eq!(
        posted(&world, "hooks").len() - before,
        1,
        "the other has it"
    );
    tick(&world).await;
    assert_eq!(
        posted(&world, "hooks").len() - before,
        2,
        "its sender failed"
    );
    tick(&world).await;
    assert_eq!(posted(&world, "hooks").len() - before, 2);
}
