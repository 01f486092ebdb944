//! What the failure queue brings back.

use serde_json::json;

use super::world::{World, answer, batch, failure};

#[tokio::test]
async fn only_what_still_fails_stays_in_the_failure_queue() {
    let world = World::answering([answer(200, "ok"), answer(418, ""), answer(200, "ok")]);
    let at = "2026-11-20T06:00:00.000Z";
    let event = json!({"Records": [failure("a", at, "one"), failure("b", at, "two"), failure("c", at, "three")]});
    let response = world.handle(event.to_string().as_bytes()).await.unwrap();
    assert_eq!(response, batch(&["b"]));
    assert_eq!(
        serde_json::to_value(&response).unwrap(),
        json!({"batchItemFailures": [{"itemIdentifier": "b"}]})
    );
}

#[tokio::test]
async fn after_twelve_hours_the_fallback_topic_is_told_instead() {
    let world = World::at_six();
    let event = json!({"Records": [
        failure("on time", "2026-11-19T18:10:00Z", "still tried"),
        failure("late", "2026-11-19T18:09:59Z", "given <up> & told"),
    ]});
    assert_eq!(
        world.handle(event.to_string().as_bytes()).await.unwrap(),
        batch(&[])
    );
    assert_eq!(world.posted().len(), 1);
    let told = world.0.lock().unwrap().told.clone();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("given <up> & told") && told[0].contains("picket-dev"),
        "{}",
        told[0]
    );
}

#[tokio::test]
async fn what_the_fallback_topic_does_not_take_stays_in_the_queue() {
    let world = World::at_six();
    world.0.lock().unwrap().fallback_fails = true;
    let event = json!({"Records": [failure("late", "2026-11-19T06:00:00Z", "m")]});
    assert_eq!(
        world.handle(event.to_string().as_bytes()).await.unwrap(),
        batch(&["late"])
    );
}

#[tokio::test]
async fn a_parcel_that_is_no_record_is_posted_as_it_is() {
    let world = World::at_six();
    let event =
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "a", "body": "by hand"}]});
    assert_eq!(
        world.handle(event.to_string().as_bytes()).await.unwrap(),
        batch(&[])
    );
    assert!(
        world.posted()[0]["text"]
            .as_str()
            .unwrap()
            .contains("by hand")
    );
}

#[tokio::test]
async fn a_message_without_an_id_that_the_queue_brings_back_is_the_one_that_was_sent() {
    // Two sinks; the second fails until Lambda gives up.
    let world = World::at_six().with_sinks("{ webhook: a }, { webhook: b }");
    let refused = || answer(418, "");
    world
        .0
        .lock()
        .unwrap()
        .answers
        .extend([answer(200, "ok"), refused()]);
    world.handle_as("first", b"disk full").await.unwrap_err();
    let record = json!({"version": "1.0", "timestamp": "2026-11-20T06:10:00Z",
        "requestContext": {"requestId": "first", "condition": "RetriesExhausted"}, "requestPayload": "disk full"});
    let event = json!({"Records": [{"eventSource": "aws:sqs", "messageId": "r", "body": record.to_string()}]}).to_string();
    world.pass(600);
    world.0.lock().unwrap().answers.push_back(refused());
    let response = world.handle_as("second", event.as_bytes()).await.unwrap();
    assert_eq!(response, batch(&["r"]), "it stays, and Slack is at fault");
    world.pass(600);
    let response = world.handle_as("third", event.as_bytes()).await.unwrap();
    assert_eq!(response, batch(&[]));
    let posted = world.0.lock().unwrap().posted.len();
    assert_eq!(
        posted, 4,
        "once to the first sink, three times to the second"
    );
    world.pass(12 * 3_600);
    let response = world.handle_as("late", event.as_bytes()).await.unwrap();
    assert_eq!(response, batch(&[]));
    assert_eq!(world.0.lock().unwrap().told.len(), 1, "after twelve hours");
}
