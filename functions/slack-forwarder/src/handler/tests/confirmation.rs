//! An OK ends something only if CloudWatch does not contradict it.

use serde_json::{Value, json};

use super::{
    super::Response,
    state::{by_event_bridge, by_sns, change},
    world::{CRITICAL, World, redelivered, texts},
};
use crate::{confirmation::AlarmState, testing};

const ARN: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
const SINKS: &str = "{ pagerduty: p }, { webhook: a }";

/// With an incident of 06:02 that is open at each sink, and the alarm in this state since this minute.
async fn world(state: &str, since: u32) -> World {
    let world = World::at_six()
        .with_sinks(SINKS)
        .with_secret_of("/p", "0123456789abcdef0123456789abcdef");
    world.handle_as("a", &by_sns("ALARM", 2)).await.unwrap();
    world.0.lock().unwrap().alarms = in_state(state, since);
    world
}

fn in_state(state: &str, since: u32) -> Vec<AlarmState> {
    let changed_at = format!("2026-11-20T06:{since:02}:12.345Z");
    vec![AlarmState {
        arn: ARN.to_owned(),
        state: state.parse().unwrap(),
        changed_at: Some(changed_at.parse().unwrap()),
    }]
}

/// PagerDuty's actions, and the headlines at the webhook.
fn sent(world: &World) -> (Vec<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (pages, posts): (Vec<Value>, Vec<Value>) = world
        .posted()
        .into_iter()
        .partition(|body| body["event_action"].is_string());
    let headline = |body: &Value| {
        text(&body["text"])
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    (
        pages
            .iter()
            .map(|body| text(&body["event_action"]))
            .collect(),
        posts.iter().map(headline).collect(),
    )
}

fn requests(world: &World) -> usize {
    world.0.lock().unwrap().alarms_read.len()
}

fn is_failed(response: &Response) -> bool {
    let Response::Batch { failures } = response else {
        panic!("{response:?}");
    };
    !failures.is_empty()
}

#[tokio::test]
async fn an_ok_that_cloudwatch_does_not_contradict_ends_the_incident() {
    for (state, since) in [
        ("OK", 9),
        // The alarm is in ALARM again, and has no data, since the OK: their own messages are still to come.
        ("ALARM", 10),
        ("INSUFFICIENT_DATA", 10),
    ] {
        for ok in [by_sns("OK", 9), by_event_bridge("OK", 9)] {
            let world = world(state, since).await;
            world.handle_as("b", &ok).await.unwrap();
            let (actions, headlines) = sent(&world);
            assert_eq!(actions, ["trigger", "resolve"], "{state} since {since}");
            assert_eq!(headlines.len(), 2);
            assert_eq!(requests(&world), 1);
        }
    }
}

#[tokio::test]
async fn an_ok_of_an_alarm_that_no_longer_exists_ends_the_incident() {
    let world = world("ALARM", 2).await;
    world.0.lock().unwrap().alarms.clear();
    world.handle_as("b", &by_sns("OK", 9)).await.unwrap();
    assert_eq!(sent(&world).0, ["trigger", "resolve"]);
}

#[tokio::test]
async fn an_ok_that_cloudwatch_contradicts_is_tried_again_and_then_shown_and_ends_nothing() {
    for (state, since) in [("ALARM", 2), ("INSUFFICIENT_DATA", 5)] {
        let world = world(state, since).await;
        let ok = by_sns("OK", 9);
        for _ in 0..3 {
            let error = world.handle_as("b", &ok).await.unwrap_err().to_string();
            assert!(
                error.contains(&format!("CloudWatch has the alarm in {state}")),
                "{error}"
            );
            world.pass(60);
        }
        assert_eq!(sent(&world).1.len(), 1, "the ALARM alone");
        for _ in 0..2 {
            let response = world.handle(&redelivered(&ok)).await.unwrap();
            assert!(!is_failed(&response));
            world.pass(600);
        }
        let (actions, headlines) = sent(&world);
        assert_eq!(actions, ["trigger"]);
        assert_eq!(headlines[1..], ["⚪ OK, not confirmed · critical · orders"]);
        // The true one ends it.
        world.0.lock().unwrap().alarms[0].state = "OK".parse().unwrap();
        world.handle_as("c", &by_sns("OK", 20)).await.unwrap();
        let (actions, headlines) = sent(&world);
        assert_eq!(actions, ["trigger", "resolve"]);
        assert!(headlines[2].contains("OK · critical"), "{headlines:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_older_than_the_ok_delays_it() {
    let world = world("ALARM", 2).await;
    let ok = by_sns("OK", 9);
    world.handle_as("b", &ok).await.unwrap_err();
    world.pass(60);
    world.0.lock().unwrap().alarms[0].state = "OK".parse().unwrap();
    world.handle_as("b", &ok).await.unwrap();
    let (actions, headlines) = sent(&world);
    assert_eq!(actions, ["trigger", "resolve"]);
    assert_eq!(headlines.len(), 2);
}

#[tokio::test]
async fn while_cloudwatch_cannot_be_read_an_ok_is_shown_and_stays_in_the_queue() {
    let world = world("OK", 9).await;
    let ok = by_sns("OK", 9);
    world.0.lock().unwrap().unreadable.push("alarms");
    let error = world.handle_as("b", &ok).await.unwrap_err().to_string();
    assert!(
        error.contains("could not be read from CloudWatch"),
        "{error}"
    );
    for _ in 0..3 {
        let response = world.handle(&redelivered(&ok)).await.unwrap();
        assert!(is_failed(&response));
        world.pass(600);
    }
    let (actions, headlines) = sent(&world);
    assert_eq!(actions, ["trigger"]);
    assert_eq!(headlines[1..], ["⚪ OK, not confirmed · critical · orders"]);
    world.0.lock().unwrap().unreadable.clear();
    let response = world.handle(&redelivered(&ok)).await.unwrap();
    assert!(!is_failed(&response));
    let (actions, headlines) = sent(&world);
    assert_eq!(actions, ["trigger", "resolve"]);
    assert_eq!(headlines.len(), 3);
}

#[tokio::test]
async fn a_cloudwatch_that_hangs_ends_with_the_invocation_and_holds_no_alarm_back() {
    let world = world("OK", 9).await.with_hanging(&["DescribeAlarms"]);
    let mut other = change("ALARM", 9);
    other["AlarmArn"] = json!(format!("{ARN}-2"));
    let messages = [change("OK", 9).to_string(), other.to_string()];
    let event = testing::sns_event(CRITICAL, &messages).to_string();
    let error = world
        .handle_as("b", event.as_bytes())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("1 of 2 posts failed"), "{error}");
    assert_eq!(sent(&world).0, ["trigger", "trigger"]);
}

#[tokio::test]
async fn the_alarms_of_an_invocation_are_read_once_and_only_for_an_ok_that_is_not_on_record() {
    let world = world("OK", 9).await;
    world.handle(texts(3).to_string().as_bytes()).await.unwrap();
    world.handle_as("b", &by_sns("ALARM", 3)).await.unwrap();
    assert_eq!(requests(&world), 0, "no OK");
    // Two of one alarm and one of another, which has never existed.
    let mut other = change("OK", 9);
    other["AlarmArn"] = json!(format!("{ARN}-2"));
    let messages = [change("OK", 8), change("OK", 9), other].map(|body| body.to_string());
    let event = testing::sns_event(CRITICAL, &messages).to_string();
    world.handle_as("c", event.as_bytes()).await.unwrap();
    assert_eq!(
        world.0.lock().unwrap().alarms_read,
        [["orders", "orders-2"]]
    );
    world
        .handle_as("d", &by_event_bridge("OK", 9))
        .await
        .unwrap();
    assert_eq!(requests(&world), 1, "a copy of what was confirmed");
}

#[tokio::test]
async fn an_ok_of_another_account_or_region_or_without_an_arn_is_believed() {
    for arn in [
        json!("arn:aws:cloudwatch:eu-west-1:444455556666:alarm:orders"),
        json!("arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders"),
        json!(null),
    ] {
        let world = World::at_six()
            .with_sinks(SINKS)
            .with_secret_of("/p", "0123456789abcdef0123456789abcdef");
        world.0.lock().unwrap().unreadable.push("alarms");
        for (state, minute) in [("ALARM", 2), ("OK", 9)] {
            let mut body = change(state, minute);
            body["AlarmArn"] = arn.clone();
            let event = testing::sns_event(CRITICAL, &[body.to_string()]).to_string();
            world.handle_as(state, event.as_bytes()).await.unwrap();
        }
        assert_eq!(sent(&world).0, ["trigger", "resolve"], "{arn}");
        assert_eq!(requests(&world), 0, "{arn}");
    }
}

#[tokio::test]
async fn a_forged_ok_does_not_end_an_alarm_that_is_still_to_come() {
    let world = World::at_six()
        .with_sinks(SINKS)
        .with_secret_of("/p", "0123456789abcdef0123456789abcdef");
    world.0.lock().unwrap().alarms = in_state("ALARM", 5);
    world
        .handle_as("forged", &by_sns("OK", 9))
        .await
        .unwrap_err();
    world.handle_as("a", &by_sns("ALARM", 5)).await.unwrap();
    let (actions, headlines) = sent(&world);
    assert_eq!(actions, ["trigger"]);
    assert!(headlines[0].contains("ALARM · critical"), "{headlines:?}");
}

#[tokio::test]
async fn an_ok_of_a_time_to_come_does_not_end_an_alarm_that_is_still_to_come() {
    let world = world("OK", 9).await;
    world.handle_as("b", &by_sns("OK", 9)).await.unwrap();
    // It is ten past six, the alarm is OK, and this OK is of eleven past.
    let mut ahead = change("OK", 9);
    ahead["StateChangeTime"] = json!("2026-11-20T06:11:00.000+0000");
    let event = testing::sns_event(CRITICAL, &[ahead.to_string()]).to_string();
    let forged = event.as_bytes();
    world.handle_as("forged", forged).await.unwrap_err();
    world.handle_as("c", &by_sns("ALARM", 10)).await.unwrap();
    let alarm = world.posted().pop().unwrap();
    assert!(!alarm.to_string().contains("Over since"), "{alarm}");
    assert_eq!(sent(&world).0, ["trigger", "resolve", "trigger"]);
    // When its time has come, the alarm is in ALARM.
    world.0.lock().unwrap().alarms = in_state("ALARM", 10);
    world.pass(120);
    world.handle_as("forged", forged).await.unwrap_err();
    assert_eq!(sent(&world).0, ["trigger", "resolve", "trigger"]);
}
