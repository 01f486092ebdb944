//! Routes that an operator puts in place of the built-in ones.

use std::time::Duration;

use picket_aws::{
    Fault,
    overrides::{ConditionalRead, Found, Object, ReadResults},
};
use picket_shared::{clock::Clock, deadline::Deadline};

use super::world::{World, texts};
use crate::ports::ReadOverrides;

/// An override bucket: none, one that does not result, or one that holds these routes.
#[derive(Clone, Copy, Default)]
pub(super) enum Bucket {
    #[default]
    None,
    Unanswered,
    Routes(&'static str),
}

impl ReadOverrides for World {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        let bucket = self.0.lock().unwrap().bucket;
        let result = |read: &ConditionalRead| match bucket {
            Bucket::Unanswered => Err(Fault::transient("the override bucket did not result")),
            Bucket::None => Ok(Found::Nothing),
            Bucket::Routes(_) if read.object != "routes.yaml" => Ok(Found::Nothing),
            Bucket::Routes(text) => Ok(Found::New(Object {
                file: "s3://overrides/picket-dev/routes.yaml".into(),
                etag: text.into(),
                text: text.into(),
            })),
        };
        reads.iter().map(result).collect()
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
        (Bucket::Unanswered, "critical"),
        (Bucket::Routes("routes: ["), "critical"),
        (Bucket::Routes(NIGHT), "night"),
        (Bucket::Routes("routes:\n  - nmae: x\n"), "night"),
        (Bucket::Unanswered, "night"),
    ] {
        world.sleep(Duration::from_secs(30)).await;
        world.0.lock().unwrap().bucket = bucket;
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
async fn the_bucket_is_read_once_in_half_a_minute() {
    let world = World::at_six();
    let handler = world.handler();
    for (pause, bucket, is_read) in [
        (0, Bucket::Routes("routes: ["), false),
        (29, Bucket::Routes(NIGHT), false),
        (1, Bucket::Routes(NIGHT), true),
    ] {
        world.sleep(Duration::from_secs(pause)).await;
        world.0.lock().unwrap().bucket = bucket;
        let event = texts(0).to_string();
        let response = handler.handle(event.as_bytes(), world.deadline(), "request");
        response.await.unwrap();
        let routes = format!("{:?}", handler.routes());
        assert_eq!(routes.contains("night"), is_read, "after {pause} s");
    }
}
