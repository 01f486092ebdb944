//! An OK ends its incident at every sink that has it, by whatever topic or carrier it comes.

use serde_json::{Value, json};

use super::{
    state::{by_event_bridge, change},
    world::{CRITICAL, World, answer},
};
use crate::testing;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const INFO: &str = "arn:aws:sns:eu-west-1:111122223333:info";
const ROUTES: &str = "
routes:
  - { name: critical, match: { severity: critical }, sinks: [{ pagerduty: p }, { webhook: critical }] }
  - { name: warning, match: { severity: warning }, sinks: [{ webhook: warning }] }
digest: [{ webhook: info }]";

fn world() -> World {
    World::at_six()
        .with_routes(ROUTES)
        .with_secret_of("/p", KEY)
}

fn by(topic: &str, state: &str, minute: u32) -> Vec<u8> {
    let body = change(state, minute).to_string();
    let mut event = testing::sns_event(topic, &[body]);
    event["Records"][0]["Sns"]["MessageId"] = json!(format!("{topic} {state} {minute}"));
    event.to_string().into_bytes()
}

/// PagerDuty's actions, and the headlines at the webhooks, in any order.
fn sent(world: &World) -> (Vec<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let posted = world.posted();
    let actions = posted.iter().map(|body| text(&body["event_action"]));
    let headlines = posted.iter().map(|body| text(&body["text"]));
    (
        actions.filter(|action| !action.is_empty()).collect(),
        headlines
            .filter_map(|text| text.lines().next().map(str::to_owned))
            .collect(),
    )
}

#[tokio::test]
async fn an_ok_by_another_topic_or_carrier_ends_what_the_alarm_began() {
    for ok in [by(INFO, "OK", 9), by_event_bridge("OK", 9)] {
        let world = world();
        let alarm = by(CRITICAL, "ALARM", 2);
        world.handle_as("a", &alarm).await.unwrap();
        for request in ["b", "b again"] {
            world.pass(60);
            world.handle_as(request, &ok).await.unwrap();
        }
        let (actions, headlines) = sent(&world);
        assert_eq!(actions, ["trigger", "resolve"]);
        assert_eq!(headlines.len(), 2, "{headlines:?}");
        assert!(
            headlines[1].contains("OK · critical · orders"),
            "with the severity of its ALARM: {headlines:?}"
        );
    }
}

#[tokio::test]
async fn an_ok_that_comes_while_its_alarm_waits_for_a_retry_leaves_no_page_open() {
    let world = world();
    let refused = |count| std::iter::repeat_n(answer(503, ""), count);
    world.0.lock().unwrap().answers.extend(refused(6));
    let alarm = by(CRITICAL, "ALARM", 2);
    world.handle_as("a", &alarm).await.unwrap_err();
    let before = world.posted().len();
    world.handle_as("b", &by(INFO, "OK", 9)).await.unwrap();
    world.pass(60);
    world.handle_as("a", &alarm).await.unwrap();
    let events = world.posted();
    let last = events[before..]
        .iter()
        .rfind(|event| event["event_action"] != Value::Null);
    assert_eq!(last.unwrap()["event_action"], "resolve");
    let is_late = |event: &Value| event.to_string().contains("Over since");
    assert!(events[before..].iter().any(is_late));
}

#[tokio::test]
async fn an_ok_by_its_own_route_is_sent_to_each_sink_once() {
    let world = world();
    for (request, event) in [
        ("a", by_event_bridge("ALARM", 2)),
        ("b", by(CRITICAL, "ALARM", 2)),
        ("c", by(CRITICAL, "OK", 9)),
        ("d", by_event_bridge("OK", 9)),
    ] {
        world.handle_as(request, &event).await.unwrap();
        world.pass(60);
    }
    let (actions, headlines) = sent(&world);
    assert_eq!(actions, ["trigger", "resolve"]);
    // Each of the webhooks critical and warning has the beginning and the end.
    assert_eq!(headlines.len(), 4, "{headlines:?}");
}

#[tokio::test]
async fn an_ok_that_comes_before_its_alarm_by_another_topic_ends_it_and_hides_no_other() {
    let world = world();
    for (request, event) in [
        ("ok", by(INFO, "OK", 5)),
        ("late", by(CRITICAL, "ALARM", 2)),
        ("next", by(CRITICAL, "ALARM", 9)),
    ] {
        world.handle_as(request, &event).await.unwrap();
        world.pass(60);
    }
    let (actions, headlines) = sent(&world);
    assert_eq!(actions, ["trigger", "resolve", "trigger"]);
    assert_eq!(headlines.len(), 2, "{headlines:?}");
    let is_over = |body: &Value| body.to_string().contains("Over since");
    let posted = world.posted();
    assert!(is_over(&posted[0]) && !is_over(posted.last().unwrap()));
}

#[tokio::test]
async fn what_came_without_a_topic_and_reached_some_sinks_reaches_the_others_by_its_retry() {
    let both = "routes: [{ name: all, sinks: [{ webhook: a }, { pagerduty: p }] }]";
    let world = World::at_six()
        .with_routes(both)
        .with_secret_of("/p", KEY)
        .with_hanging(&["pagerduty.com"]);
    for (state, minute, action) in [("ALARM", 2, "trigger"), ("OK", 9, "resolve")] {
        let event = by_event_bridge(state, minute);
        world.handle_as(state, &event).await.unwrap_err();
        world.0.lock().unwrap().hanging.clear();
        world.pass(60);
        world.handle_as(state, &event).await.unwrap();
        let (actions, _) = sent(&world);
        assert_eq!(actions.last().unwrap(), action);
        world.0.lock().unwrap().hanging.push("pagerduty.com");
    }
    assert_eq!(sent(&world).1.len(), 2, "the webhook has each once");
}

#[tokio::test]
async fn an_alarm_that_comes_late_and_is_not_sent_leaves_the_ok_of_its_incident_to_be_sent() {
    let refused = || answer(503, "");
    let answers = [answer(200, "ok"), refused(), refused(), refused()];
    let world = World::answering(answers);
    let handle = async |request, event: Vec<u8>| {
        world.pass(60);
        world.handle_as(request, &event).await
    };
    handle("a", by(CRITICAL, "ALARM", 2)).await.unwrap();
    handle("b", by(CRITICAL, "OK", 9)).await.unwrap_err();
    handle("c", by(CRITICAL, "ALARM", 5)).await.unwrap();
    handle("b", by(CRITICAL, "OK", 9)).await.unwrap();
    let (_, headlines) = sent(&world);
    assert_eq!(headlines.len(), 5, "{headlines:?}");
    assert!(headlines[4].contains("OK"), "{headlines:?}");
}

#[tokio::test]
async fn an_alarm_that_is_rejected_again_leaves_the_ok_of_a_later_incident_to_be_sent() {
    let world = World::at_six();
    let handle = async |request, event: Vec<u8>, answers: &[u16]| {
        world.pass(60);
        let answers = answers.iter().map(|status| answer(*status, ""));
        world.0.lock().unwrap().answers.extend(answers);
        world.handle_as(request, &event).await.is_ok()
    };
    let refused = &[503, 503, 503];
    assert!(!handle("a", by(CRITICAL, "ALARM", 2), refused).await);
    assert!(handle("b", by(CRITICAL, "OK", 3), &[]).await);
    assert!(handle("c", by(CRITICAL, "ALARM", 4), &[]).await);
    assert!(!handle("d", by(CRITICAL, "OK", 5), refused).await);
    assert!(!handle("a", by(CRITICAL, "ALARM", 2), refused).await);
    let before = world.posted().len();
    assert!(handle("d", by(CRITICAL, "OK", 5), &[]).await);
    assert_eq!(world.posted().len(), before + 1, "the OK is sent");
}

#[tokio::test]
async fn what_a_copy_without_a_topic_began_is_finished_by_its_retry() {
    let world = world().with_hanging(&["warning"]);
    // By its default severity, the copy without a topic begins at the webhook `warning`, and ends there without a
    // record.
    let copy = by_event_bridge("ALARM", 2);
    world.handle_as("copy", &copy).await.unwrap_err();
    world.0.lock().unwrap().hanging.clear();
    world.pass(60);
    let by_topic = by(CRITICAL, "ALARM", 2);
    world.handle_as("topic", &by_topic).await.unwrap();
    let before = sent(&world).1.len();
    world.handle_as("copy", &copy).await.unwrap();
    assert_eq!(sent(&world).1.len(), before + 1, "the webhook has it");
}

#[tokio::test]
async fn an_ok_ends_its_alarm_however_often_either_is_encoded() {
    // `json.dumps` of what is JSON already: an SNS message that is the text of a text.
    let encoded = |state: &str, minute: u32, times: usize| {
        let body = change(state, minute).to_string();
        let text = (0..times).fold(body, |text, _| Value::String(text).to_string());
        let mut event = testing::sns_event(CRITICAL, &[text]);
        event["Records"][0]["Sns"]["MessageId"] = json!(format!("{state} {minute}"));
        event.to_string().into_bytes()
    };
    for (alarm, ok) in [(1, 1), (1, 0), (0, 1), (2, 1), (4, 4)] {
        let world = world();
        world
            .handle_as("a", &encoded("ALARM", 2, alarm))
            .await
            .unwrap();
        world.pass(60);
        world.handle_as("b", &encoded("OK", 9, ok)).await.unwrap();
        let (actions, headlines) = sent(&world);
        assert_eq!(
            actions,
            ["trigger", "resolve"],
            "{alarm} {ok}: {headlines:?}"
        );
        assert!(
            headlines[0].contains("ALARM · critical · orders"),
            "{headlines:?}"
        );
    }
    // Deeper than that it is text, sent all the same.
    let world = world();
    world.handle_as("a", &encoded("ALARM", 2, 5)).await.unwrap();
    assert_eq!(sent(&world).1.len(), 1);
}
