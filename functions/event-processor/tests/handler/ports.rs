//! Fakes of the ports that record their calls.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use event_processor::{
    ports::{
        Claim, CommitSlice, FaultPoint, NoteAttempt, Point, PutObject, ReadAttempt, ReadBeyond,
        ReadMark, ReadNewest, ReadOverrides, Register,
    },
    quarantine::Object,
};
use jiff::{SignedDuration, Timestamp};
use picket_aws::{
    Fault,
    chain::{ClaimOutcome, Commit},
    overrides::{ConditionalRead, Found, Object as OverrideObject, ReadResults},
};
use picket_shared::{
    chain::{Attempt, ChainId, Slice, SliceIds, encode},
    clock::Clock,
    position::Position,
    replay::{Origin, RecordRef},
};

/// A fault of a commit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// Refused now, nothing done.
    Throttled,
    /// Done, and the answer lost.
    AnswerLost,
    /// Refused until a person acts.
    TableMissing,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) items: BTreeMap<(ChainId, Position), Slice>,
    pub(crate) objects: BTreeMap<String, String>,
    pub(crate) registered: Vec<ChainId>,
    pub(crate) attempts: BTreeMap<ChainId, Attempt>,
    pub(crate) claims: BTreeMap<(ChainId, Position), RecordRef>,
    /// Originals that no replay registered.
    pub(crate) unregistered: BTreeSet<Position>,
    /// The names of the calls, in order.
    pub(crate) calls: Vec<&'static str>,
    /// For the next commits.
    pub(crate) troubles: VecDeque<Trouble>,
    pub(crate) bucket_fails: bool,
    pub(crate) table_missing: bool,
    pub(crate) now: SignedDuration,
    /// The override bucket; `None` does not answer.
    pub(crate) overrides: Option<BTreeMap<String, String>>,
    pub(crate) override_reads: usize,
    /// Slices that were read of the chains.
    pub(crate) slices_read: usize,
    pub(crate) collisions: usize,
    /// Bytes of the largest blob that the table takes; `None` takes any.
    pub(crate) largest_blob: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Fakes(Arc<Mutex<State>>);

impl Fakes {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn ask(&self, verb: &'static str) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.calls.push(verb);
        state
    }
}

pub(crate) fn table_missing() -> Fault {
    Fault::permanent(
        "the chain table chains does not exist; deploy the stack or correct CHAIN_TABLE",
    )
}

impl Fakes {
    /// Asks the chain table, which may not be there.
    fn ask_chain(&self, verb: &'static str) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.ask(verb);
        if state.table_missing {
            return Err(table_missing());
        }
        Ok(state)
    }
}

impl State {
    fn slices(&self, chain: &ChainId) -> Vec<&Slice> {
        let slices = self.items.iter().filter(|((of, _), _)| of == chain);
        slices.map(|(_, slice)| slice).collect()
    }
}

impl ReadMark for Fakes {
    async fn read_mark(&self, chain: &ChainId) -> Result<Position, Fault> {
        let state = self.ask_chain("read-mark")?;
        let newest = state.slices(chain).last().map(|slice| slice.after.clone());
        Ok(newest.unwrap_or_else(Position::start))
    }
}

impl ReadNewest for Fakes {
    async fn read_newest(&self, chain: &ChainId, since: Timestamp) -> Result<Vec<SliceIds>, Fault> {
        let mut state = self.ask_chain("read")?;
        let slices = state.slices(chain).into_iter().rev().enumerate();
        let recent = slices.take_while(|(index, slice)| *index == 0 || slice.committed_at >= since);
        let recent: Vec<_> = recent.map(|(_, slice)| SliceIds::from(slice)).collect();
        state.slices_read += recent.len();
        Ok(recent)
    }
}

impl ReadBeyond for Fakes {
    async fn read_beyond(&self, chain: &ChainId, mark: &Position) -> Result<Vec<SliceIds>, Fault> {
        let mut state = self.ask_chain("read-beyond")?;
        let slices = state.slices(chain).into_iter();
        let beyond = slices.filter(|slice| slice.before >= *mark);
        let beyond: Vec<_> = beyond.map(SliceIds::from).collect();
        state.slices_read += beyond.len();
        Ok(beyond)
    }
}

impl CommitSlice for Fakes {
    async fn commit(&self, slice: &Slice) -> Result<Commit, Fault> {
        let mut state = self.ask("commit");
        let trouble = state.troubles.pop_front();
        match trouble {
            Some(Trouble::Throttled) => return Err(Fault::transient("throttled")),
            Some(Trouble::TableMissing) => return Err(table_missing()),
            Some(Trouble::AnswerLost) | None => {}
        }
        let largest = state.largest_blob.unwrap_or(usize::MAX);
        if encode(&slice.body).len() > largest {
            return Ok(Commit::TooLarge);
        }
        let key = (slice.chain.clone(), slice.before.clone());
        let taken = state.items.contains_key(&key);
        if !taken {
            state.items.insert(key, slice.clone());
        }
        match trouble {
            Some(_) => Err(Fault::transient("the answer was lost")),
            None if taken => {
                state.collisions += 1;
                Ok(Commit::Collided)
            }
            None => Ok(Commit::Committed),
        }
    }
}

impl Register for Fakes {
    async fn register(&self, chain: &ChainId, _now: Timestamp) -> Result<(), Fault> {
        self.ask("register").registered.push(chain.clone());
        Ok(())
    }
}

impl ReadAttempt for Fakes {
    async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Fault> {
        Ok(self.ask("read-attempt").attempts.get(chain).cloned())
    }
}

impl NoteAttempt for Fakes {
    async fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        _now: Timestamp,
    ) -> Result<(), Fault> {
        let mut state = self.ask("note-attempt");
        state.attempts.insert(chain.clone(), attempt.clone());
        Ok(())
    }
}

impl Claim for Fakes {
    async fn claim(
        &self,
        origin: &Origin,
        copy: &RecordRef,
        _now: Timestamp,
    ) -> Result<ClaimOutcome, Fault> {
        let mut state = self.ask("claim");
        if state.unregistered.contains(&origin.position) {
            return Ok(ClaimOutcome::Unregistered);
        }
        let key = (origin.chain.clone(), origin.position.clone());
        let owner = state.claims.entry(key).or_insert_with(|| copy.clone());
        Ok(if owner == copy {
            ClaimOutcome::Counts
        } else {
            ClaimOutcome::AnotherCounts
        })
    }
}

impl PutObject for Fakes {
    async fn put_object(&self, object: &Object) -> Result<(), Fault> {
        let mut state = self.ask("put");
        if state.bucket_fails {
            return Err(Fault::transient("the bucket did not answer"));
        }
        state
            .objects
            .insert(object.key.clone(), object.body.clone());
        Ok(())
    }
}

impl ReadOverrides for Fakes {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        let mut state = self.state();
        state.override_reads += 1;
        let answer = |read: &ConditionalRead| {
            let bucket = state.overrides.as_ref();
            let bucket = bucket.ok_or_else(|| Fault::transient("the bucket did not answer"))?;
            Ok(match bucket.get(&read.object) {
                None => Found::Nothing,
                Some(text) if read.known.as_ref() == Some(text) => Found::Same,
                Some(text) => Found::New(OverrideObject {
                    file: read.object.clone(),
                    etag: text.clone(),
                    text: text.clone(),
                }),
            })
        };
        reads.iter().map(answer).collect()
    }
}

impl FaultPoint for Fakes {
    fn reach(&self, point: Point<'_>) {
        if !matches!(point, Point::BeforeDecode(..)) {
            drop(self.ask(point.as_str()));
        }
    }
}

impl Clock for Fakes {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-20T06:15:00Z".parse().unwrap();
        start + self.state().now
    }

    async fn sleep(&self, _duration: Duration) {}
}
