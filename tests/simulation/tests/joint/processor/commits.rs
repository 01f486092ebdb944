//! Conditional puts, and the registry.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use event_processor::ports::{CommitSlice, Register};
use jiff::Timestamp;
use picket_aws::{Fault as Error, chain::Commit};
use picket_shared::chain::{ChainId, Slice};

use super::{LIFE, Put, Sandbox};
use crate::{
    faults::Fault,
    kernel::{MILLISECOND, SECOND},
    tables::{Committed, Item, LARGEST_ITEM},
    world::State,
};

/// What counts as a large item, in bytes.
const LARGE_ITEM: usize = 64 << 10;
/// Most bytes of the sentence that says why an event could not be read.
const LONGEST_REASON: usize = 500;
/// What a registry entry outlives it by.
const GRACE: i64 = 2 * 86_400;

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
