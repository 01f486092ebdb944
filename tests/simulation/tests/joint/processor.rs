//! The event processor's ports.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    io::{Read, Write},
    panic::resume_unwind,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use event_processor::{
    event::{Record, RecordAction},
    ports::{
        Claim, CommitSlice, FaultPoint, NoteAttempt, Point, PutObject, ReadAttempt, ReadBeyond,
        ReadMark, ReadNewest, ReadOverrides, Register,
    },
    quarantine::Object,
};
use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};
use jiff::Timestamp;
use picket_aws::{
    Fault as Error,
    chain::Commit,
    overrides::{ConditionalRead, Found, Object as OverrideObject, ReadResults},
};
use picket_shared::{
    chain::{Attempt, ChainId, DamagedSlice, Slice, SliceIds, StoredSlice, decode, encode},
    clock::Clock,
    position::Position as Mark,
    replay::{Origin, RecordRef},
};

use crate::{
    events::POISON,
    faults::Fault,
    kernel::{MILLISECOND, SECOND},
    position::Position,
    rules,
    tables::{Committed, Item, LARGEST_ITEM, PAGE},
    world::{Life, State, World},
};

/// A fortnight and a day: what a chain's item lives, in seconds.
const LIFE: i64 = 15 * 86_400;
/// What counts as a large item, in bytes.
const LARGE_ITEM: usize = 64 << 10;
/// Most bytes of the sentence that says why an event could not be read.
const LONGEST_REASON: usize = 500;
/// What a registry entry outlives it by.
const GRACE: i64 = 2 * 86_400;

#[derive(Clone)]
pub(crate) struct Sandbox {
    pub(crate) world: World,
    pub(crate) life: Arc<Life>,
}

/// What the scheduler takes for the end of the process.
pub(crate) struct Abort;

/// A slice on its way to the table.
pub(crate) struct Put {
    chain: String,
    mark: String,
    item: Item,
    committed: Committed,
}

impl Put {
    /// As a build writes it that knows this version: the one before has no checksum, and the next one has what this one passes over.
    fn of_version(slice: &Slice, begun_at: i64, version: u8) -> Self {
        /// Of the protobuf message, field 99, a text.
        const UNKNOWN: &[u8] = &[0x9a, 0x06, 0x02, b'n', b'o'];
        let mut put = Self::of(slice, begun_at);
        let body = &mut put.item.body;
        assert_eq!(body[0], 2, "a build writes version 2");
        match version {
            1 => {
                body.truncate(body.len() - 4);
                body[0] = 1;
            }
            3 => {
                let mut message = Vec::new();
                let mut inflate = DeflateDecoder::new(&body[1..body.len() - 4]);
                inflate.read_to_end(&mut message).unwrap();
                message.extend(UNKNOWN);
                let mut deflate = DeflateEncoder::new(vec![3], Compression::fast());
                deflate.write_all(&message).unwrap();
                *body = deflate.finish().unwrap();
                let mut sum = Crc::new();
                sum.update(&message);
                body.extend(sum.sum().to_le_bytes());
            }
            _ => {}
        }
        put
    }

    pub(crate) fn of(slice: &Slice, begun_at: i64) -> Self {
        let (chain, mark) = (slice.chain.to_string(), slice.before.to_string());
        let item = Item {
            first: slice.first.to_string(),
            after: slice.after.to_string(),
            body: encode(&slice.body),
            committed_at: slice.committed_at.as_millisecond(),
            taken_at: 0,
            expires_at: slice.committed_at.as_second() + LIFE,
            read: None,
        };
        let of = |died: bool| {
            let records = slice.body.quarantined.iter();
            let records =
                records.filter(move |record| !died || record.reason.as_str().contains("died"));
            records.map(|record| {
                (
                    Position::of(record.position.as_str()),
                    record.object.clone(),
                )
            })
        };
        let committed = Committed {
            first: Position::of(&item.first),
            after: Position::of(&item.after),
            committed_at: item.committed_at,
            taken_at: 0,
            begun_at: begun_at / MILLISECOND,
            quarantined: of(false).collect(),
            left: of(true).map(|(position, _)| position).collect(),
        };
        Self {
            chain,
            mark,
            item,
            committed,
        }
    }
}

impl State {
    /// One conditional put: nothing may be at the key.
    pub(crate) fn put(&mut self, put: Put, now: i64) -> Result<Commit, Error> {
        self.puts += 1;
        let bytes = put.item.bytes(&put.chain, &put.mark);
        if bytes > LARGEST_ITEM {
            self.faults.count(Fault::ItemRefused);
            return Ok(Commit::TooLarge);
        }
        self.tables
            .take_in(&put.chain, bytes, now, &mut self.faults)?;
        let Put {
            chain,
            mark,
            item,
            committed,
        } = put;
        let items = self.tables.chains.entry(chain.clone()).or_default();
        if items.contains_key(&mark) {
            self.puts_refused += 1;
            self.faults.count(Fault::Conflict);
            return Ok(Commit::Collided);
        }
        let newest = items.values().next_back().map(|item| item.after.clone());
        let taken_at = now / MILLISECOND;
        items.insert(mark.clone(), Item { taken_at, ..item });
        if newest.is_some_and(|newest| newest != mark) {
            self.violate(format!(
                "{chain}: an item at {mark}, to which the chain does not lead"
            ));
        }
        if !self.tables.registry.contains_key(&chain) {
            self.violate(format!("{chain}: committed before it was registered"));
        }
        self.check_objects(&chain, &committed);
        self.large_slices += u64::from(bytes > LARGE_ITEM);
        let history = self.tables.history.entry(chain).or_default();
        history.push(Committed {
            taken_at,
            ..committed
        });
        Ok(Commit::Committed)
    }

    /// What a slice names as quarantined is in the bucket already.
    fn check_objects(&mut self, chain: &str, committed: &Committed) {
        let mut missing = Vec::new();
        let mut numbers: BTreeMap<&String, BTreeSet<&str>> = BTreeMap::new();
        for (position, object) in &committed.quarantined {
            let numbers = numbers.entry(object).or_insert_with(|| {
                let body = self.bucket.get(object).map_or("", String::as_str);
                body.split(|c: char| !c.is_ascii_digit()).collect()
            });
            if !numbers.contains(position.number.to_string().as_str()) {
                missing.push(format!(
                    "{chain}: committed before {object} held {position:?}"
                ));
            }
        }
        for what in missing {
            self.violate(what);
        }
    }

    /// Enters a chain in the registry; `now` in seconds since 1970.
    pub(crate) fn register(&mut self, chain: &ChainId, now: i64) {
        let expires_at = now + LIFE + GRACE;
        self.tables.registry.insert(chain.to_string(), expires_at);
    }

    /// Puts a slice by hand, as an operator's tool does.
    pub(crate) fn put_by_hand(&mut self, slice: &Slice, now: i64) {
        self.register(&slice.chain, now / SECOND);
        self.put(Put::of(slice, now), now).ok();
    }

    /// A slice as the functions read it.
    pub(crate) fn slice(&mut self, chain: &ChainId, mark: &str) -> StoredSlice {
        let items = self.tables.chains.get_mut(&chain.to_string()).unwrap();
        let item = items.get_mut(mark).unwrap();
        if let Some(slice) = &item.read {
            return Ok(Slice::clone(slice));
        }
        let (before, first) = (mark.parse().unwrap(), item.first.parse().unwrap());
        let after = item.after.parse().unwrap();
        let committed_at = Timestamp::from_millisecond(item.committed_at).unwrap();
        let chain = chain.clone();
        match decode(&item.body) {
            Ok(body) => {
                let slice = Slice {
                    chain,
                    before,
                    first,
                    after,
                    committed_at,
                    body,
                };
                item.read = Some(Arc::new(slice.clone()));
                Ok(slice)
            }
            Err(error) => Err(Box::new(DamagedSlice {
                chain,
                before,
                first,
                after,
                committed_at,
                bytes: item.body.clone(),
                reason: error.to_string(),
            })),
        }
    }

    /// A slice as who commits reads it: a damaged one has no ids.
    fn ids(&mut self, chain: &ChainId, mark: &str) -> SliceIds {
        self.slices_read += 1;
        match self.slice(chain, mark) {
            Ok(slice) => SliceIds::from(&slice),
            Err(damaged) => SliceIds {
                after: damaged.after,
                committed_at: damaged.committed_at,
                event_ids: Vec::new(),
            },
        }
    }

    /// The next page of a chain backwards: marks below `below`, as many as a megabyte holds.
    fn page_before(&self, chain: &str, below: Option<&String>) -> Vec<(String, i64)> {
        let Some(items) = self.tables.chains.get(chain) else {
            return Vec::new();
        };
        let mut bytes = 0;
        let mut page = Vec::new();
        for (mark, item) in items.iter().rev() {
            if below.is_some_and(|below| mark >= below) {
                continue;
            }
            if bytes >= PAGE {
                break;
            }
            bytes += item.bytes(chain, mark);
            page.push((mark.clone(), item.committed_at));
        }
        page
    }
}

impl ReadMark for Sandbox {
    async fn read_mark(&self, chain: &ChainId) -> Result<Mark, Error> {
        self.world
            .call(&self.life, |state, _| {
                let items = state.tables.chains.get(&chain.to_string());
                let newest = items.and_then(|items| items.values().next_back());
                Ok(newest.map_or_else(Mark::start, |item| item.after.parse().unwrap()))
            })
            .await
    }
}

impl ReadNewest for Sandbox {
    async fn read_newest(&self, chain: &ChainId, since: Timestamp) -> Result<Vec<SliceIds>, Error> {
        let (mut slices, mut below) = (Vec::new(), None);
        loop {
            let (page, read) = self
                .world
                .call(&self.life, |state, _| {
                    let page = state.page_before(&chain.to_string(), below.as_ref());
                    let recent = page.iter().enumerate().take_while(|(index, (_, at))| {
                        (below.is_none() && *index == 0) || *at >= since.as_millisecond()
                    });
                    let read = recent.map(|(_, (mark, _))| state.ids(chain, mark));
                    let read: Vec<SliceIds> = read.collect();
                    Ok((page, read))
                })
                .await?;
            let is_end = page.is_empty() || read.len() < page.len();
            slices.extend(read);
            if is_end {
                return Ok(slices);
            }
            below = page.last().map(|(mark, _)| mark.clone());
        }
    }
}

impl ReadBeyond for Sandbox {
    async fn read_beyond(&self, chain: &ChainId, mark: &Mark) -> Result<Vec<SliceIds>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let Some(items) = state.tables.chains.get(&chain.to_string()) else {
                    return Ok(Vec::new());
                };
                let marks = items
                    .range(mark.to_string()..)
                    .map(|(mark, _)| mark.clone());
                let marks: Vec<String> = marks.collect();
                Ok(marks.iter().map(|mark| state.ids(chain, mark)).collect())
            })
            .await
    }
}

impl CommitSlice for Sandbox {
    async fn commit(&self, slice: &Slice) -> Result<Commit, Error> {
        let records = slice.body.quarantined.iter();
        let reasons = records.map(|record| record.reason.as_str().len());
        if let Some(longest) = reasons.max().filter(|longest| *longest > LONGEST_REASON) {
            let what = format!("{}: a reason has {longest} bytes", slice.chain);
            self.world.state().violate(what);
        }
        let version = self.life.version();
        let put = Put::of_version(slice, self.life.begun_at(), version);
        let world = &self.world;
        let on_its_way = world.fails(Fault::PutOnItsWay, |weather| weather.on_its_way);
        if let Err(error) = on_its_way {
            let late = world.clone();
            world.kernel.spawn(async move {
                late.pause_between(SECOND, 90 * SECOND).await;
                let now = late.now();
                late.state().put(put, now).ok();
            });
            world.pause(SECOND).await;
            return Err(error);
        }
        world
            .call(&self.life, |state, now| {
                let outcome = state.put(put, now);
                if matches!(outcome, Ok(Commit::Committed)) {
                    self.life.commits.fetch_add(1, Ordering::Relaxed);
                }
                outcome
            })
            .await
    }
}

impl Register for Sandbox {
    async fn register(&self, chain: &ChainId, now: Timestamp) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, at| {
                state
                    .tables
                    .take_in("registry", 100, at, &mut state.faults)?;
                state.register(chain, now.as_second());
                Ok(())
            })
            .await
    }
}

impl ReadAttempt for Sandbox {
    async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let noted = state.tables.attempts.get(&chain.to_string());
                Ok(noted.map(|(position, number, _)| Attempt {
                    position: position.parse().unwrap(),
                    number: *number,
                }))
            })
            .await
    }
}

impl NoteAttempt for Sandbox {
    async fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, at| {
                state
                    .tables
                    .take_in("attempts", 200, at, &mut state.faults)?;
                let position = attempt.position.to_string();
                let noted = (position, attempt.number, now.as_second() + LIFE);
                state.tables.attempts.insert(chain.to_string(), noted);
                Ok(())
            })
            .await
    }
}

impl Claim for Sandbox {
    async fn claim(
        &self,
        origin: &Origin,
        copy: &RecordRef,
        _now: Timestamp,
    ) -> Result<bool, Error> {
        self.world
            .call(&self.life, |state, _| Ok(state.claim(origin, copy)))
            .await
    }
}

impl State {
    /// One conditional put: nothing may be at the key, or this very copy.
    pub(crate) fn claim(&mut self, origin: &Origin, copy: &RecordRef) -> bool {
        let key = (origin.chain.to_string(), origin.position.to_string());
        let copy = copy.to_string();
        let owner = self.tables.claims.entry(key);
        *owner.or_insert_with(|| copy.clone()) == copy
    }
}

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
