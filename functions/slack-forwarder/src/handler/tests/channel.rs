//! Incidents in a channel.

use picket_shared::fleet::{FleetMessage, Outcome, RemediationMessage};
use serde_json::{Value, json};

use super::{
    state::by_sns,
    world::{CRITICAL, Table, World, answer},
};
use crate::testing;

const TOKEN: &str = "xoxb-secret-token";

pub(super) fn channel() -> World {
    World::at_six()
        .with_sinks("{ slack: C1 }")
        .with_secret(TOKEN)
}

/// Method and body of each request.
pub(super) fn calls(world: &World) -> Vec<(String, Value)> {
    let inner = world.0.lock().unwrap();
    inner
        .posted
        .iter()
        .map(|(url, body)| {
            let method = url.rsplit('/').next().unwrap_or_default();
            (method.to_owned(), body.clone())
        })
        .collect()
}

pub(super) async fn play(world: &World, changes: &[(&str, u32)]) {
    for (place, (state, minute)) in changes.iter().enumerate() {
        world.pass_to_minute(*minute);
        let event = by_sns(state, *minute);
        world.handle_as(&place.to_string(), &event).await.unwrap();
        world.pass(5);
    }
}

#[tokio::test]
async fn an_incident_is_one_message_that_is_edited_and_has_its_thread() {
    let world = channel();
    play(
        &world,
        &[
            ("OK", 1),
            ("ALARM", 2),
            ("ALARM", 2),
            ("INSUFFICIENT_DATA", 3),
            ("OK", 16),
        ],
    )
    .await;
    let calls = calls(&world);
    let methods: Vec<_> = calls.iter().map(|(method, _)| method.as_str()).collect();
    assert_eq!(
        methods,
        [
            "chat.postMessage",
            "chat.update",
            "chat.postMessage",
            "chat.update",
            "chat.postMessage"
        ]
    );
    assert_eq!(calls[0].1["channel"], "C1");
    assert!(calls[0].1.get("thread_ts").is_none());
    for (update, reply) in [(1, 2), (3, 4)] {
        assert_eq!(calls[update].1["ts"], "1.0");
        assert_eq!(calls[reply].1["thread_ts"], "1.0");
    }
    let resolved = calls[3].1.to_string();
    assert!(
        resolved.contains("🟢 OK") && resolved.contains("*Lasted*\\n14 min"),
        "{resolved}"
    );
    play(&world, &[("ALARM", 20), ("OK", 21)]).await;
    let last = super::channel::calls(&world);
    assert!(
        last[5].1.get("thread_ts").is_none(),
        "a new incident is a new message"
    );
    assert_eq!(last[6].1["ts"], "6.0");
}

/// A fleet message of our remediator about an alarm, which its audit row has.
pub(super) fn said(world: &World, arn: &str, outcome: Outcome) -> Vec<u8> {
    let message = remediation(arn, outcome);
    let mut inner = world.0.lock().unwrap();
    inner.audits.insert(message.audit_key(), message.clone());
    claimed(&message)
}

/// The message of our remediator about an alarm.
pub(super) fn remediation(arn: &str, outcome: Outcome) -> RemediationMessage {
    RemediationMessage {
        stack: "s".into(),
        alarm_name: "orders".into(),
        alarm_arn: arn.into(),
        state_changed_at: "2026-11-20T06:02:12Z".parse().unwrap(),
        playbook: None,
        target: None,
        outcome,
        text: "t".into(),
        requests: vec![],
        plan: None,
        revert: None,
        step: None,
    }
}

/// A message of the remediator's form.
pub(super) fn claimed(message: &RemediationMessage) -> Vec<u8> {
    let id = format!("{:?} about {}", message.outcome, message.alarm_arn);
    let message = FleetMessage::Remediation(Box::new(message.clone()));
    let mut event = testing::sns_event(CRITICAL, &[message.to_json()]);
    event["Records"][0]["Sns"]["MessageId"] = json!(id);
    event.to_string().into_bytes()
}

#[tokio::test]
async fn what_our_remediator_says_is_in_the_incidents_thread() {
    let world = channel();
    play(&world, &[("ALARM", 2)]).await;
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    world
        .handle_as("r", &said(&world, known, Outcome::Planned))
        .await
        .unwrap();
    world
        .handle_as("r", &said(&world, known, Outcome::Planned))
        .await
        .unwrap();
    world
        .handle_as("s", &said(&world, "arn:other", Outcome::Planned))
        .await
        .unwrap();
    let calls = calls(&world);
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[1].1["thread_ts"], "1.0");
    assert!(calls[2].1.get("thread_ts").is_none());
}

#[tokio::test]
async fn what_comes_before_its_incident_waits_for_it_and_not_for_long() {
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    for earlier in [&[][..], &[("ALARM", 0), ("OK", 1)]] {
        let world = channel();
        play(&world, earlier).await;
        let before = calls(&world).len();
        world.pass_to_minute(2);
        let (event, alarm) = (said(&world, known, Outcome::Done), by_sns("ALARM", 2));
        let (repair, alarm) =
            tokio::join!(world.handle_as("r", &event), world.handle_as("a", &alarm),);
        repair.unwrap();
        alarm.unwrap();
        let calls = calls(&world)[before..].to_vec();
        let incident = format!("{}.0", before + 1);
        assert_eq!(calls[0].1["thread_ts"], Value::Null, "{earlier:?}");
        assert_eq!(calls[1].1["thread_ts"], json!(incident), "{earlier:?}");
    }
    let world = channel();
    let before = world.0.lock().unwrap().now;
    let event = said(&world, known, Outcome::Done);
    world.handle_as("r", &event).await.unwrap();
    let waited = world.0.lock().unwrap().now.duration_since(before);
    assert_eq!((calls(&world).len(), waited.as_secs()), (1, 5));
}

#[tokio::test]
async fn each_step_of_a_repair_is_a_reply_and_only_one_that_did_not_help_is_in_the_channel_too() {
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    for (outcome, in_channel) in [
        (Outcome::Planned, false),
        (Outcome::Done, false),
        (Outcome::Failed, false),
        (Outcome::Diagnosed, false),
        (Outcome::Refused, false),
        (Outcome::AwaitingApproval, false),
        (Outcome::Declined, false),
        (Outcome::Expired, false),
        (Outcome::Verified, false),
        (Outcome::Escalated, true),
        (Outcome::Reverted, false),
        (Outcome::Kept, false),
        (Outcome::Other, false),
    ] {
        let world = channel();
        // The incident of a step after the OK is over, and has its thread.
        play(&world, &[("ALARM", 2), ("OK", 4)]).await;
        let before = calls(&world).len();
        world
            .handle_as("r", &said(&world, known, outcome))
            .await
            .unwrap();
        let calls = calls(&world)[before..].to_vec();
        let [(method, body)] = calls.as_slice() else {
            panic!("{outcome}: {calls:?}")
        };
        assert_eq!(
            (method.as_str(), &body["thread_ts"]),
            ("chat.postMessage", &json!("1.0")),
            "{outcome}"
        );
        let broadcast = if in_channel { json!(true) } else { Value::Null };
        assert_eq!(body["reply_broadcast"], broadcast, "{outcome}");
    }
}

#[tokio::test]
async fn an_edit_that_is_refused_for_good_leaves_the_reply_and_one_that_may_work_is_tried_again() {
    let world = channel();
    play(&world, &[("ALARM", 2)]).await;
    let refused = answer(200, r#"{"ok":false,"error":"edit_window_closed"}"#);
    world.0.lock().unwrap().answers.push_back(refused);
    play(&world, &[("OK", 9)]).await;
    assert_eq!(calls(&world)[2].1["thread_ts"], "1.0");

    let world = channel();
    play(&world, &[("ALARM", 2)]).await;
    let broken = answer(503, "");
    world
        .0
        .lock()
        .unwrap()
        .answers
        .extend([broken.clone(), broken.clone(), broken]);
    world.handle(&by_sns("OK", 9)).await.unwrap_err();
    world.pass(60);
    world.handle(&by_sns("OK", 9)).await.unwrap();
    let methods: Vec<_> = calls(&world)
        .into_iter()
        .map(|(method, _)| method)
        .collect();
    assert_eq!(methods[1..4], ["chat.update"; 3]);
    assert_eq!(methods[4..], ["chat.update", "chat.postMessage"]);
}

#[tokio::test]
async fn a_channel_without_its_table_gets_plain_messages() {
    let world = channel().with_table(Table::Unreachable);
    play(&world, &[("ALARM", 2), ("OK", 9)]).await;
    let calls = calls(&world);
    assert!(
        calls
            .iter()
            .all(|(method, body)| method == "chat.postMessage" && body.get("thread_ts").is_none())
    );
    assert_eq!(calls.len(), 2);
}

#[tokio::test]
async fn an_alarm_that_is_late_is_sent_with_its_end_and_takes_nobodys_place() {
    let world = channel();
    play(&world, &[("OK", 5), ("ALARM", 9), ("ALARM", 2), ("OK", 12)]).await;
    let calls = calls(&world);
    assert!(
        calls[1]
            .1
            .to_string()
            .contains("*Over since*\\n2026-11-20 06:05:12 UTC")
    );
    assert_eq!(
        calls[2].1["ts"], "1.0",
        "the open incident's message is the one that is edited"
    );
}

#[tokio::test]
async fn a_bot_token_that_is_refused_is_read_again_and_never_shown() {
    let world = World::at_six()
        .with_sinks("{ slack: C1 }")
        .with_secret(TOKEN);
    let revoked = answer(200, r#"{"ok":false,"error":"token_revoked"}"#);
    world
        .0
        .lock()
        .unwrap()
        .answers
        .extend([revoked.clone(), revoked]);
    let error = world
        .handle(&by_sns("ALARM", 2))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the slack C1 did not take the message: Slack answered 200 token_revoked"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
    assert_eq!(world.0.lock().unwrap().read, ["/picket/slack/bot-token"; 2]);

    let world = World::at_six()
        .with_sinks("{ slack: C1 }")
        .with_secret("https://hooks.slack.com/secret");
    let error = world
        .handle(&by_sns("ALARM", 2))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("not a bot token") && !error.contains("hooks"),
        "{error}"
    );
}

/// In minute 5, an OK that the channel does not take, and in minute 9 the next ALARM.
async fn overtaken() -> World {
    let world = channel();
    play(&world, &[("ALARM", 2)]).await;
    let broken = answer(503, "");
    let answers = [broken.clone(), broken.clone(), broken];
    world.0.lock().unwrap().answers.extend(answers);
    world.pass_to_minute(5);
    world.handle_as("ok", &by_sns("OK", 5)).await.unwrap_err();
    play(&world, &[("ALARM", 9)]).await;
    let calls = calls(&world);
    assert_eq!(calls.len(), 5);
    assert!(calls[4].1.get("thread_ts").is_none(), "a new incident");
    world
}

#[tokio::test]
async fn an_ok_that_the_next_alarm_overtakes_ends_the_message_of_its_own_incident() {
    let world = overtaken().await;
    world.handle_as("ok", &by_sns("OK", 5)).await.unwrap();
    play(&world, &[("OK", 5), ("OK", 12)]).await;
    let calls = calls(&world)[5..].to_vec();
    let (edits, replies): (Vec<_>, Vec<_>) = calls
        .iter()
        .partition(|(method, _)| method == "chat.update");
    let edited: Vec<_> = edits.iter().map(|(_, body)| &body["ts"]).collect();
    let threads: Vec<_> = replies.iter().map(|(_, body)| &body["thread_ts"]).collect();
    assert_eq!(edited, ["1.0", "5.0"]);
    assert_eq!(threads, ["5.0"], "a reply would be below the newer message");
    let text = edits[0].1.to_string();
    assert!(
        text.contains("🟢 OK") && text.contains("*Lasted*\\n3 min"),
        "{text}"
    );
}

#[tokio::test]
async fn an_ok_that_comes_after_the_next_incident_is_over_ends_its_own_message() {
    let world = overtaken().await;
    play(&world, &[("OK", 12), ("ALARM", 50)]).await;
    world.handle_as("ok", &by_sns("OK", 5)).await.unwrap();
    let edited: Vec<Value> = calls(&world)
        .into_iter()
        .filter(|(method, _)| method == "chat.update")
        .map(|(_, body)| body["ts"].clone())
        .skip(3)
        .collect();
    assert_eq!(edited, ["5.0", "1.0"]);
}

#[tokio::test]
async fn an_ok_ends_what_the_edit_of_an_alarm_that_flaps_left_without_its_reply() {
    let world = channel();
    play(&world, &[("ALARM", 1), ("OK", 2), ("ALARM", 3), ("OK", 4)]).await;
    let before = calls(&world).len();
    let edited = answer(200, r#"{"ok":true,"channel":"C1","ts":"4.0"}"#);
    let broken = answer(503, "");
    let answers = [edited, broken.clone(), broken.clone(), broken];
    world.0.lock().unwrap().answers.extend(answers);
    world.pass_to_minute(5);
    world
        .handle_as("flap", &by_sns("ALARM", 5))
        .await
        .unwrap_err();
    play(&world, &[("OK", 6)]).await;
    world.handle_as("flap", &by_sns("ALARM", 5)).await.unwrap();
    let calls = calls(&world)[before..].to_vec();
    let of: Vec<(&str, &Value)> = calls
        .iter()
        .map(|(method, body)| (method.as_str(), &body["ts"]))
        .collect();
    let edit = ("chat.update", &json!("4.0"));
    let post = ("chat.postMessage", &Value::Null);
    assert_eq!(of, [edit, post, post, post, edit, post, post]);
    assert!(calls[4].1.to_string().contains("🟢 OK"));
    assert!(calls[6].1.to_string().contains("Over since"));
}
