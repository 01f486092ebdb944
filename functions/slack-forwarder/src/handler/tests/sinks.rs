//! PagerDuty, e-mail, and several sinks at once.

use picket_shared::fleet::Outcome;

use super::{
    channel::{calls, channel, play, said},
    state::by_sns,
    world::{CRITICAL, Table, World, answer},
};
use crate::testing;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn pager() -> World {
    World::at_six()
        .with_sinks("{ pagerduty: orders }")
        .with_secret(KEY)
}

#[tokio::test]
async fn pagerduty_is_triggered_and_resolved_by_one_key() {
    let world = pager();
    play(
        &world,
        &[
            ("ALARM", 2),
            ("ALARM", 2),
            ("INSUFFICIENT_DATA", 4),
            ("OK", 9),
        ],
    )
    .await;
    let events = world.posted();
    let actions: Vec<_> = events
        .iter()
        .map(|event| event["event_action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["trigger", "resolve"]);
    assert_eq!(events[0]["dedup_key"], events[1]["dedup_key"]);
    assert_eq!(events[0]["payload"]["severity"], "critical");
    let inner = world.0.lock().unwrap();
    assert_eq!(
        inner.posted[0].0,
        "https://events.eu.pagerduty.com/v2/enqueue"
    );
    assert_eq!(
        inner.read,
        ["/picket/slack/orders"].repeat(inner.read.len())
    );
}

#[tokio::test]
async fn pagerduty_is_resolved_even_where_nothing_is_known_of_the_incident() {
    let world = pager();
    world.0.lock().unwrap().table = Table::Unreachable;
    play(&world, &[("ALARM", 2)]).await;
    world.0.lock().unwrap().table = Table::Works;
    play(&world, &[("OK", 9)]).await;
    assert_eq!(world.posted()[1]["event_action"], "resolve");
    // And where the table is not there for the OK either.
    world.0.lock().unwrap().table = Table::Unreachable;
    play(&world, &[("OK", 12)]).await;
    assert_eq!(world.posted()[2]["event_action"], "resolve");
}

#[tokio::test]
async fn a_repair_that_was_made_acknowledges_the_page_and_a_plan_says_nothing() {
    let world = pager();
    play(&world, &[("ALARM", 2)]).await;
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    for (outcome, request) in [
        (Outcome::Planned, "p"),
        (Outcome::Done, "d"),
        (Outcome::Done, "d"),
        (Outcome::Failed, "f"),
    ] {
        let event = said(&world, known, outcome);
        world.handle_as(request, &event).await.unwrap();
    }
    let events = world.posted();
    let actions: Vec<_> = events.iter().map(|event| &event["event_action"]).collect();
    assert_eq!(actions, ["trigger", "acknowledge"]);
    assert_eq!(events[0]["dedup_key"], events[1]["dedup_key"]);
}

#[tokio::test]
async fn a_repair_that_did_not_help_is_in_the_log_of_the_open_page_and_opens_none() {
    let known = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    for (changes, table, expected) in [
        (&[("ALARM", 2)][..], Table::Works, 2),
        // A page may be open.
        (&[("ALARM", 2)], Table::Unreachable, 2),
        (&[("ALARM", 2), ("OK", 9)], Table::Works, 0),
        (&[], Table::Works, 0),
    ] {
        let world = pager();
        play(&world, changes).await;
        world.0.lock().unwrap().table = table;
        let event = said(&world, known, Outcome::Escalated);
        world.handle_as("e", &event).await.unwrap();
        let events = world.posted();
        let triggers: Vec<_> = events
            .iter()
            .filter(|event| event["event_action"] == "trigger")
            .collect();
        let last = events.last().map(|event| &event["payload"]["summary"]);
        let is_noted = last == Some(&"🚨 Repair needs a person · orders".into());
        assert_eq!(is_noted, expected == 2, "{changes:?}");
        assert!(triggers.len() == expected || expected == 0);
        assert!(
            triggers
                .iter()
                .all(|event| event["dedup_key"] == triggers[0]["dedup_key"])
        );
    }
}

#[tokio::test]
async fn an_incident_is_an_email_when_it_begins_and_one_when_it_ends() {
    let world = World::at_six().with_sinks("{ email: critical }, { webhook: a }");
    world.0.lock().unwrap().emails_fail = 1;
    let error = world.handle(&by_sns("ALARM", 2)).await.unwrap_err();
    let error = error.to_string();
    assert!(error.contains("the email critical did not take"), "{error}");
    world.pass(60);
    world.handle(&by_sns("ALARM", 2)).await.unwrap();
    play(&world, &[("INSUFFICIENT_DATA", 3), ("OK", 5), ("OK", 5)]).await;
    assert_eq!(world.posted().len(), 2, "the retry is for the e-mail alone");
    let emails = world.0.lock().unwrap().emails.clone();
    let said: Vec<_> = emails
        .iter()
        .map(|(topic, email)| (topic.as_str(), email.subject()))
        .collect();
    assert_eq!(
        said,
        [
            ("arn:mail:critical", "ALARM - critical - orders"),
            ("arn:mail:critical", "OK - critical - orders"),
        ]
    );
    assert!(emails[1].1.body().contains("Lasted: 3 min"));
}

#[tokio::test]
async fn what_was_sent_by_email_and_comes_back_is_not_sent_again() {
    let world = World::at_six();
    let mut event = testing::sns_event(CRITICAL, &["hello".to_owned()]);
    event["Records"][0]["Sns"]["MessageAttributes"] =
        serde_json::json!({"picket-email": {"Type": "String", "Value": "true"}});
    let event = event.to_string();
    world.handle(event.as_bytes()).await.unwrap();
    assert!(world.posted().is_empty());
}

#[tokio::test]
async fn one_sink_that_fails_takes_no_other_with_it_and_is_alone_in_the_retry() {
    let world = World::at_six().with_sinks("{ webhook: a }, { webhook: b }");
    world.0.lock().unwrap().answers.push_back(answer(418, ""));
    world.handle(&by_sns("ALARM", 2)).await.unwrap_err();
    assert_eq!(world.posted().len(), 2);
    world.pass(60);
    world.handle(&by_sns("ALARM", 2)).await.unwrap();
    assert_eq!(world.posted().len(), 3);
}

#[tokio::test]
async fn flapping_is_sent_once_by_a_webhook_and_edits_one_message_in_a_channel() {
    let flapping = [
        ("ALARM", 1),
        ("OK", 2),
        ("ALARM", 3),
        ("OK", 4),
        ("ALARM", 5),
        ("OK", 6),
        ("ALARM", 7),
        ("OK", 8),
        ("ALARM", 9),
    ];
    let world = World::at_six().with_sinks("{ webhook: a }");
    play(&world, &flapping).await;
    let posted = world.posted();
    assert_eq!(posted.len(), 5, "two incidents, and that it flaps");
    assert!(
        posted[4]
            .to_string()
            .contains("*Flapping*\\n3 times within 30 min")
    );

    let world = channel();
    play(&world, &flapping).await;
    let messages = calls(&world)
        .into_iter()
        .filter(|(method, body)| method == "chat.postMessage" && body.get("thread_ts").is_none());
    assert_eq!(messages.count(), 2);
    let last = calls(&world)
        .into_iter()
        .rfind(|(method, _)| method == "chat.update");
    assert!(
        last.unwrap().1.to_string().contains("ALARM ·"),
        "it shows the state that is"
    );

    let world = pager();
    play(&world, &flapping).await;
    assert_eq!(
        world.posted().len(),
        9,
        "PagerDuty sees all, and is always resolved"
    );
}

/// The actions of the events that PagerDuty accepted.
fn actions(world: &World) -> Vec<String> {
    let events = world.posted();
    let action = |event: &serde_json::Value| event["event_action"].as_str().unwrap().to_owned();
    events.iter().map(action).collect()
}

#[tokio::test]
async fn an_alarm_that_comes_late_leaves_the_page_of_the_open_incident_alone() {
    let world = pager();
    play(&world, &[("OK", 5), ("ALARM", 9), ("ALARM", 2)]).await;
    assert_eq!(actions(&world), ["resolve", "trigger"]);
    play(&world, &[("OK", 11)]).await;
    assert_eq!(actions(&world)[2..], ["resolve"]);
    // With none open it is opened and closed for the records.
    play(&world, &[("OK", 15), ("ALARM", 13)]).await;
    assert_eq!(actions(&world)[3..], ["resolve", "trigger", "resolve"]);
}

/// A message of Alertmanager's about a group.
fn group(status: &str, key: Option<&str>) -> Vec<u8> {
    let mut body = serde_json::json!({"receiver": "sns", "status": status, "alerts": [
        {"status": status, "labels": {"alertname": "Slow"}, "annotations": {}, "startsAt": "2026-11-20T06:03:12Z"}]});
    if let Some(key) = key {
        body["groupKey"] = key.into();
    }
    let mut event = testing::sns_event(CRITICAL, &[body.to_string()]);
    event["Records"][0]["Sns"]["MessageId"] = format!("{status} {key:?}").into();
    event.to_string().into_bytes()
}

#[tokio::test]
async fn good_news_resolves_its_own_page_and_triggers_none() {
    let world = pager();
    let alarm = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    play(&world, &[("ALARM", 2)]).await;
    for (place, event) in [
        group("firing", Some("a")),
        group("resolved", Some("a")),
        group("resolved", None),
        group("resolved", Some(alarm)),
    ]
    .iter()
    .enumerate()
    {
        world.handle_as(&format!("g{place}"), event).await.unwrap();
    }
    assert_eq!(
        actions(&world),
        ["trigger", "trigger", "resolve", "resolve"]
    );
    let keys: Vec<_> = world
        .posted()
        .iter()
        .map(|event| event["dedup_key"].clone())
        .collect();
    assert_eq!(keys[1], keys[2]);
    assert!(
        keys[3] != keys[0] && keys[0] != keys[1],
        "no message can resolve an alarm by naming it"
    );
}

#[tokio::test]
async fn an_alarm_that_loses_its_data_is_one_message_and_its_ok_and_pages_where_a_route_says_so() {
    let changes = [
        ("INSUFFICIENT_DATA", 1),
        ("INSUFFICIENT_DATA", 2),
        ("OK", 3),
    ];
    for (page, pages) in [("", 0), ("page-missing-data: true,", 1)] {
        let routes = format!(
            "routes: [{{ name: all, {page} sinks: [{{ webhook: a }}, {{ pagerduty: p }}] }}]"
        );
        let world = World::at_six()
            .with_routes(&routes)
            .with_secret_of("/p", KEY);
        play(&world, &changes).await;
        let posted = world.posted();
        let triggers = posted
            .iter()
            .filter(|event| event["event_action"] == "trigger");
        assert_eq!(triggers.count(), pages, "{page}");
        let messages: Vec<_> = posted
            .iter()
            .filter(|event| event.get("text").is_some())
            .collect();
        assert_eq!(messages.len(), 2, "{page}");
        assert!(messages[1].to_string().contains("OK · critical"));
    }
    let world = World::at_six().with_sinks("{ webhook: a }");
    let flapping: Vec<(&str, u32)> = (0..20)
        .map(|minute| {
            (
                ["INSUFFICIENT_DATA", "OK"][minute % 2],
                u32::try_from(minute).unwrap(),
            )
        })
        .collect();
    play(&world, &flapping).await;
    assert_eq!(world.posted().len(), 5, "two incidents, and that it flaps");
    play(&world, &[("ALARM", 21)]).await;
    assert_eq!(world.posted().len(), 6, "an ALARM is not hidden by it");
}
