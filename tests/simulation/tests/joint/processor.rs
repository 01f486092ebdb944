//! The event processor's ports.

mod attempts;
mod commits;
mod put;
mod reads;

use std::{future::Future, panic::resume_unwind, sync::Arc, time::Duration};

use event_processor::{
    event::{Record, RecordAction},
    ports::{FaultPoint, Point, PutObject, ReadOverrides},
    quarantine::Object,
};
use jiff::Timestamp;
use picket_aws::{
    Fault as Error,
    overrides::{ConditionalRead, Found, Object as OverrideObject, ReadResults},
};
use picket_shared::clock::Clock;

pub(crate) use put::Put;

use crate::{
    events::POISON,
    faults::Fault,
    rules,
    world::{Life, World},
};

/// A fortnight and a day: what a chain's item lives, in seconds.
const LIFE: i64 = 15 * 86_400;

#[derive(Clone)]
pub(crate) struct Sandbox {
    pub(crate) world: World,
    pub(crate) life: Arc<Life>,
}

/// What the scheduler takes for the end of the process.
pub(crate) struct Abort;

impl PutObject for Sandbox {
    async fn put_object(&self, object: &Object) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, _| {
                state.bucket.insert(object.key.clone(), object.body.clone());
                Ok(())
            })
            .await
    }
}

impl ReadOverrides for Sandbox {
    /// Nothing there, other rules, broken ones, or no answer.
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.world.travel(&self.life).await;
        let state = &mut *self.world.state();
        let chance = if state.weather.strange_rules {
            state.dice.below(4)
        } else {
            0
        };
        match chance {
            1 => state.faults.count(Fault::OtherRules),
            2 | 3 => state.faults.count(Fault::BrokenRules),
            _ => {}
        }
        let new = |text: String| {
            let (file, etag) = ("s3://b/metrics.yaml".into(), chance.to_string());
            Ok(Found::New(OverrideObject { file, etag, text }))
        };
        let answer = |read: &ConditionalRead| match chance {
            1 if read.object.starts_with("workloads/") => new(rules::of_the_night()),
            2 => new("Workload: [".into()),
            3 => Err(Error::transient("the override bucket did not answer")),
            _ => Ok(Found::Nothing),
        };
        reads.iter().map(answer).collect()
    }
}

impl FaultPoint for Sandbox {
    // The world kills at every call; only poison kills at a place of its own.
    fn reach(&self, point: Point<'_>) {
        let Point::BeforeDecode(records, mark) = point else {
            return;
        };
        let is_deadly = |record: &Record<'_>| {
            let data = || base64_simd::STANDARD.decode_to_vec(record.data.as_bytes());
            matches!(record.action, RecordAction::Decode { .. })
                && record.data.len() < 10_000
                && record.is_above(mark)
                && String::from_utf8_lossy(&data().unwrap()).contains(POISON)
        };
        let is_deadly_at_all = {
            let state = self.world.state();
            state.stream.has_poison && !state.is_mended
        };
        if is_deadly_at_all && records.iter().any(is_deadly) {
            resume_unwind(Box::new(Abort));
        }
    }
}

impl Clock for Sandbox {
    fn now(&self) -> Timestamp {
        self.world.timestamp()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        let pause = i64::try_from(duration.as_micros()).unwrap();
        self.world.kernel.sleep(pause)
    }
}
