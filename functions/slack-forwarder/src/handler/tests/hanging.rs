//! Services that take a request and never answer.

use picket_shared::clock::Clock;
use serde_json::{Value, json};

use super::{
    state::by_sns,
    world::{CRITICAL, World},
};
use crate::testing;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "xoxb-token";

/// Every kind of sink, Slack's first.
fn every_sink() -> World {
    World::at_six()
        .with_sinks("{ slack: C1 }, { webhook: a }, { pagerduty: p }, { email: critical }")
        .with_secret_of("/p", KEY)
        .with_secret_of("/bot-token", TOKEN)
}

fn posted_to(world: &World, address: &str) -> usize {
    let inner = world.0.lock().unwrap();
    let to_it = inner.posted.iter().filter(|(url, _)| url.contains(address));
    to_it.count()
}

#[tokio::test]
async fn sinks_that_hang_take_no_time_from_the_others() {
    for (hanging, named, pages, emails) in [
        (&["slack.com"][..], &["slack C1", "webhook a"][..], 1, 1),
        (
            &["slack.com", "pagerduty.com"],
            &["slack C1", "webhook a", "pagerduty p"],
            0,
            1,
        ),
        (&["arn:mail:critical"], &["email critical"], 1, 0),
        (&["/slack/p"], &["pagerduty p"], 0, 1),
        (&["/bot-token"], &["slack C1"], 1, 1),
    ] {
        let world = every_sink().with_hanging(hanging);
        let deadline = world.deadline();
        let sent = world.handle_as("r", &by_sns("ALARM", 2)).await;
        let all = ["slack C1", "webhook a", "pagerduty p", "email critical"];
        let error = sent.unwrap_err().to_string();
        for sink in all {
            let failed = error.contains(&format!("the {sink} "))
                || error.contains(&format!("of the {sink} "));
            assert_eq!(failed, named.contains(&sink), "{sink}: {error}");
        }
        assert_eq!(posted_to(&world, "pagerduty.com"), pages, "{hanging:?}");
        assert_eq!(world.0.lock().unwrap().emails.len(), emails, "{hanging:?}");
        assert!(!deadline.remaining(world.now()).is_zero(), "{hanging:?}");
    }
}

#[tokio::test]
async fn a_message_whose_sink_hangs_takes_no_time_from_the_others_of_its_event() {
    let routes = "
routes:
  - { name: a, match: { alarm: slow }, sinks: [{ slack: C1 }] }
  - { name: b, sinks: [{ pagerduty: p }] }";
    let world = World::at_six()
        .with_routes(routes)
        .with_secret_of("/p", KEY)
        .with_secret_of("/bot-token", TOKEN)
        .with_hanging(&["slack.com"]);
    let body = |name: &str| testing::alarm_body(name, "aws", "eu-west-1").to_string();
    let event = testing::sns_event(CRITICAL, &["slow", "slow", "orders"].map(body));
    world.fail(&event).await;
    assert_eq!(posted_to(&world, "pagerduty.com"), 1);
    let record = |name: &str| {
        let event = testing::sns_event(CRITICAL, &[body(name)]);
        let record = json!({"timestamp": "2026-11-20T06:10:00Z", "requestPayload": event});
        json!({"eventSource": "aws:sqs", "messageId": name, "body": record.to_string()})
    };
    let records: Vec<Value> = ["slow", "payments"]
        .iter()
        .map(|name| record(name))
        .collect();
    let batch = json!({ "Records": records }).to_string();
    world.handle_as("q", batch.as_bytes()).await.unwrap();
    assert_eq!(posted_to(&world, "pagerduty.com"), 2);
}
