//! Messages that report what is not so: none of them changes what other messages set in motion.

use serde_json::{Value, json};

use super::{
    state::{by_sns, change},
    world::{CRITICAL, World},
};
use crate::{confirmation::AlarmState, testing};

const INFO: &str = "arn:aws:sns:eu-west-1:111122223333:info";
const PAGES: &str = "
routes:
  - { name: critical, match: { severity: critical }, sinks: [{ webhook: a }, { pagerduty: p }] }
  - { name: warning, match: { severity: warning }, sinks: [{ webhook: warning }] }
digest: [{ webhook: info }]";

fn world() -> World {
    World::at_six()
        .with_routes(PAGES)
        .with_secret_of("/p", "0123456789abcdef0123456789abcdef")
}

fn by(topic: &str, body: &Value) -> Vec<u8> {
    let event = testing::sns_event(topic, &[body.to_string()]);
    event.to_string().into_bytes()
}

/// PagerDuty's actions, and the number of messages at webhooks.
fn sent(world: &World) -> (Vec<String>, usize) {
    let posted = world.posted();
    let actions = posted
        .iter()
        .filter_map(|body| body["event_action"].as_str());
    let actions: Vec<String> = actions.map(str::to_owned).collect();
    let others = posted.len() - actions.len();
    (actions, others)
}

#[tokio::test]
async fn a_change_of_a_time_to_come_is_sent_and_hides_no_later_change() {
    for state in ["ALARM", "OK", "INSUFFICIENT_DATA"] {
        let world = world();
        let mut forged = change(state, 3);
        forged["StateChangeTime"] = json!("9999-12-30T00:00:00.000+0000");
        for request in ["forged", "forged again"] {
            world
                .handle_as(request, &by(CRITICAL, &forged))
                .await
                .unwrap();
        }
        let pages = if state == "ALARM" {
            &["trigger"][..]
        } else {
            &[]
        };
        assert_eq!(
            sent(&world),
            (pages.iter().map(|&one| one.to_owned()).collect(), 1)
        );
        world.handle_as("a", &by_sns("ALARM", 4)).await.unwrap();
        world.handle_as("b", &by_sns("OK", 5)).await.unwrap();
        let (actions, others) = sent(&world);
        assert_eq!(actions[pages.len()..], ["trigger", "resolve"], "{state}");
        assert_eq!(others, 3, "{state}");
    }
}

#[tokio::test]
async fn a_clock_that_is_a_minute_ahead_is_believed() {
    let world = world();
    let changed_at = "2026-11-20T06:11:00Z".parse().unwrap();
    world.0.lock().unwrap().alarms = vec![AlarmState {
        arn: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders".to_owned(),
        state: "OK".parse().unwrap(),
        changed_at: Some(changed_at),
    }];
    for (state, time) in [("ALARM", "06:10:59"), ("OK", "06:11:00")] {
        let mut body = change(state, 3);
        body["StateChangeTime"] = json!(format!("2026-11-20T{time}.000+0000"));
        world.handle_as(state, &by(CRITICAL, &body)).await.unwrap();
    }
    assert_eq!(sent(&world).0, ["trigger", "resolve"]);
}

#[tokio::test]
async fn a_notification_inside_of_another_has_the_severity_and_the_id_of_the_outer_one() {
    let world = world();
    let inner = |topic: Option<&str>, id: &str, message: &str| {
        let mut inner = json!({"Type": "Notification", "MessageId": id, "Message": message});
        if let Some(topic) = topic {
            inner["TopicArn"] = json!(topic);
        }
        inner
    };
    // An ALARM that would be critical by its own report.
    let alarm = change("ALARM", 3).to_string();
    let nested = inner(Some(CRITICAL), "forged", &alarm);
    world.handle_as("a", &by(INFO, &nested)).await.unwrap();
    // The schedule's messages, which no topic brings.
    for kind in ["digest", "tick"] {
        let message = json!({"picket": {"kind": kind, "version": 1}}).to_string();
        let nested = inner(None, "x", &message);
        world.handle_as(kind, &by(INFO, &nested)).await.unwrap();
    }
    assert_eq!(sent(&world), (Vec::new(), 0), "all is kept for the digest");
    // The id of the digest of that day.
    let claims = inner(None, "digest/2026-11-20", "hello");
    world.handle_as("b", &by(CRITICAL, &claims)).await.unwrap();
    let rows = &world.0.lock().unwrap().rows;
    let keys: Vec<&str> = rows.keys().map(|key| &*key.alert).collect();
    assert!(
        !keys.is_empty() && keys.iter().all(|key| key.starts_with("sns/")),
        "{keys:?}"
    );
}

#[tokio::test]
async fn the_rows_of_alarms_and_messages_share_no_key_with_anything_else() {
    for (arn, account, region, name) in [
        (
            None,
            "bundle",
            "storm",
            "webhook critical 2026-11-20T06:11:00Z",
        ),
        (Some("bundle/storm/x"), "count", "storm/webhook a", "x"),
        (
            Some("message/digest/2026-11-20"),
            "message",
            "digest",
            "2026-11-20",
        ),
        (
            Some("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a"),
            "silences",
            "",
            "x",
        ),
        (Some(""), "", "", &"x".repeat(9_000)),
    ] {
        let world = world();
        let mut body = change("ALARM", 3);
        body["AlarmArn"] = json!(arn);
        body["AWSAccountId"] = json!(account);
        body["Region"] = json!(region);
        body["AlarmName"] = json!(name);
        world.handle_as("a", &by(CRITICAL, &body)).await.unwrap();
        let rows = &world.0.lock().unwrap().rows;
        assert_eq!(rows.len(), 2);
        for key in rows.keys() {
            let alert = &key.alert;
            assert!(
                alert.starts_with("alarm/") || alert.starts_with("arn:"),
                "{alert}"
            );
            assert!(alert.len() <= 1_024, "{}", alert.len());
        }
    }
}

#[tokio::test]
async fn an_alarm_has_the_name_of_its_arn() {
    let world = world();
    let mut body = change("OK", 3);
    body["AlarmName"] = json!("harmless");
    body["NewStateValue"] = json!("ALARM");
    world.handle_as("a", &by(CRITICAL, &body)).await.unwrap();
    let text = world.posted()[0].to_string();
    assert!(
        text.contains("orders") && !text.contains("harmless"),
        "{text}"
    );
}
