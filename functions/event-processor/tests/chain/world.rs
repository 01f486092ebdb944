//! A table with DynamoDB's conditional semantics, a bucket, and everything that can go wrong between them and a sandbox.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    panic::resume_unwind,
    sync::{Arc, Mutex, MutexGuard},
    task::Poll,
    time::Duration,
};

use event_processor::{
    event::{Reading, Record},
    ports::{
        Claim, CommitSlice, FaultPoint, NoteAttempt, Point, PutObject, ReadAttempt, ReadChain,
        ReadOverrides, Register,
    },
    quarantine::Object,
};
use jiff::Timestamp;
use picket_aws::{
    Fault,
    chain::Commit,
    overrides::{Answers, Found, Object as OverrideObject, Question},
};
use picket_shared::{
    chain::{Attempt, Body, ChainId, Slice, decode, encode},
    clock::Clock,
    position::Position,
    replay::{Origin, Place},
};

/// Splitmix64: seeded, so that a failure can be seen again.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `below` - 1.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.next() % below as u64).unwrap()
    }

    /// Once in `n`.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// An item as the table keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) first: Position,
    pub(crate) after: Position,
    blob: Vec<u8>,
    event_ids: Vec<u64>,
    left: Vec<Position>,
}

impl Item {
    pub(crate) fn body(&self) -> Body {
        decode(&self.blob).unwrap()
    }

    /// The first event of each record that was left undecoded.
    pub(crate) fn left(&self) -> &[Position] {
        &self.left
    }

    /// All that the function reads of a body; the rest would take the test a minute.
    fn ids(&self) -> Body {
        Body {
            event_ids: self.event_ids.clone(),
            ..Body::default()
        }
    }
}

/// A slice with a record that nobody read covers what it may hold.
fn left(slice: &Slice) -> Vec<Position> {
    let of_the_dead = slice
        .body
        .quarantined
        .iter()
        .filter(|record| record.reason.contains("died"));
    of_the_dead.map(|record| record.position.clone()).collect()
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) table: BTreeMap<(ChainId, Position), Item>,
    pub(crate) registry: BTreeSet<ChainId>,
    pub(crate) attempts: BTreeMap<ChainId, Attempt>,
    /// The copies that count, by their originals.
    pub(crate) claims: BTreeMap<(ChainId, Position), Place>,
    pub(crate) bucket: BTreeMap<String, String>,
    /// Puts whose clients have given up: they may still arrive.
    in_flight: Vec<Slice>,
    /// Calls that fail, once in so many; 0 is never.
    pub(crate) fault_once_in: usize,
    pub(crate) collisions: u64,
    pub(crate) lost_answers: u64,
    /// Whether the decoder no longer dies of poison.
    pub(crate) is_mended: bool,
    /// Sandboxes that count by other rules.
    pub(crate) other_rules: u64,
}

/// What a sandbox sees of the world.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox(pub(crate) Arc<Mutex<World>>);

pub(crate) const NOW: i64 = 1_700_158_600_000;

impl World {
    pub(crate) fn new(seed: u64, fault_once_in: usize) -> Self {
        Self {
            dice: Dice(seed),
            table: BTreeMap::new(),
            registry: BTreeSet::new(),
            attempts: BTreeMap::new(),
            claims: BTreeMap::new(),
            bucket: BTreeMap::new(),
            in_flight: Vec::new(),
            fault_once_in,
            collisions: 0,
            lost_answers: 0,
            is_mended: false,
            other_rules: 0,
        }
    }

    /// One conditional put: nothing may be at the key.
    pub(crate) fn put(&mut self, slice: &Slice) -> Commit {
        let key = (slice.chain.clone(), slice.before.clone());
        if self.table.contains_key(&key) {
            self.collisions += 1;
            return Commit::Collided;
        }
        assert!(
            self.registry.contains(&slice.chain),
            "committed before it was registered"
        );
        for record in &slice.body.quarantined {
            assert!(
                self.bucket.contains_key(&record.object),
                "committed before its object was put"
            );
        }
        let item = Item {
            first: slice.first.clone(),
            after: slice.after.clone(),
            blob: encode(&slice.body),
            event_ids: slice.body.event_ids.clone(),
            left: left(slice),
        };
        self.table.insert(key, item);
        Commit::Committed
    }

    /// One conditional put: nothing may be at the key, or this very copy.
    pub(crate) fn claim(&mut self, origin: &Origin, copy: &Place) -> bool {
        let key = (origin.chain.clone(), origin.position.clone());
        self.claims.entry(key).or_insert_with(|| copy.clone()) == copy
    }

    fn newest_first(&self, chain: &ChainId) -> Vec<Slice> {
        let items = self.table.iter().rev().filter(|((of, _), _)| of == chain);
        items
            .map(|((chain, before), item)| Slice {
                chain: chain.clone(),
                before: before.clone(),
                first: item.first.clone(),
                after: item.after.clone(),
                committed_at: Timestamp::from_millisecond(NOW).unwrap(),
                body: item.ids(),
            })
            .collect()
    }

    /// Whether this is the copy that counts.
    pub(crate) fn counts(&self, origin: &Origin, chain: &ChainId, record: &Position) -> bool {
        let owner = self
            .claims
            .get(&(origin.chain.clone(), origin.position.clone()));
        owner.is_some_and(|owner| owner.chain == *chain && owner.record == *record)
    }

    pub(crate) fn newest_mark(&self, chain: &ChainId) -> Position {
        let newest = self.table.iter().rev().find(|((of, _), _)| of == chain);
        newest.map_or_else(Position::start, |(_, item)| item.after.clone())
    }

    /// The last slice that starts below a position.
    pub(crate) fn slice_below(&self, chain: &ChainId, position: &Position) -> Option<Slice> {
        let mut below = self.table.range(..(chain.clone(), position.clone()));
        let ((of, before), item) = below.next_back()?;
        (of == chain).then(|| Slice {
            chain: chain.clone(),
            before: before.clone(),
            first: item.first.clone(),
            after: item.after.clone(),
            committed_at: Timestamp::UNIX_EPOCH,
            body: item.body(),
        })
    }

    /// One of the puts that were given up arrives.
    pub(crate) fn land_one(&mut self) -> bool {
        if self.in_flight.is_empty() {
            return false;
        }
        let place = self.dice.below(self.in_flight.len());
        let slice = self.in_flight.swap_remove(place);
        self.put(&slice);
        true
    }

    fn fault(&mut self) -> Result<(), Fault> {
        if self.fault_once_in > 0 && self.dice.once_in(self.fault_once_in) {
            return Err(Fault::passing("throttled"));
        }
        Ok(())
    }
}

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
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }
}

impl ReadChain for Sandbox {
    async fn read_newest(&self, chain: &ChainId, _since: Timestamp) -> Result<Vec<Slice>, Fault> {
        step().await;
        self.world().fault()?;
        let slices = self.world().newest_first(chain);
        step().await;
        Ok(slices)
    }
}

impl CommitSlice for Sandbox {
    async fn commit(&self, slice: &Slice) -> Result<Commit, Fault> {
        step().await;
        self.world().fault()?;
        let given_up = {
            let mut world = self.world();
            world.fault().is_err()
        };
        if given_up {
            self.world().in_flight.push(slice.clone());
            return Err(Fault::passing(
                "timed out, and the request is still on its way",
            ));
        }
        let outcome = self.world().put(slice);
        step().await;
        let mut world = self.world();
        if world.fault().is_err() {
            world.lost_answers += 1;
            return Err(Fault::passing("the answer was lost"));
        }
        Ok(outcome)
    }
}

impl Register for Sandbox {
    async fn register(&self, chain: &ChainId, _now: Timestamp) -> Result<(), Fault> {
        step().await;
        self.world().fault()?;
        self.world().registry.insert(chain.clone());
        Ok(())
    }
}

impl ReadAttempt for Sandbox {
    async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Fault> {
        step().await;
        self.world().fault()?;
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
    ) -> Result<(), Fault> {
        step().await;
        self.world().fault()?;
        self.world().attempts.insert(chain.clone(), attempt.clone());
        step().await;
        self.world().fault()
    }
}

impl Claim for Sandbox {
    async fn claim(&self, origin: &Origin, copy: &Place, _now: Timestamp) -> Result<bool, Fault> {
        step().await;
        self.world().fault()?;
        let is_owner = self.world().claim(origin, copy);
        step().await;
        self.world().fault()?;
        Ok(is_owner)
    }
}

impl PutObject for Sandbox {
    async fn put_object(&self, object: &Object) -> Result<(), Fault> {
        step().await;
        self.world().fault()?;
        self.world()
            .bucket
            .insert(object.key.clone(), object.body.clone());
        step().await;
        Ok(())
    }
}

impl ReadOverrides for Sandbox {
    /// Each sandbox has its own moment to look: nothing there, other rules, broken ones, or no answer. So the attempts of one
    /// batch go by different rules.
    async fn read_overrides(&self, questions: &[Question]) -> Answers {
        step().await;
        let mut world = self.world();
        let chance = world.dice.below(4);
        if chance == 1 {
            world.other_rules += 1;
        }
        let new = |text: String| {
            let (file, etag) = ("s3://b/metrics.yaml".into(), chance.to_string());
            Ok(Found::New(OverrideObject { file, etag, text }))
        };
        let answer = |question: &Question| match chance {
            1 if question.object.starts_with("workloads/") => new(crate::night_rules()),
            2 => new("Workload: [".into()),
            3 => Err(Fault::passing("the override bucket did not answer")),
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

/// What the scheduler takes for the end of the process.
pub(crate) struct Abort;

/// Kills who decodes it.
pub(crate) const POISON: &str = "poison";

impl Clock for Sandbox {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(NOW).unwrap()
    }

    async fn sleep(&self, _duration: Duration) {}
}
