//! Info messages: once a day, together.

use super::{
    state::change,
    world::{Table, World},
};
use crate::testing;

pub(super) const ASKED: &[u8] = br#"{"picket":{"kind":"digest","version":1}}"#;

fn info(messages: &[String]) -> Vec<u8> {
    let topic = "arn:aws:sns:eu-west-1:111122223333:info";
    testing::sns_event(topic, messages).to_string().into_bytes()
}

#[tokio::test]
async fn info_messages_come_once_a_day_together() {
    let world = World::at_six();
    let alarm = |state, minute| change(state, minute).to_string();
    let event = info(&[
        alarm("ALARM", 1),
        alarm("OK", 2),
        alarm("ALARM", 3),
        "hello".to_owned(),
    ]);
    world.handle(&event).await.unwrap();
    world.handle(&event).await.unwrap();
    world.handle(ASKED).await.unwrap();
    assert!(world.posted().is_empty(), "the day is not over");
    world.pass(24 * 3_600);
    world.handle_as("asked", ASKED).await.unwrap();
    world.handle_as("asked again", ASKED).await.unwrap();
    let posted = world.posted();
    assert_eq!(posted.len(), 1, "one digest a day");
    let digest = posted[0].to_string();
    assert!(
        digest.contains("3 messages on 2026-11-20") && digest.contains("    2  orders"),
        "{digest}"
    );
    world.pass(24 * 3_600);
    world.handle(ASKED).await.unwrap();
    assert_eq!(world.posted().len(), 1, "nothing came, nothing is sent");
}

#[tokio::test]
async fn an_info_message_that_cannot_be_kept_is_posted_and_a_digest_that_cannot_be_read_is_tried_again()
 {
    let world = World::at_six().with_table(Table::Unreachable);
    world.handle(&info(&["hello".to_owned()])).await.unwrap();
    assert_eq!(world.posted().len(), 1);
    let error = world.handle(ASKED).await.unwrap_err().to_string();
    assert!(
        error.contains("the notes for the digest of 2026-11-19 could not be read"),
        "{error}"
    );
}

#[tokio::test]
async fn the_digest_goes_to_each_of_its_sinks_once() {
    let world = World::at_six().with_routes(
        "routes: [{ name: all, match: { severity: [critical, warning] }, sinks: [{ webhook: a }] }]
digest: [{ webhook: daily }, { email: info }]",
    );
    world.handle(&info(&["hello".to_owned()])).await.unwrap();
    world.pass(24 * 3_600);
    world.0.lock().unwrap().emails_fail = 1;
    let error = world
        .handle_as("asked", ASKED)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("the email info did not take"), "{error}");
    world.pass(60);
    world.handle_as("asked", ASKED).await.unwrap();
    assert_eq!(world.posted().len(), 1);
    let emails = world.0.lock().unwrap().emails.clone();
    assert_eq!(emails.len(), 1);
    assert_eq!(emails[0].1.subject(), "info - 1 message on 2026-11-20");
    assert!(emails[0].1.body().contains("    1  "), "{emails:?}");
}
