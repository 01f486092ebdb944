//! What a sandbox sees of the world, and what goes wrong between them.

use std::{
    future::poll_fn,
    panic::resume_unwind,
    sync::{Arc, Mutex, MutexGuard},
    task::Poll,
    time::Duration,
};

use event_processor::{
    event::{Reading, Record},
    ports::{
        Claim, CommitSlice, FaultPoint, NoteAttempt, Point, PutObject, ReadAttempt, ReadBeyond,
        ReadMark, ReadNewest, ReadOverrides, Register,
    },
    quarantine::Object,
};
use jiff::Timestamp;
use picket_aws::{
    Fault as Error,
    chain::Commit,
    overrides::{Answers, Found, Object as OverrideObject, Question},
};
use picket_shared::{
    chain::{Attempt, ChainId, Slice, SliceIds},
    clock::Clock,
    position::Position,
    replay::{Origin, Place},
};

use crate::{
    faults::Fault,
    kinds::POISON,
    world::{NOW, World},
};

#[derive(Debug, Clone)]
pub(crate) struct Sandbox(pub(crate) Arc<Mutex<World>>);

/// What the scheduler takes for the end of the process.
pub(crate) struct Abort;

/// Lets the scheduler take another task, or none of this one any more.
async fn step() {
    let mut waited = false;
    poll_fn(|_| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        Poll::Pending
    })
    .await;
}

impl Sandbox {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// A call on its way: it may be refused.
    async fn call(&self) -> Result<(), Error> {
        step().await;
        self.or(Fault::Throttled, "throttled")
    }

    fn or(&self, fault: Fault, says: &'static str) -> Result<(), Error> {
        if self.world().fails(fault) {
            return Err(Error::passing(says));
        }
        Ok(())
    }
}

impl ReadMark for Sandbox {
    async fn read_mark(&self, chain: &ChainId) -> Result<Position, Error> {
        self.call().await?;
        let mark = self.world().newest_mark(chain);
        step().await;
        Ok(mark)
    }
}

impl ReadNewest for Sandbox {
    async fn read_newest(
        &self,
        chain: &ChainId,
        _since: Timestamp,
    ) -> Result<Vec<SliceIds>, Error> {
        self.call().await?;
        let slices = self.world().newest_first(chain);
        step().await;
        Ok(slices)
    }
}

impl ReadBeyond for Sandbox {
    async fn read_beyond(&self, chain: &ChainId, mark: &Position) -> Result<Vec<SliceIds>, Error> {
        self.call().await?;
        let slices = self.world().beyond(chain, mark);
        step().await;
        Ok(slices)
    }
}

impl CommitSlice for Sandbox {
    async fn commit(&self, slice: &Slice) -> Result<Commit, Error> {
        self.call().await?;
        let given_up = "timed out, and the request is still on its way";
        if let Err(error) = self.or(Fault::PutOnItsWay, given_up) {
            self.world().in_flight.push(slice.clone());
            return Err(error);
        }
        let outcome = self.world().put(slice);
        step().await;
        self.or(Fault::LostAnswer, "the answer was lost")?;
        Ok(outcome)
    }
}

impl Register for Sandbox {
    async fn register(&self, chain: &ChainId, _now: Timestamp) -> Result<(), Error> {
        self.call().await?;
        self.world().registry.insert(chain.clone());
        self.or(Fault::LostAnswer, "the answer was lost")
    }
}

impl ReadAttempt for Sandbox {
    async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Error> {
        self.call().await?;
        let attempt = self.world().attempts.get(chain).cloned();
        step().await;
        Ok(attempt)
    }
}

impl NoteAttempt for Sandbox {
    async fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        _now: Timestamp,
    ) -> Result<(), Error> {
        self.call().await?;
        self.world().attempts.insert(chain.clone(), attempt.clone());
        step().await;
        self.or(Fault::LostAnswer, "the answer was lost")
    }
}

impl Claim for Sandbox {
    async fn claim(&self, origin: &Origin, copy: &Place, _now: Timestamp) -> Result<bool, Error> {
        self.call().await?;
        let is_owner = self.world().claim(origin, copy);
        step().await;
        self.or(Fault::LostAnswer, "the answer was lost")?;
        Ok(is_owner)
    }
}

impl PutObject for Sandbox {
    async fn put_object(&self, object: &Object) -> Result<(), Error> {
        self.call().await?;
        let (key, body) = (object.key.clone(), object.body.clone());
        self.world().bucket.insert(key, body);
        step().await;
        self.or(Fault::LostAnswer, "the answer was lost")
    }
}

impl ReadOverrides for Sandbox {
    /// Each sandbox has its own moment to look: nothing there, other rules, broken ones, or no answer.
    async fn read_overrides(&self, questions: &[Question]) -> Answers {
        step().await;
        let mut world = self.world();
        let chance = world.dice.below(4);
        match chance {
            1 => world.faults.count(Fault::OtherRules),
            2 | 3 => world.faults.count(Fault::BrokenRules),
            _ => {}
        }
        let new = |text: String| {
            let (file, etag) = ("s3://b/metrics.yaml".into(), chance.to_string());
            Ok(Found::New(OverrideObject { file, etag, text }))
        };
        let answer = |question: &Question| match chance {
            1 if question.object.starts_with("workloads/") => new(crate::night_rules()),
            2 => new("Workload: [".into()),
            3 => Err(Error::passing("the override bucket did not answer")),
            _ => Ok(Found::Nothing),
        };
        questions.iter().map(answer).collect()
    }
}

impl FaultPoint for Sandbox {
    // The scheduler kills at every step; only poison kills at a place of its own.
    fn reach(&self, point: Point<'_>) {
        let Point::BeforeDecode(records, mark) = point else {
            return;
        };
        let is_deadly = |record: &Record<'_>| {
            let data = || base64_simd::STANDARD.decode_to_vec(record.data.as_bytes());
            matches!(record.reading, Reading::Decode { .. })
                && record.is_above(mark)
                && String::from_utf8_lossy(&data().unwrap()).contains(POISON)
        };
        if !self.world().is_mended && records.iter().any(is_deadly) {
            resume_unwind(Box::new(Abort));
        }
    }
}

impl Clock for Sandbox {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(NOW).unwrap()
    }

    async fn sleep(&self, _duration: Duration) {}
}
