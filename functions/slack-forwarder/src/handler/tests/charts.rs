//! The chart in a channel's message: after everything else, and never instead of it.

use serde_json::{Value, json};

use super::{
    state::by_sns,
    world::{CRITICAL, Table, World, answer},
};
use crate::testing;

fn channel() -> World {
    World::at_six()
        .with_sinks("{ slack: C1 }")
        .with_secret("xoxb-secret-token")
        .with_charts()
}

/// The end of each address that was posted to.
fn calls(world: &World) -> Vec<String> {
    let inner = world.0.lock().unwrap();
    let end = |(url, _): &(String, Value)| url.rsplit('/').next().unwrap_or_default().to_owned();
    inner.posted.iter().map(end).collect()
}

/// The files that the posts show.
fn charts(world: &World) -> Vec<Value> {
    let shown = |body: &Value| {
        let blocks = body["blocks"].as_array()?.clone();
        let image = blocks.into_iter().find(|block| block["type"] == "image")?;
        Some(image["slack_file"]["id"].clone())
    };
    world.posted().iter().filter_map(shown).collect()
}

const UPLOAD: [&str; 3] = [
    "files.getUploadURLExternal",
    "x",
    "files.completeUploadExternal",
];

#[tokio::test]
async fn a_message_stands_before_its_chart_is_drawn_and_shows_it_afterwards() {
    let world = channel();
    world.handle(&by_sns("ALARM", 2)).await.unwrap();
    let [ask, put, complete] = UPLOAD;
    assert_eq!(
        calls(&world),
        ["chat.postMessage", ask, put, complete, "chat.update"]
    );
    let drawn = world.0.lock().unwrap().drawn.clone();
    assert_eq!(drawn.len(), 1);
    assert_eq!(drawn[0].1, 1, "the message was posted by then");
    assert_eq!(drawn[0].0.region, "eu-west-1");
    assert_eq!(charts(&world), ["F2"]);
    let alt = world.posted()[4].to_string();
    assert!(
        alt.contains("Chart of orders around 2026-11-20T06:02:12.345Z"),
        "{alt}"
    );
}

#[tokio::test]
async fn an_ok_keeps_the_picture_until_it_has_its_own() {
    let world = channel();
    world.handle(&by_sns("ALARM", 2)).await.unwrap();
    world.pass(600);
    world.handle_as("ok", &by_sns("OK", 12)).await.unwrap();
    // The ALARM's, then the OK's edit with it, then the OK's own.
    assert_eq!(charts(&world), ["F2", "F2", "F8"]);
}

#[tokio::test]
async fn a_chart_that_cannot_be_had_leaves_the_message_as_it_is() {
    let undrawable = World::at_six()
        .with_sinks("{ slack: C1 }")
        .with_secret("xoxb-secret-token");
    undrawable.handle(&by_sns("ALARM", 2)).await.unwrap();
    assert_eq!(calls(&undrawable), ["chat.postMessage"]);
    for refusals in [
        vec![answer(200, r#"{"ok":false,"error":"missing_scope"}"#)],
        vec![answer(200, "<html>")],
        vec![answer(
            200,
            r#"{"ok":true,"upload_url":"https://evil.example/","file_id":"F1"}"#,
        )],
    ] {
        let world = channel();
        {
            let mut inner = world.0.lock().unwrap();
            let posted = answer(200, r#"{"ok":true,"channel":"C1","ts":"1.0"}"#);
            inner.answers.extend([posted].into_iter().chain(refusals));
        }
        world.handle(&by_sns("ALARM", 2)).await.unwrap();
        assert_eq!(calls(&world), ["chat.postMessage", UPLOAD[0]]);
    }
}

#[tokio::test]
async fn a_file_that_slack_has_not_looked_at_is_shown_a_little_later() {
    let world = channel();
    {
        let mut inner = world.0.lock().unwrap();
        let ok = |body: &str| answer(200, body);
        inner.answers.extend([
            ok(r#"{"ok":true,"channel":"C1","ts":"1.0"}"#),
            ok(r#"{"ok":true,"upload_url":"https://files.slack.com/x","file_id":"F9"}"#),
            ok("OK - 3"),
            ok(r#"{"ok":true}"#),
            ok(r#"{"ok":false,"error":"invalid_blocks"}"#),
        ]);
    }
    world.handle(&by_sns("ALARM", 2)).await.unwrap();
    assert_eq!(calls(&world)[4..], ["chat.update", "chat.update"]);
    let row = world
        .0
        .lock()
        .unwrap()
        .rows
        .values()
        .next()
        .unwrap()
        .row
        .clone();
    assert_eq!(row.message.unwrap().chart_file.as_deref(), Some("F9"));
    assert_eq!(row.claim, None, "the next change need not wait");
}

#[tokio::test]
async fn a_picture_never_goes_over_a_newer_change() {
    let world = channel();
    world.handle(&by_sns("ALARM", 2)).await.unwrap();
    let before = calls(&world).len();
    // Received only now, and older: it is not what the message says.
    world.pass(60);
    world.handle_as("late", &by_sns("ALARM", 1)).await.unwrap();
    assert!(
        calls(&world)[before..]
            .iter()
            .all(|call| call != "chat.update")
    );
}

#[tokio::test]
async fn there_is_no_chart_without_state_without_a_channel_or_of_another_account() {
    let stateless = channel().with_table(Table::Unreachable);
    stateless.handle(&by_sns("ALARM", 2)).await.unwrap();
    assert_eq!(calls(&stateless), ["chat.postMessage"]);

    let webhook = World::at_six().with_sinks("{ webhook: a }").with_charts();
    webhook.handle(&by_sns("ALARM", 2)).await.unwrap();
    assert_eq!(webhook.posted().len(), 1);

    let elsewhere = channel();
    let mut body = testing::alarm_body("orders", "aws", "eu-west-1");
    body["AlarmArn"] = json!("arn:aws:cloudwatch:eu-west-1:444455556666:alarm:orders");
    let event = testing::sns_event(CRITICAL, &[body.to_string()]);
    elsewhere
        .handle(event.to_string().as_bytes())
        .await
        .unwrap();
    assert_eq!(calls(&elsewhere), ["chat.postMessage"]);
}
