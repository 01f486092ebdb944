//! The lead of a group: what is posted at once, and what follows it.

use picket_shared::alarm::State;
use serde_json::{Value, json};

use super::{
    bundles::{change, posted, tick},
    world::{World, answer, redelivered},
};
use crate::{
    confirmation::AlarmState,
    delivery_log::{Claim, Event, Row, RowKey, Stored, Urgency},
    incident::Change,
};

const TOKEN: &str = "xoxb-token";

/// One group for everything, an hour long.
fn grouped(sink: &str, storm: u32) -> World {
    let routes = format!(
        "routes: [{{ name: all, group: {{ by: [region], window: 1h }}, sinks: [{sink}] }}]\nstorm: {{ messages: {storm} }}"
    );
    World::at_six()
        .with_routes(&routes)
        .with_secret_of("/bot-token", TOKEN)
}

impl World {
    async fn change(&self, alarm: usize, state: &str) {
        let event = change(self, alarm, state);
        let request = format!("{alarm} {state}");
        self.handle_as(&request, &event).await.unwrap();
    }

    /// The row of the only group.
    fn lead(&self) -> (RowKey, Stored) {
        let rows = &self.0.lock().unwrap().rows;
        let lead = rows.iter().find(|(key, _)| key.alert.starts_with("lead/"));
        let (key, stored) = lead.unwrap();
        (key.clone(), stored.clone())
    }

    fn set_lead(&self, key: RowKey, row: Row) {
        let mut inner = self.0.lock().unwrap();
        let revision = inner.rows.get(&key).map_or(0, |stored| stored.revision) + 1;
        inner.rows.insert(key, Stored { row, revision });
    }
}

fn refuse(world: &World, times: usize) {
    let broken = std::iter::repeat_with(|| answer(503, "")).take(times);
    world.0.lock().unwrap().answers.extend(broken);
}

#[tokio::test]
async fn a_lead_that_slack_refused_is_posted_by_its_retry_or_by_the_next_message() {
    for retries in [true, false] {
        let world = grouped("{ webhook: a }", 20);
        refuse(&world, 3);
        let event = change(&world, 0, "ALARM");
        world.handle_as("r", &event).await.unwrap_err();
        world.pass(1);
        if retries {
            world.handle_as("r", &event).await.unwrap();
        } else {
            world.change(1, "ALARM").await;
        }
        assert_eq!(posted(&world, "hooks").len(), 4, "three refused, and one");
        world.change(2, "ALARM").await;
        assert_eq!(posted(&world, "hooks").len(), 4, "what follows is held");
    }
}

#[tokio::test]
async fn a_message_waits_for_the_lead_of_another_invocation_and_no_longer_than_its_post_takes() {
    let world = grouped("{ slack: C1 }", 20);
    world.change(0, "ALARM").await;
    let (key, posted_lead) = world.lead();
    let now = world.0.lock().unwrap().now;
    let in_flight = Row {
        claim: Some(Claim {
            event: Event::Message,
            owner: "another".to_owned(),
            until: now + std::time::Duration::from_secs(30),
        }),
        ..Row::default()
    };
    world.set_lead(key.clone(), in_flight);
    world.change(1, "ALARM").await;
    let calls = posted(&world, "chat.postMessage");
    assert_eq!(calls.len(), 2, "posted by itself");
    assert_eq!(calls[1]["thread_ts"], Value::Null);
    let waited = world.0.lock().unwrap().now.duration_since(now).as_secs();
    assert!((10..=12).contains(&waited), "{waited} s");
    // The other one has posted meanwhile.
    world.set_lead(key, posted_lead.row);
    world.change(2, "ALARM").await;
    let calls = posted(&world, "chat.postMessage");
    assert_eq!(calls[2]["thread_ts"], "1.0", "a reply");
}

#[tokio::test]
async fn a_lead_whose_invocation_was_killed_is_taken_over_when_its_time_is_over() {
    let world = grouped("{ webhook: a }", 20);
    world.change(0, "ALARM").await;
    let (key, _) = world.lead();
    let past = world.0.lock().unwrap().now;
    let killed = Row {
        claim: Some(Claim {
            event: Event::Message,
            owner: "killed".to_owned(),
            until: past,
        }),
        ..Row::default()
    };
    world.set_lead(key, killed);
    world.change(1, "ALARM").await;
    world.change(2, "ALARM").await;
    assert_eq!(posted(&world, "hooks").len(), 2);
    let (_, lead) = world.lead();
    assert_eq!(lead.row.urgency, Some(Urgency::Critical));
    assert!(lead.row.sent && lead.row.claim.is_none());
}

#[tokio::test]
async fn an_ok_leads_no_alarm() {
    let world = grouped("{ webhook: a }", 20);
    world.change(1, "ALARM").await;
    world.pass(55 * 60);
    world.change(1, "OK").await;
    assert_eq!(posted(&world, "hooks").len(), 2, "nothing came before it");
    world.pass(60);
    world.change(2, "ALARM").await;
    assert_eq!(posted(&world, "hooks").len(), 3, "the OK leads no alarm");
    world.change(2, "OK").await;
    world.change(3, "ALARM").await;
    assert_eq!(posted(&world, "hooks").len(), 3, "the alarm leads both");
    world.pass(60 * 60);
    tick(&world).await;
    assert_eq!(posted(&world, "hooks").len(), 4);
}

#[tokio::test]
async fn a_critical_message_is_posted_at_once_after_a_warning_of_its_group() {
    let world = grouped("{ webhook: a }", 20);
    let warning = |alarm| {
        let mut event: Value = serde_json::from_slice(&change(&world, alarm, "ALARM")).unwrap();
        event["Records"][0]["Sns"]["TopicArn"] =
            json!("arn:aws:sns:eu-west-1:111122223333:warning");
        event.to_string().into_bytes()
    };
    for (alarm, expected) in [(1, 1), (2, 1)] {
        world
            .handle_as(&alarm.to_string(), &warning(alarm))
            .await
            .unwrap();
        assert_eq!(posted(&world, "hooks").len(), expected);
    }
    for (alarm, expected) in [(3, 2), (4, 2)] {
        world.change(alarm, "ALARM").await;
        assert_eq!(posted(&world, "hooks").len(), expected);
    }
    world.handle_as("5", &warning(5)).await.unwrap();
    assert_eq!(
        posted(&world, "hooks").len(),
        2,
        "less urgent than the lead"
    );
}

#[tokio::test]
async fn replies_in_a_groups_thread_count_for_the_storm_and_are_held_back_too() {
    let world = grouped("{ slack: C1 }", 20);
    for alarm in 0..500 {
        world.change(alarm, "ALARM").await;
    }
    let calls = posted(&world, "chat.postMessage");
    assert_eq!(calls.len(), 20);
    let held = world.0.lock().unwrap().held.len();
    assert_eq!(held, 480);
    tick(&world).await;
    let calls = posted(&world, "chat.postMessage");
    assert_eq!(calls.len(), 21, "one message for the others");
    let last = calls[20].to_string();
    assert!(last.contains("480 messages about 480 alerts"), "{last}");
}

#[tokio::test]
async fn a_group_without_the_table_is_posted_one_by_one() {
    let world = grouped("{ webhook: a }", 20).with_table(super::world::Table::LosesAnswers);
    world.change(0, "ALARM").await;
    assert_eq!(posted(&world, "hooks").len(), 1, "its answers are lost");
    let world = grouped("{ webhook: a }", 20).with_table(super::world::Table::ReadOnly);
    world.change(0, "ALARM").await;
    world.change(1, "ALARM").await;
    assert_eq!(posted(&world, "hooks").len(), 2);
}

#[tokio::test]
async fn a_bundle_counts_an_alarm_whose_end_was_posted_since() {
    let world = grouped("{ webhook: a }", 20);
    world.change(0, "ALARM").await;
    world.change(1, "ALARM").await;
    world.change(2, "ALARM").await;
    // As an OK by itself leaves the row: it was the first of the next window.
    let ok = world.0.lock().unwrap().now + std::time::Duration::from_mins(10);
    for (key, stored) in &mut world.0.lock().unwrap().rows {
        if key.alert.contains("alarm-1-") {
            let end = Change::new(State::Ok, ok);
            stored.row = stored.row.clone().done(Event::Change(end));
        }
    }
    world.pass(60 * 60);
    tick(&world).await;
    let sent = posted(&world, "hooks")[1].to_string();
    assert!(sent.contains("2 messages more about 2 alerts"), "{sent}");
    assert!(sent.contains("ALARM · critical · alarm-2-"), "{sent}");
    assert!(!sent.contains("ALARM · critical · alarm-1-"), "{sent}");
    assert!(sent.contains("*OK again* alarm-1-"), "{sent}");
    assert!(sent.contains("*Were in alarm, OK again*\\n1"), "{sent}");
    assert!(world.0.lock().unwrap().bundles.is_empty());
}

#[tokio::test]
async fn an_ok_that_is_not_confirmed_or_of_a_time_to_come_leads_no_group() {
    for is_ahead in [false, true] {
        let world = grouped("{ webhook: a }", 20);
        let arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:alarm-0-";
        world.0.lock().unwrap().alarms = vec![AlarmState {
            arn: arn.to_owned(),
            state: State::Alarm,
            changed_at: None,
        }];
        let ok = change(&world, 0, "OK");
        if is_ahead {
            world.pass(-120);
        }
        world.handle(&redelivered(&ok)).await.unwrap();
        assert_eq!(posted(&world, "hooks").len(), 1, "shown");
        world.change(1, "ALARM").await;
        assert_eq!(posted(&world, "hooks").len(), 2, "held behind a forged OK");
    }
}
