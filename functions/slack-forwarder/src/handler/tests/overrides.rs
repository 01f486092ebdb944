//! Routes that an operator puts in place of the built-in ones.

use std::time::Duration;

use picket_aws::{
    Fault,
    overrides::{Answers, Found, Object, Question},
};
use picket_shared::{clock::Clock, deadline::Deadline};

use super::world::{World, texts};
use crate::ports::ReadOverrides;

/// A bucket that holds these routes; `None` does not answer.
struct Bucket(Option<&'static str>);

impl ReadOverrides for Bucket {
    async fn read_overrides(&self, questions: &[Question]) -> Answers {
        let answer = |question: &Question| match self.0 {
            None => Err(Fault::transient("the override bucket did not answer")),
            Some(_) if question.object != "routes.yaml" => Ok(Found::Nothing),
            Some(text) => Ok(Found::New(Object {
                file: "s3://overrides/picket-dev/routes.yaml".into(),
                etag: text.into(),
                text: text.into(),
            })),
        };
        questions.iter().map(answer).collect()
    }
}

const NIGHT: &str = "routes: [{ name: night, sinks: [{ webhook: night }] }]";

#[tokio::test]
async fn routes_in_the_bucket_take_the_place_of_the_built_in_ones_and_a_broken_object_changes_nothing()
 {
    let world = World::at_six();
    let handler = world.handler();
    for (bucket, webhook) in [
        // Not at the first use, and then at every look.
        (Bucket(None), "critical"),
        (Bucket(Some("routes: [")), "critical"),
        (Bucket(Some(NIGHT)), "night"),
        (Bucket(Some("routes:\n  - nmae: x\n")), "night"),
        (Bucket(None), "night"),
    ] {
        world.sleep(Duration::from_secs(30)).await;
        handler.refresh(&bucket).await;
        let deadline = world.now().as_millisecond() + 30_000;
        let deadline = Deadline::from_context(deadline.try_into().unwrap());
        let event = texts(1).to_string();
        let request = world.now().to_string();
        handler
            .handle(event.as_bytes(), deadline, &request)
            .await
            .unwrap();
        let read = world.0.lock().unwrap().read.clone();
        assert_eq!(read.last().unwrap(), &format!("/picket/slack/{webhook}"));
    }
}

#[tokio::test]
async fn the_bucket_is_asked_once_in_half_a_minute() {
    let world = World::at_six();
    let handler = world.handler();
    handler.refresh(&Bucket(Some("routes: ["))).await;
    world.sleep(Duration::from_secs(29)).await;
    handler.refresh(&Bucket(Some(NIGHT))).await;
    assert!(!format!("{:?}", handler.routes()).contains("night"));
    world.sleep(Duration::from_secs(1)).await;
    handler.refresh(&Bucket(Some(NIGHT))).await;
    assert!(format!("{:?}", handler.routes()).contains("night"));
}
