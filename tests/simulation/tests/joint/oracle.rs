//! What everything must hold, worked out from the records alone: it reads positions, times and prices in its own way,
//! and takes from the function only where its slices begin and end.

mod compare;
mod expected;
mod walk;

use std::collections::BTreeMap;

use expected::{Expected, Times};
use walk::{Again, Walk};

use crate::{
    events::{Kind, Wrap},
    faults::Fault,
    kernel::MILLISECOND,
    position::Position,
    stream::Entry,
    world::State,
};

/// Where a record was first sent, of one that was put back.
struct Origin {
    chain: String,
    /// As the key spells it.
    place: String,
    position: Position,
    /// Milliseconds since 1970.
    arrived_at: i64,
    /// The copy is the event at the position, and not the record from there on.
    is_event: bool,
}

/// `picket-replay/<stream>/<shard>/<position>/<arrival in ms>`, and `/event` behind it.
fn origin(key: &str) -> Option<Origin> {
    let parts: Vec<&str> = key.strip_prefix("picket-replay/")?.split('/').collect();
    Some(Origin {
        chain: format!("{}/{}", parts[0], parts[1]),
        place: parts[2].to_owned(),
        position: Position::of(parts[2]),
        arrived_at: parts[3].parse().unwrap(),
        is_event: parts.get(4) == Some(&"event"),
    })
}

/// Compares what all stand-ins hold with what the records say. Of each event that was sent, one copy counts.
pub(crate) fn check(state: &mut State) {
    let mut expected = Expected::default();
    let mut roots: BTreeMap<(String, Position), u32> = BTreeMap::new();
    let keys = keys(state);
    for shard in &state.stream.shards {
        let chain = format!("events/{}", shard.name);
        let none = Vec::new();
        let slices = state.tables.history.get(&chain).unwrap_or(&none);
        let mut walk = Walk::new(chain, slices);
        for entry in &shard.log {
            let lost = record(state, &keys, entry, &mut walk, &mut expected, &mut roots);
            for position in lost {
                expected.problems.push(format!("{position:?} was lost"));
            }
        }
        for slice in slices {
            expected.slices(&walk.chain, slice);
        }
    }
    for ((chain, position), times) in roots {
        let may_wait = expected.set_apart.contains(&(chain.clone(), position));
        if times != 1 && !(times == 0 && may_wait) {
            let what = format!("{chain} {position:?} was counted {times} times");
            expected.problems.push(what);
        }
    }
    let problems = compare::all(state, &expected);
    for what in problems {
        state.violate(what);
    }
    let faults = &mut state.faults;
    for (fault, count) in &expected.seen {
        faults.add(*fault, usize::try_from(*count).unwrap());
    }
}

/// The partition key of each record.
fn keys(state: &State) -> BTreeMap<(String, u128), String> {
    let shards = state.stream.shards.iter();
    let of = shards.flat_map(|shard| {
        let chain = format!("events/{}", shard.name);
        let key = |entry: &Entry| {
            let place = (chain.clone(), entry.number);
            (place, entry.sent.partition_key.clone())
        };
        shard.log.iter().map(key).collect::<Vec<_>>()
    });
    of.collect()
}

/// Where the event of a copy was first sent.
fn root(
    keys: &BTreeMap<(String, u128), String>,
    chain: &str,
    position: Position,
) -> (String, Position) {
    let key = &keys[&(chain.to_owned(), position.number)];
    match origin(key) {
        Some(origin) => {
            let Position { number, sub } = origin.position;
            let sub = if origin.is_event {
                sub + position.sub
            } else {
                position.sub
            };
            root(keys, &origin.chain, Position { number, sub })
        }
        None => (chain.to_owned(), position),
    }
}

/// Adds what a record must count; answers the positions that are in no slice and should be.
fn record(
    state: &State,
    keys: &BTreeMap<(String, u128), String>,
    entry: &Entry,
    walk: &mut Walk<'_>,
    expected: &mut Expected,
    roots: &mut BTreeMap<(String, Position), u32>,
) -> Vec<Position> {
    let origin = origin(&entry.sent.partition_key);
    if origin.is_none() {
        for sub in 0..entry.kinds.len() {
            let place = (walk.chain.clone(), Position::new(entry.number, sub));
            roots.entry(place).or_insert(0);
        }
    }
    if let Some(origin) = &origin {
        let owner = state
            .tables
            .claims
            .get(&(origin.chain.clone(), origin.place.clone()))
            .and_then(Option::as_ref);
        let digits = entry.number.to_string();
        let own = format!("{}/{:03}{digits}.{:010}", walk.chain, digits.len(), 0);
        if owner != Some(&own) {
            let record = Position::new(entry.number, 0);
            if walk.covering(record).is_some() {
                expected.dropped_copy();
            }
            return Vec::new();
        }
    }
    let whole = origin.as_ref().filter(|origin| !origin.is_event);
    let from = whole.map_or(0, |origin| origin.position.sub);
    // A copy counts when its original arrived, where CloudWatch, or the ledger, still takes that.
    let arrived = |committed_at: i64, days: i64| match &origin {
        Some(origin) if origin.arrived_at >= committed_at - days * 86_400_000 => origin.arrived_at,
        _ => entry.sent.arrived_at_ms,
    };
    let mut lost = Vec::new();
    for (sub, kind) in entry.kinds.iter().enumerate() {
        let position = Position::new(entry.number, sub);
        if position.sub < from {
            continue;
        }
        let place = walk.covering(position);
        if place.is_none() && !entry.discarded {
            lost.push(position);
        }
        match (walk.left.get(&entry.number), place) {
            (Some(first), _) if *first == position => expected.left(&walk.chain, position),
            (Some(first), _) if *first < position => {}
            (_, Some(place)) => {
                let committed_at = walk.slices[place].committed_at;
                let arrived_at = arrived(committed_at, 14);
                let usage_at = arrived(committed_at, 21);
                let again = match kind {
                    Kind::Request(request) => walk.again(request.id, place),
                    _ => Again::First,
                };
                // An envelope of CloudWatch Logs says when each event happened: when the record was made.
                let is_enveloped = matches!(entry.wrap, Wrap::Subscription | Wrap::OwnSubscription);
                let made_at = entry.made_at / MILLISECOND;
                let happened_at = if is_enveloped { made_at } else { arrived_at };
                let times = Times {
                    arrived_at,
                    usage_at,
                    happened_at,
                    happened_on: if is_enveloped { made_at } else { usage_at },
                    committed_at,
                    taken_at: walk.slices[place].taken_at,
                };
                let place = (walk.chain.as_str(), position);
                expected.event(kind, place, again, times);
                if again == Again::Late {
                    expected.see(Fault::SentAgainLate);
                }
                let root = root(keys, &walk.chain, position);
                if matches!(kind, Kind::Broken(_) | Kind::Nameless(..)) {
                    expected.set_apart.insert(root);
                } else {
                    *roots.entry(root).or_insert(0) += 1;
                }
            }
            (_, None) => {}
        }
    }
    lost
}
