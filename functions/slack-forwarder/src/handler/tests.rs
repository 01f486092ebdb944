mod bundles;
mod channel;
mod charts;
mod conditions;
mod confirmation;
mod digest;
mod ends;
mod flapping;
mod forged;
mod groups;
mod hanging;
mod health;
mod hot_keys;
mod overrides;
mod pages;
mod redelivery;
mod secrets;
mod silences;
mod sinks;
mod state;
mod usage;
mod world;

use std::time::Duration;

use picket_aws::Fault;
use serde_json::Value;

use super::*;
use crate::sinks::Answer;
use world::{SECRET, World, answer, texts};

#[tokio::test]
async fn every_message_is_posted_and_the_url_is_read_once() {
    let world = World::at_six();
    let response = world.handle(texts(3).to_string().as_bytes()).await.unwrap();
    assert_eq!(serde_json::to_value(response).unwrap(), Value::Null);
    assert_eq!(world.posted().len(), 3);
    assert_eq!(world.0.lock().unwrap().read, ["/picket/slack/critical"]);
}

#[tokio::test]
async fn any_bytes_are_posted() {
    for event in [
        &b""[..],
        b"null",
        b"{",
        &[0xff, 0x00],
        br#"{"Records":[]}"#,
        br#""\ud800""#,
    ] {
        let world = World::at_six();
        world.handle(event).await.unwrap();
        assert_eq!(world.posted().len(), 1, "{event:?}");
    }
}

#[tokio::test]
async fn the_good_ones_are_posted_and_the_error_names_the_others() {
    let world = World::answering([answer(200, "ok"), answer(418, ""), answer(200, "ok")]);
    let error = world.fail(&texts(3)).await;
    assert_eq!(world.posted().len(), 3);
    assert!(error.starts_with("1 of 3 posts failed; Lambda tries the event again and then keeps it in arn:aws:sqs:eu-west-1:111122223333:failures; message id-1: the webhook critical did not take the message: Slack answered 418"), "{error}");
    assert!(
        !error.contains("id-0") && !error.contains("id-2"),
        "{error}"
    );
}

#[tokio::test]
async fn a_webhook_that_answers_500_fails_the_invocation_after_three_posts() {
    let world = World::answering([
        answer(500, "rollup_error"),
        answer(500, ""),
        answer(500, "rollup_error"),
    ]);
    let error = world.fail(&texts(1)).await;
    assert_eq!(world.posted().len(), 3);
    assert!(
        error.contains("Slack answered 500 rollup_error; it is tried again"),
        "{error}"
    );
}

#[tokio::test]
async fn a_pause_that_slack_asks_for_is_kept_while_there_is_time() {
    let limited = |seconds| Answer::Answered {
        status: 429,
        retry_after: Some(Duration::from_secs(seconds)),
        body: String::new(),
    };
    let world = World::answering([limited(20)]);
    world.handle(texts(1).to_string().as_bytes()).await.unwrap();
    assert_eq!(world.now().to_string(), "2026-11-20T06:10:20Z");
    let world = World::answering([limited(20), limited(20)]);
    let error = world.fail(&texts(1)).await;
    assert_eq!(
        world.now().to_string(),
        "2026-11-20T06:10:20Z",
        "the second pause would have been too long"
    );
    assert!(error.contains("429"), "{error}");
}

#[tokio::test]
async fn a_renewed_webhook_is_read_again_and_used() {
    let world = World::answering([answer(404, "no_service")]);
    let renewed = "https://hooks.slack.com/services/T0/B0/renewed";
    world
        .0
        .lock()
        .unwrap()
        .parameters
        .extend([Ok(SECRET), Ok(renewed)]);
    world.handle(texts(2).to_string().as_bytes()).await.unwrap();
    let inner = world.0.lock().unwrap();
    let urls: Vec<_> = inner.posted.iter().map(|(url, _)| url.as_str()).collect();
    assert_eq!(urls, [SECRET, renewed, renewed]);
    assert_eq!(inner.read.len(), 2);
}

#[tokio::test]
async fn a_refused_form_is_sent_once_more_in_plain_words() {
    let world = World::answering([answer(400, "invalid_blocks")]);
    world.handle(texts(1).to_string().as_bytes()).await.unwrap();
    let posted = world.posted();
    assert!(posted[0].get("blocks").is_some() && posted[1].get("blocks").is_none());
    assert_eq!(posted[0]["text"], posted[1]["text"]);
    let world = World::answering([answer(400, "invalid_blocks"), answer(400, "no_text")]);
    let error = world.fail(&texts(1)).await;
    assert_eq!(world.posted().len(), 2);
    assert!(error.contains("even the plain form was refused"), "{error}");
}

#[tokio::test]
async fn a_missing_parameter_and_an_unreachable_store_fail_apart() {
    let world = World::at_six();
    world
        .0
        .lock()
        .unwrap()
        .parameters
        .push_back(Err(Fault::permanent("the parameter does not exist")));
    let error = world.fail(&texts(1)).await;
    assert!(
        error.contains(
            "aws ssm put-parameter --type SecureString --overwrite --name /picket/slack/critical"
        ),
        "{error}"
    );
    let world = World::at_six();
    world
        .0
        .lock()
        .unwrap()
        .parameters
        .push_back(Err(Fault::transient("it did not answer")));
    let error = world.fail(&texts(1)).await;
    assert!(error.contains("could not be read from the parameter /picket/slack/critical; it is tried again: it did not answer"), "{error}");
}

#[tokio::test]
async fn the_webhooks_url_is_in_no_error() {
    let broken = Answer::Answered {
        status: 418,
        retry_after: None,
        body: SECRET.to_owned(),
    };
    for answers in [
        vec![broken],
        vec![answer(404, SECRET), answer(404, SECRET)],
        vec![Answer::Unanswered("timed out".to_owned()); 3],
    ] {
        let error = World::answering(answers).fail(&texts(1)).await;
        assert!(
            !error.contains("secret") && !error.contains("hooks.slack.com"),
            "{error}"
        );
    }
    let world = World::at_six();
    world
        .0
        .lock()
        .unwrap()
        .parameters
        .push_back(Ok("https://evil.example/secret"));
    let error = world.fail(&texts(1)).await;
    assert!(
        error.contains("evil.example, which SLACK_ALLOWED_HOSTS does not allow")
            && !error.contains("secret"),
        "{error}"
    );
    assert!(world.posted().is_empty());
}

#[tokio::test]
async fn an_event_without_time_is_not_posted_and_not_lost() {
    let world = World::at_six();
    let past = Deadline::from_context(0);
    let error = world
        .handler()
        .handle(texts(2).to_string().as_bytes(), past, "request")
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("2 of 2 posts failed"),
        "{error}"
    );
    assert!(world.posted().is_empty());
}
