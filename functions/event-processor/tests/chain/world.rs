//! A table with DynamoDB's conditional semantics, a registry, notes of attempts and a bucket.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use picket_aws::chain::Commit;
use picket_shared::{
    chain::{Attempt, Body, ChainId, Slice, SliceIds, decode, decode_event_ids, encode},
    position::Position,
    replay::{Origin, Place},
};

use crate::{
    dice::Dice,
    faults::{Fault, Faults},
};

/// The whole simulation's time, in milliseconds since 1970: ids are remembered throughout.
pub(crate) const NOW: i64 = 1_700_158_600_000;

/// An item as the table keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) first: Position,
    pub(crate) after: Position,
    blob: Vec<u8>,
    left: Vec<Position>,
}

impl Item {
    fn of(slice: &Slice) -> Self {
        // A slice with a record that nobody read covers what it may hold.
        let of_the_dead = slice.body.quarantined.iter();
        let of_the_dead = of_the_dead.filter(|record| record.reason.as_str().contains("died"));
        Self {
            first: slice.first.clone(),
            after: slice.after.clone(),
            blob: encode(&slice.body),
            left: of_the_dead.map(|record| record.position.clone()).collect(),
        }
    }

    pub(crate) fn body(&self) -> Body {
        decode(&self.blob).unwrap()
    }

    /// The first event of each record that was left undecoded.
    pub(crate) fn left(&self) -> &[Position] {
        &self.left
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) table: BTreeMap<(ChainId, Position), Item>,
    /// Of each chain, the newest slice without its sums, and the ids of all before it.
    newest: BTreeMap<ChainId, (Slice, Vec<u64>)>,
    pub(crate) registry: BTreeSet<ChainId>,
    pub(crate) attempts: BTreeMap<ChainId, Attempt>,
    /// The copies that count, by their originals.
    pub(crate) claims: BTreeMap<(ChainId, Position), Place>,
    pub(crate) bucket: BTreeMap<String, String>,
    /// Puts whose clients have given up: they may still arrive.
    pub(crate) in_flight: Vec<Slice>,
    /// Calls that fail, once in so many; 0 is never.
    pub(crate) fault_once_in: usize,
    pub(crate) faults: Faults,
    /// Whether the decoder no longer dies of poison.
    pub(crate) is_mended: bool,
}

impl World {
    pub(crate) fn new(seed: u64, fault_once_in: usize) -> Self {
        Self {
            dice: Dice(seed),
            table: BTreeMap::new(),
            newest: BTreeMap::new(),
            registry: BTreeSet::new(),
            attempts: BTreeMap::new(),
            claims: BTreeMap::new(),
            bucket: BTreeMap::new(),
            in_flight: Vec::new(),
            fault_once_in,
            faults: Faults::default(),
            is_mended: false,
        }
    }

    /// One conditional put: nothing may be at the key.
    pub(crate) fn put(&mut self, slice: &Slice) -> Commit {
        let key = (slice.chain.clone(), slice.before.clone());
        if self.table.contains_key(&key) {
            self.faults.count(Fault::Conflict);
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
        self.table.insert(key, Item::of(slice));
        self.note_newest(slice);
        Commit::Committed
    }

    fn note_newest(&mut self, slice: &Slice) {
        let mut slice = slice.clone();
        slice.body = Body {
            event_ids: slice.body.event_ids,
            ..Body::default()
        };
        let older = self.newest.remove(&slice.chain);
        let mut ids = Vec::new();
        if let Some((before, earlier)) = older {
            ids = earlier;
            ids.extend(before.body.event_ids);
        }
        self.newest.insert(slice.chain.clone(), (slice, ids));
    }

    /// The newest slice, and the ids of those before it in one, which is the same to who reads them and much quicker here.
    pub(crate) fn newest_first(&self, chain: &ChainId) -> Vec<SliceIds> {
        let Some((newest, ids)) = self.newest.get(chain) else {
            return Vec::new();
        };
        let before = SliceIds {
            after: newest.before.clone(),
            committed_at: Timestamp::from_millisecond(NOW).unwrap(),
            event_ids: ids.clone(),
        };
        vec![SliceIds::from(newest), before]
    }

    /// The slices that start at a mark or later.
    pub(crate) fn beyond(&self, chain: &ChainId, mark: &Position) -> Vec<SliceIds> {
        let from = self.table.range((chain.clone(), mark.clone())..);
        let of_chain = from.take_while(|((of, _), _)| of == chain);
        let ids = of_chain.map(|(_, item)| SliceIds {
            after: item.after.clone(),
            committed_at: Timestamp::from_millisecond(NOW).unwrap(),
            event_ids: decode_event_ids(&item.blob).unwrap(),
        });
        ids.collect()
    }

    /// One conditional put: nothing may be at the key, or this very copy.
    pub(crate) fn claim(&mut self, origin: &Origin, copy: &Place) -> bool {
        let key = (origin.chain.clone(), origin.position.clone());
        self.claims.entry(key).or_insert_with(|| copy.clone()) == copy
    }

    /// Whether this is the copy that counts.
    pub(crate) fn counts(&self, origin: &Origin, chain: &ChainId, record: &Position) -> bool {
        let key = (origin.chain.clone(), origin.position.clone());
        let owner = self.claims.get(&key);
        owner.is_some_and(|owner| owner.chain == *chain && owner.record == *record)
    }

    pub(crate) fn newest_mark(&self, chain: &ChainId) -> Position {
        let newest = self.newest.get(chain);
        newest.map_or_else(Position::start, |(slice, _)| slice.after.clone())
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

    /// Whether this goes wrong.
    pub(crate) fn fails(&mut self, fault: Fault) -> bool {
        let fails = self.fault_once_in > 0 && self.dice.once_in(self.fault_once_in);
        if fails {
            self.faults.count(fault);
        }
        fails
    }
}
