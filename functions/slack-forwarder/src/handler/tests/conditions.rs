//! Services that repeat their messages of one state: an incident is one message, and an end without one is nothing.

use serde_json::{Value, json};

use super::{
    channel::{calls, channel},
    world::{CRITICAL, World},
};
use crate::testing;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// An event by SNS, as a rule publishes it: each has an id of its own.
fn published(id: &str, minute: u32, source: &str, kind: &str, detail: &Value) -> Vec<u8> {
    let body = json!({"version": "0", "id": id, "detail-type": kind, "source": source, "account": "111122223333",
        "time": format!("2026-11-20T06:{minute:02}:12Z"), "region": "eu-west-1", "resources": [], "detail": detail});
    let mut event = testing::sns_event(CRITICAL, &[body.to_string()]);
    event["Records"][0]["Sns"]["MessageId"] = json!(id);
    event.to_string().into_bytes()
}

fn endpoint(id: &str, minute: u32, status: &str) -> Vec<u8> {
    let arn = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/scores";
    let detail = json!({"EndpointName": "scores", "EndpointArn": arn, "EndpointStatus": status});
    let kind = "SageMaker Endpoint State Change";
    published(id, minute, "aws.sagemaker", kind, &detail)
}

fn deployment(id: &str, minute: u32, branch: &str, status: &str) -> Vec<u8> {
    let detail =
        json!({"appId": "d2example", "branchName": branch, "jobId": id, "jobStatus": status});
    let kind = "Amplify Deployment Status Change";
    published(id, minute, "aws.amplify", kind, &detail)
}

async fn play(world: &World, events: &[(Vec<u8>, usize)]) {
    for (place, (event, posts)) in events.iter().enumerate() {
        world.handle_as(&place.to_string(), event).await.unwrap();
        assert_eq!(world.posted().len(), *posts, "{place}");
        world.pass(60);
    }
}

#[tokio::test]
async fn a_state_of_an_endpoint_that_is_sent_again_is_no_second_message() {
    let world = World::at_six();
    let events = [
        (endpoint("a", 1, "IN_SERVICE"), 0),
        (endpoint("b", 2, "FAILED"), 1),
        (endpoint("c", 2, "FAILED"), 1),
        (endpoint("d", 3, "FAILED"), 1),
        (endpoint("e", 4, "OutOfService"), 1),
        (endpoint("f", 7, "IN_SERVICE"), 2),
        (endpoint("g", 7, "IN_SERVICE"), 2),
        (endpoint("h", 8, "IN_SERVICE"), 2),
        (endpoint("i", 9, "OUT_OF_SERVICE"), 3),
    ];
    play(&world, &events).await;
    let end = world.posted()[1].to_string();
    assert!(end.contains("Lasted") && end.contains("5 min"), "{end}");
}

#[tokio::test]
async fn a_deployment_that_succeeds_ends_the_incident_of_its_own_branch_alone() {
    let world = World::at_six();
    let events = [
        (deployment("1", 1, "main", "SUCCEED"), 0),
        (deployment("2", 2, "main", "FAILED"), 1),
        (deployment("3", 3, "next", "SUCCEED"), 1),
        (deployment("4", 4, "next", "FAILED"), 2),
        (deployment("5", 5, "main", "SUCCEED"), 3),
        (deployment("6", 6, "main", "SUCCEED"), 3),
    ];
    play(&world, &events).await;
    let end = world.posted()[2]["text"].to_string();
    assert!(
        end.contains("SUCCEED") && end.contains("d2example › main"),
        "{end}"
    );
}

#[tokio::test]
async fn an_end_that_overtakes_its_beginning_leaves_nothing_open() {
    let world = World::at_six();
    let events = [
        (endpoint("a", 5, "IN_SERVICE"), 0),
        (endpoint("b", 2, "FAILED"), 1),
    ];
    play(&world, &events).await;
    let late = world.posted()[0].to_string();
    assert!(late.contains("Over since"), "{late}");
}

#[tokio::test]
async fn in_a_channel_the_message_is_edited_and_in_pagerduty_the_incident_is_resolved() {
    let world = channel();
    for (place, event) in [endpoint("a", 2, "FAILED"), endpoint("b", 7, "IN_SERVICE")]
        .iter()
        .enumerate()
    {
        world.handle_as(&place.to_string(), event).await.unwrap();
        world.pass(60);
    }
    let methods: Vec<String> = calls(&world)
        .into_iter()
        .map(|(method, _)| method)
        .collect();
    assert_eq!(
        methods,
        ["chat.postMessage", "chat.update", "chat.postMessage"]
    );

    let world = World::at_six()
        .with_sinks("{ pagerduty: p }")
        .with_secret_of("/p", KEY);
    for (place, (minute, status)) in [(2, "FAILED"), (3, "FAILED"), (7, "IN_SERVICE")]
        .into_iter()
        .enumerate()
    {
        let event = endpoint(&place.to_string(), minute, status);
        world.handle_as(&place.to_string(), &event).await.unwrap();
        world.pass(60);
    }
    let posted = world.posted();
    let actions: Vec<&Value> = posted.iter().map(|page| &page["event_action"]).collect();
    assert_eq!(actions, ["trigger", "trigger", "resolve"]);
    let keys: Vec<&Value> = posted.iter().map(|page| &page["dedup_key"]).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test]
async fn the_digest_counts_failures_and_no_success() {
    let world = World::at_six();
    let info = "arn:aws:sns:eu-west-1:111122223333:info";
    let by_info = |event: Vec<u8>| {
        let event = String::from_utf8(event).unwrap();
        event.replace(CRITICAL, info).into_bytes()
    };
    for (place, status) in ["SUCCEED", "FAILED", "SUCCEED"].into_iter().enumerate() {
        let minute = u32::try_from(place).unwrap() + 1;
        let event = by_info(deployment(&place.to_string(), minute, "main", status));
        world.handle_as(&place.to_string(), &event).await.unwrap();
    }
    assert!(world.posted().is_empty());
    world.pass(24 * 3_600);
    let asked = super::digest::ASKED;
    world.handle_as("asked", asked).await.unwrap();
    let digest = world.posted()[0].to_string();
    assert!(digest.contains("1 message on 2026-11-20"), "{digest}");
}

#[tokio::test]
async fn a_message_cannot_end_the_incident_of_an_alarm() {
    let world = World::at_six();
    let alarm = super::state::by_sns("ALARM", 2);
    world.handle_as("alarm", &alarm).await.unwrap();
    let arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders";
    let detail = json!({"EndpointName": "x", "EndpointArn": arn, "EndpointStatus": "IN_SERVICE"});
    let kind = "SageMaker Endpoint State Change";
    let forged = published("forged", 3, "aws.sagemaker", kind, &detail);
    world.handle_as("forged", &forged).await.unwrap();
    assert_eq!(world.posted().len(), 1);
    world.pass(60);
    let ok = super::state::by_sns("OK", 7);
    world.handle_as("ok", &ok).await.unwrap();
    assert_eq!(world.posted().len(), 2, "the alarm's own OK ends it");
}
