//! What the chains must hold, worked out from the records alone.

use std::collections::BTreeMap;

use picket_shared::{
    chain::{Body, ChainId},
    position::Position,
    replay::Origin,
};

use crate::{
    faults::Fault,
    kinds::Kind,
    poller::Lambda,
    shards::{Entry, name},
    totals::Totals,
    world::{Item, World},
};

pub(crate) fn chain(shard: usize) -> ChainId {
    ChainId::new("events", &name(shard)).unwrap()
}

/// Where each of a record's events stands.
fn positions(entry: &Entry) -> impl Iterator<Item = (Kind, Position)> {
    let position = |sub| Position::new(&entry.sent.sequence_number, sub).unwrap();
    let kinds = entry.kinds.iter().zip(0..);
    kinds.map(move |(kind, sub)| (*kind, position(sub)))
}

/// The items of a chain from its start, each beginning where the one before ended; none is left beside.
fn walk(world: &World, chain: &ChainId) -> Vec<Item> {
    let mut mark = Position::start();
    let mut items = Vec::new();
    while let Some(item) = world.table.get(&(chain.clone(), mark.clone())) {
        assert!(mark < item.first && item.first <= item.after);
        mark = item.after.clone();
        items.push(item.clone());
    }
    let all = world.table.keys().filter(|(of, _)| of == chain).count();
    assert_eq!(items.len(), all, "an item that the chain does not lead to");
    items
}

/// The item that covers a position.
fn covering<'i>(items: &'i [Item], position: &Position) -> Option<&'i Item> {
    let place = items.partition_point(|item| item.after < *position);
    items.get(place).filter(|item| item.first <= *position)
}

/// The first event of the record that was left undecoded, where the position is in one.
fn left<'i>(items: &'i [Item], position: &Position) -> Option<&'i Position> {
    let is_left = |first: &&Position| {
        **first <= *position && first.sequence_number() == position.sequence_number()
    };
    // It is in the slice of its record's first event.
    let end = items.partition_point(|item| item.first <= *position);
    let mut earlier = items[..end].iter().rev();
    let same_record = |item: &&Item| item.after.sequence_number() >= position.sequence_number();
    let near = earlier.by_ref().take_while(same_record);
    near.flat_map(Item::left).find(is_left)
}

/// Compares what the chains add up to with what the records say. Of each event that was sent, one copy counts.
pub(crate) fn check(lambda: &Lambda) {
    let mut world = lambda.world();
    let (mut expected, mut counted) = (Totals::default(), Totals::default());
    let mut sent = BTreeMap::new();
    for (number, shard) in lambda.shards.iter().enumerate() {
        let chain = chain(number);
        let items = walk(&world, &chain);
        for entry in &shard.log {
            let origin = Origin::of(&entry.sent.partition_key);
            for (_, position) in positions(entry).filter(|_| origin.is_none()) {
                sent.entry((chain.clone(), position)).or_insert(0);
            }
            expect(lambda, &world, entry, &items, &mut expected, &mut sent);
        }
        for item in &items {
            let body = item.body();
            objects_hold(&world, &body);
            counted.add(&chain, &body);
            let faults = &mut world.faults;
            faults.add(Fault::LeftUndecoded, item.left().len());
            faults.add(Fault::SliceInsideRecord, usize::from(item.first.sub() > 0));
        }
    }
    assert_eq!(counted, expected.without_ids());
    let wrong: Vec<_> = sent.iter().filter(|(_, times)| **times != 1).collect();
    assert!(wrong.is_empty(), "not counted once: {wrong:?}");
    let faults = &mut world.faults;
    faults.add(Fault::SentAgain, counted.sum_of("RecordsRepeated"));
    faults.add(Fault::CopyDropped, counted.sum_of("RecordCopiesDropped"));
}

/// Adds what a record must count.
fn expect(
    lambda: &Lambda,
    world: &World,
    entry: &Entry,
    items: &[Item],
    expected: &mut Totals,
    sent: &mut BTreeMap<(ChainId, Position), u32>,
) {
    let chain = ChainId::new("events", &entry.sent.shard).unwrap();
    let origin = Origin::of(&entry.sent.partition_key);
    let record = Position::new(&entry.sent.sequence_number, 0).unwrap();
    let counts = |origin: &Origin| world.counts(origin, &chain, &record);
    if !origin.as_ref().is_none_or(counts) {
        if covering(items, &record).is_some() {
            expected.drop_copy();
        }
        return;
    }
    let from = origin.map_or(0, |origin| origin.position.sub());
    for (kind, position) in positions(entry).filter(|(_, position)| position.sub() >= from) {
        let covered = covering(items, &position).is_some();
        assert!(covered || entry.discarded, "{position} was lost");
        match left(items, &position) {
            Some(first) if *first == position => expected.leave(&chain, first),
            None if covered => {
                expected.count(kind, &chain, &position);
                *sent.entry(root(lambda, &chain, &position)).or_insert(0) += 1;
            }
            _ => {}
        }
    }
}

/// Where the event of a copy was first sent.
fn root(lambda: &Lambda, chain: &ChainId, position: &Position) -> (ChainId, Position) {
    match Origin::of(&lambda.entry(chain, position).sent.partition_key) {
        Some(origin) => {
            let first = origin.position.with_sub(position.sub());
            root(lambda, &origin.chain, &first)
        }
        None => (chain.clone(), position.clone()),
    }
}

/// Every quarantined record is in the object that the commit names.
fn objects_hold(world: &World, body: &Body) {
    for record in &body.quarantined {
        let object = &world.bucket[&record.object];
        assert!(object.contains(record.position.as_str()), "{object}");
    }
}
