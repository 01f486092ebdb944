//! What the table is for: nothing lost, and nothing doubled but what is truly ambiguous.

use serde_json::{Value, json};

use super::world::{CRITICAL, Table, World, answer, texts};
use crate::{sinks::Answer, testing};

pub(super) fn change(state: &str, minute: u32) -> Value {
    let mut body = testing::alarm_body("orders", "aws", "eu-west-1");
    body["NewStateValue"] = json!(state);
    body["StateChangeTime"] = json!(format!("2026-11-20T06:{minute:02}:12.345+0000"));
    // What the alarm was before is not part of these tests.
    body.as_object_mut().unwrap().remove("OldStateValue");
    body
}

pub(super) fn by_sns(state: &str, minute: u32) -> Vec<u8> {
    let body = change(state, minute).to_string();
    testing::sns_event(CRITICAL, &[body])
        .to_string()
        .into_bytes()
}

pub(super) fn by_event_bridge(state: &str, minute: u32) -> Vec<u8> {
    json!({"version": "0", "id": "e", "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
        "account": "111122223333", "time": "2026-11-20T06:03:12Z", "region": "eu-west-1",
        "resources": ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders"],
        "detail": {"alarmName": "orders", "state": {"value": state, "reason": "r", "timestamp": format!("2026-11-20T06:{minute:02}:12.345+0000")}}})
    .to_string().into_bytes()
}

fn by_direct_action(state: &str, minute: u32) -> Vec<u8> {
    json!({"source": "aws.cloudwatch", "alarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders",
        "accountId": "111122223333", "time": "2026-11-20T06:03:12.401+0000", "region": "eu-west-1",
        "alarmData": {"alarmName": "orders", "state": {"value": state, "reason": "r", "timestamp": format!("2026-11-20T06:{minute:02}:12.345+0000")}}})
    .to_string().into_bytes()
}

#[tokio::test]
async fn a_retry_sends_only_what_was_not_sent() {
    let world = World::answering([answer(200, "ok"), answer(418, ""), answer(200, "ok")]);
    let event = texts(3).to_string();
    world.handle(event.as_bytes()).await.unwrap_err();
    assert_eq!(world.posted().len(), 3);
    world.pass(60);
    world.handle(event.as_bytes()).await.unwrap();
    let posted = world.posted();
    assert_eq!(posted.len(), 4);
    assert_eq!(posted[3], posted[1], "the one that was refused");
}

#[tokio::test]
async fn an_event_without_ids_is_the_same_only_in_a_retry_of_its_invocation() {
    let world = World::at_six();
    for (request, posts) in [("a", 1), ("a", 1), ("b", 2)] {
        world.handle_as(request, b"disk full").await.unwrap();
        assert_eq!(world.posted().len(), posts, "{request}");
    }
}

#[tokio::test]
async fn one_change_by_three_carriers_is_one_message() {
    let world = World::at_six();
    let copies = [by_sns, by_event_bridge, by_direct_action, by_sns];
    for (place, copy) in copies.iter().enumerate() {
        let event = copy("ALARM", 3);
        world.handle_as(&place.to_string(), &event).await.unwrap();
    }
    assert_eq!(world.posted().len(), 1);
}

/// An AWS Health event, as the rule of a Region publishes it.
fn health(region: &str, detail: &Value) -> Vec<u8> {
    let body = json!({"version": "0", "id": region, "detail-type": "AWS Health Event", "source": "aws.health",
        "account": "111122223333", "time": "2026-11-20T06:03:12Z", "region": region, "resources": [], "detail": detail});
    let mut event = testing::sns_event(CRITICAL, &[body.to_string()]);
    event["Records"][0]["Sns"]["MessageId"] = json!(format!("message of {region}"));
    event.to_string().into_bytes()
}

#[tokio::test]
async fn a_health_event_of_two_regions_is_one_message_and_an_update_of_it_another() {
    let world = World::at_six();
    let detail = |changes: Value| {
        let mut detail = json!({"eventArn": "arn:aws:health:global::event/IAM/AWS_IAM_OPERATIONAL_ISSUE/1", "service": "IAM",
            "eventTypeCode": "AWS_IAM_OPERATIONAL_ISSUE", "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": "01b0-1", "statusCode": "open", "affectedAccount": "111122223333"});
        for (name, value) in changes.as_object().unwrap() {
            detail[name] = value.clone();
        }
        detail
    };
    for (place, (region, changes, posts)) in [
        ("us-east-1", json!({}), 1),
        ("us-west-2", json!({}), 1),
        ("us-west-2", json!({"communicationId": "01b0-2"}), 2),
        ("us-east-1", json!({"communicationId": "01b0-2"}), 2),
        ("us-east-1", json!({"affectedAccount": "444455556666"}), 3),
        ("us-east-1", json!({"page": "2", "totalPages": "2"}), 4),
    ]
    .into_iter()
    .enumerate()
    {
        let event = health(region, &detail(changes));
        world.handle_as(&place.to_string(), &event).await.unwrap();
        assert_eq!(world.posted().len(), posts, "{place}");
    }
}

#[tokio::test]
async fn an_incident_is_one_alarm_and_one_ok_and_an_ok_alone_is_nothing() {
    let world = World::at_six();
    for (place, (state, minute, posts)) in [
        ("OK", 1, 0),
        ("ALARM", 2, 1),
        ("ALARM", 2, 1),
        ("INSUFFICIENT_DATA", 4, 1),
        ("ALARM", 5, 1),
        ("OK", 7, 2),
        ("OK", 8, 2),
        ("ALARM", 6, 2),
        ("ALARM", 9, 3),
        // The OK between was not recorded, or is still to come.
        ("ALARM", 10, 4),
    ]
    .into_iter()
    .enumerate()
    {
        world
            .handle_as(&place.to_string(), &by_sns(state, minute))
            .await
            .unwrap();
        assert_eq!(world.posted().len(), posts, "{state} of minute {minute}");
    }
}

#[tokio::test]
async fn an_alarm_that_comes_after_its_ok_is_sent_all_the_same() {
    let world = World::at_six();
    world.handle_as("ok", &by_sns("OK", 5)).await.unwrap();
    world.handle_as("alarm", &by_sns("ALARM", 3)).await.unwrap();
    assert_eq!(world.posted().len(), 1);
}

#[tokio::test]
async fn a_table_that_cannot_be_reached_stops_nothing() {
    for table in [Table::Unreachable, Table::ReadOnly] {
        let world = World::at_six().with_table(table);
        for event in [
            by_sns("ALARM", 3),
            by_event_bridge("ALARM", 3),
            by_sns("OK", 4),
        ] {
            world.handle(&event).await.unwrap();
        }
        assert_eq!(
            world.posted().len(),
            3,
            "plain, and perhaps more than once: never less"
        );
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_known_for_ones_own() {
    let world = World::at_six().with_table(Table::LosesAnswers);
    for _ in 0..2 {
        world.handle(&by_sns("ALARM", 3)).await.unwrap();
        assert_eq!(world.posted().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_the_one_thing_that_may_double() {
    let lost = Answer::Unanswered("timed out".to_owned());
    let world = World::answering([lost.clone(), lost.clone(), lost]);
    world.handle(&by_sns("ALARM", 3)).await.unwrap_err();
    world.pass(60);
    world.handle(&by_sns("ALARM", 3)).await.unwrap();
    world.pass(60);
    world.handle(&by_sns("ALARM", 3)).await.unwrap();
    assert_eq!(
        world.posted().len(),
        4,
        "tried until an answer came, then never again"
    );
}
