//! What the failure queue brings back.

use picket_aws::Fault;
use picket_shared::clock::Clock;
use serde_json::{Value, json};

use super::world::{SECRET, Table, World, answer, batch, failure};
use crate::delivery_log::{Claim, Event, Row, RowKey, Stored};

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
async fn after_twelve_hours_the_fallback_topic_is_notified_instead() {
    let world = World::at_six();
    let event = json!({"Records": [
        failure("on time", "2026-11-19T18:10:00Z", "still tried"),
        failure("late", "2026-11-19T18:09:59Z", "given <up> & sent"),
    ]});
    assert_eq!(
        world.handle(event.to_string().as_bytes()).await.unwrap(),
        batch(&[])
    );
    assert_eq!(world.posted().len(), 1);
    let sent = world.0.lock().unwrap().fallback.clone();
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].contains("given <up> & sent") && sent[0].contains("picket-dev"),
        "{}",
        sent[0]
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
    assert!(
        world.0.lock().unwrap().fallback.is_empty(),
        "both sinks have it"
    );
}

#[tokio::test]
async fn a_batch_ends_in_time_where_the_table_hangs_and_what_was_not_begun_stays_in_the_queue() {
    // The webhook waits a second between posts, so that each batch has more than one invocation can send.
    let world = World::at_six()
        .with_table(Table::Hangs)
        .with_hanging(&["slack.com"]);
    let deadline = world.deadline();
    let at = "2026-11-20T06:00:00.000Z";
    let receipts: Vec<String> = (0..10).map(|place| place.to_string()).collect();
    let records: Vec<Value> = receipts.iter().map(|id| failure(id, at, "m")).collect();
    let event = json!({ "Records": records }).to_string();
    let response = world.handle(event.as_bytes()).await.unwrap();
    let all: Vec<&str> = receipts.iter().map(String::as_str).collect();
    assert_eq!(response, batch(&all));
    assert!(
        !deadline.remaining(world.now()).is_zero(),
        "{}",
        world.now()
    );
}

#[tokio::test]
async fn a_parcel_that_is_being_sent_elsewhere_stays_in_the_queue() {
    let world = World::at_six();
    let key = RowKey {
        alert: "sns/id-r".to_owned(),
        part: "webhook critical".to_owned(),
    };
    let row = Row {
        claim: Some(Claim {
            event: Event::Message,
            owner: "another".to_owned(),
            until: world.now() + std::time::Duration::from_secs(30),
        }),
        ..Row::default()
    };
    let stored = Stored { row, revision: 1 };
    world.0.lock().unwrap().rows.insert(key, stored);
    let event = json!({"Records": [failure("r", "2026-11-20T06:00:00Z", "m")]}).to_string();
    let response = world.handle_as("a", event.as_bytes()).await.unwrap();
    assert_eq!(response, batch(&["r"]));
    world.pass(600);
    let response = world.handle_as("b", event.as_bytes()).await.unwrap();
    assert_eq!((response, world.posted().len()), (batch(&[]), 1));
}

#[tokio::test]
async fn copies_in_one_batch_are_one_message_and_the_second_stays_in_the_queue_until_it_is_sent() {
    let world = World::at_six();
    let at = "2026-11-20T06:00:00Z";
    // The webhook waits a second after the first message, while the second is claimed.
    let mut records = vec![failure("first", at, "m"), failure("a", at, "copy")];
    let mut copy = records[1].clone();
    copy["messageId"] = json!("b");
    records.push(copy);
    let event = json!({ "Records": records }).to_string();
    let response = world.handle(event.as_bytes()).await.unwrap();
    assert_eq!((response, world.posted().len()), (batch(&["b"]), 2));
}

#[tokio::test]
async fn the_fallback_names_the_sinks_that_lack_the_message_and_no_others() {
    let world = World::at_six().with_sinks("{ webhook: a }, { pagerduty: p }");
    let missing = || Err(Fault::permanent("no such parameter"));
    let event = json!({"Records": [failure("r", "2026-11-20T06:00:00Z", "full")]}).to_string();
    world
        .0
        .lock()
        .unwrap()
        .parameters
        .extend([Ok(SECRET), missing()]);
    let response = world.handle_as("a", event.as_bytes()).await.unwrap();
    assert_eq!((response, world.posted().len()), (batch(&["r"]), 1));
    world.pass(13 * 3_600);
    world.handle_as("b", event.as_bytes()).await.unwrap();
    let sent = world.0.lock().unwrap().fallback.clone();
    assert!(
        sent[0].contains("could not be delivered to pagerduty p for twelve hours"),
        "{sent:?}"
    );
    // Sent to both in the meantime, and not yet out of the queue.
    let world = World::at_six();
    world.handle_as("a", event.as_bytes()).await.unwrap();
    world.pass(13 * 3_600);
    let response = world.handle_as("b", event.as_bytes()).await.unwrap();
    assert_eq!(response, batch(&[]));
    assert!(world.0.lock().unwrap().fallback.is_empty());
}

#[tokio::test]
async fn a_parcel_without_a_time_of_its_own_is_given_up_by_the_queues_clock() {
    let world = World::at_six();
    for (sent, published) in [("2026-11-19T18:10:00Z", 0), ("2026-11-19T18:09:59Z", 1)] {
        let sent: jiff::Timestamp = sent.parse().unwrap();
        let record = json!({"eventSource": "aws:sqs", "messageId": sent.to_string(), "body": "by hand",
            "attributes": {"SentTimestamp": sent.as_millisecond().to_string()}});
        let event = json!({ "Records": [record] }).to_string();
        world.handle(event.as_bytes()).await.unwrap();
        assert_eq!(world.0.lock().unwrap().fallback.len(), published, "{sent}");
    }
}
