//! Messages that report what is not so: none of them changes what other messages set in motion.

use picket_shared::fleet::{Outcome, RemediationMessage};
use serde_json::{Value, json};

use super::{
    channel::{claimed, remediation, said},
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

#[tokio::test]
async fn a_repair_that_its_audit_row_does_not_have_acknowledges_nothing() {
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    let done = remediation(known, Outcome::Done);
    let other = |change: fn(&mut RemediationMessage)| {
        let mut other = done.clone();
        change(&mut other);
        other
    };
    for (what, recorded, claims) in [
        ("no row", None, done.clone()),
        (
            "the row says that it failed",
            Some(remediation(known, Outcome::Failed)),
            done.clone(),
        ),
        (
            "the row says that it was planned",
            Some(remediation(known, Outcome::Planned)),
            done.clone(),
        ),
        (
            "another text",
            Some(done.clone()),
            other(|done| done.text = "look at https://evil.example".into()),
        ),
        (
            "another target",
            Some(done.clone()),
            other(|done| done.target = Some("orders".into())),
        ),
        (
            "another alarm of the same name",
            Some(done.clone()),
            other(|done| done.alarm_arn.push('2')),
        ),
        (
            "another change",
            Some(done.clone()),
            other(|done| done.state_changed_at += std::time::Duration::from_secs(1)),
        ),
        (
            "another stack",
            Some(done.clone()),
            other(|done| done.stack.push('2')),
        ),
        (
            "a key that is too long",
            None,
            other(|done| done.target = Some("x".repeat(3_000))),
        ),
    ] {
        let world = world()
            .with_sinks("{ pagerduty: p }, { slack: C1 }")
            .with_secret_of("/bot-token", "xoxb-token");
        world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
        if let Some(recorded) = recorded {
            let mut inner = world.0.lock().unwrap();
            inner.audits.insert(recorded.audit_key(), recorded);
        }
        world.handle_as("b", &claimed(&claims)).await.unwrap();
        let (actions, _) = sent(&world);
        assert!(
            !actions.contains(&"acknowledge".to_owned()),
            "{what}: {actions:?}"
        );
        let last = world.posted().pop().unwrap();
        assert_eq!(last["thread_ts"], Value::Null, "{what}");
        let text = world
            .posted()
            .into_iter()
            .rfind(|body| body["text"].is_string())
            .unwrap();
        assert!(
            !text["text"].as_str().unwrap().contains("Remediation"),
            "{what}: {text}"
        );
    }
}

#[tokio::test]
async fn a_repair_whose_audit_row_cannot_be_read_is_shown_and_acknowledges_nothing() {
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    let world = world();
    world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
    let event = said(&world, known, Outcome::Done);
    world.0.lock().unwrap().unreadable.push("audits");
    world.handle_as("b", &event).await.unwrap();
    let (actions, others) = sent(&world);
    assert!(!actions.contains(&"acknowledge".to_owned()), "{actions:?}");
    assert_eq!(others, 2);
}

#[tokio::test]
async fn no_other_message_of_pickets_forms_changes_an_incident() {
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    for kind in [
        "cost-report",
        "series-ceiling",
        "heartbeat",
        "tick",
        "digest",
        "remediation",
        "unknown",
    ] {
        let world = world();
        world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
        let rows = world.0.lock().unwrap().rows.clone();
        let message = json!({"picket": {"kind": kind, "version": 1}, "alarm_arn": known, "incident": known, "outcome": "done",
            "sent_at": "2026-11-20T06:09:00Z", "stack": "picket-dev", "date": "2026-11-19", "metrics": []});
        world.handle_as("b", &by(CRITICAL, &message)).await.unwrap();
        let (actions, _) = sent(&world);
        let changes = ["acknowledge", "resolve"];
        assert!(
            !actions
                .iter()
                .any(|action| changes.contains(&action.as_str())),
            "{kind}: {actions:?}"
        );
        let after = &world.0.lock().unwrap().rows;
        for (key, row) in &rows {
            assert_eq!(after.get(key), Some(row), "{kind}");
        }
    }
}

/// More names than a sort key has bytes.
#[tokio::test]
async fn alarms_whose_names_exceed_a_keys_limit_are_held_by_a_storm_like_others() {
    let routes = "
routes: [{ name: all, sinks: [{ webhook: a }] }]
storm: { messages: 2 }";
    let world = World::at_six().with_routes(routes);
    for number in 0..5 {
        let mut body = change("ALARM", 3);
        body["AlarmArn"] = json!(null);
        body["AlarmName"] = json!(format!("{}{number}", "x".repeat(1_500)));
        let mut event = testing::sns_event(CRITICAL, &[body.to_string()]);
        event["Records"][0]["Sns"]["MessageId"] = json!(format!("m{number}"));
        let event = event.to_string().into_bytes();
        world
            .handle_as(&format!("r{number}"), &event)
            .await
            .unwrap();
    }
    assert_eq!(world.posted().len(), 2, "the others are held");
    assert_eq!(world.0.lock().unwrap().held.len(), 3);
}

/// An alarm with an open incident, and every claim about it but its own ARN, of any time and in any envelope.
#[tokio::test]
async fn no_forged_change_or_envelope_changes_the_history_of_another_alarm() {
    let arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    let near = [
        json!(format!("{arn}2")),
        json!(format!("{arn}#1")),
        json!(arn.replace("orders", "Orders")),
        json!(arn.replace("arn:aws:", "arn:aws-cn:")),
        json!(arn.replace("111122223333", "444455556666")),
        json!(arn.replace("cloudwatch", "sns")),
        json!(null),
        json!({"arn": arn}),
    ];
    let times = [
        "9999-12-30T00:00:00",
        "2026-11-20T06:11:00",
        "2026-11-20T06:03:12.345",
        "1970-01-01T00:00:00",
        "soon",
    ];
    for (claimed_arn, time) in near.iter().flat_map(|arn| times.map(|time| (arn, time))) {
        let world = world();
        world.handle_as("a", &by_sns("ALARM", 3)).await.unwrap();
        let rows = world.0.lock().unwrap().rows.clone();
        for state in ["OK", "INSUFFICIENT_DATA", "ALARM"] {
            let mut body = change(state, 4);
            body["AlarmArn"] = claimed_arn.clone();
            body["Region"] = json!("eu-west-1");
            body["StateChangeTime"] = json!(format!("{time}+0000"));
            let nested = json!({"Type": "Notification", "MessageId": arn, "TopicArn": CRITICAL, "Message": body.to_string()});
            for (number, body) in [body, nested].iter().enumerate() {
                let mut event = testing::sns_event(INFO, &[body.to_string()]);
                event["Records"][0]["Sns"]["MessageId"] = json!(format!("{state} {number}"));
                let event = event.to_string();
                world.handle_as(state, event.as_bytes()).await.unwrap();
            }
        }
        let after = world.0.lock().unwrap().rows.clone();
        for (key, row) in &rows {
            assert_eq!(after.get(key), Some(row), "{claimed_arn} of {time}");
        }
        let (before, _) = sent(&world);
        assert!(!before.contains(&"acknowledge".to_owned()), "{before:?}");
        world.handle_as("z", &by_sns("OK", 9)).await.unwrap();
        let resolved = world
            .posted()
            .into_iter()
            .rfind(|body| body["event_action"] == "resolve");
        let triggered = world
            .posted()
            .into_iter()
            .find(|body| body["event_action"] == "trigger");
        assert_eq!(
            resolved.unwrap()["dedup_key"],
            triggered.unwrap()["dedup_key"]
        );
    }
}
