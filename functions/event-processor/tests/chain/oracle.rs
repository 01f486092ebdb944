//! What the totals must be, worked out from the records alone.

use std::collections::{BTreeMap, BTreeSet};

use picket_shared::{
    chain::{Body, ChainId},
    position::Position,
    replay::Origin,
    series::{Aggregate, SeriesMinute},
};

use crate::{
    poller::{Entry, Lambda, Shard},
    support::{Sent, aggregate},
    world::{Dice, Item, NOW, POISON, World},
};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Request {
        id: usize,
        agent: usize,
        input: u64,
        output: u64,
    },
    Error,
    Chatter,
    Broken,
    Heartbeat,
    Poison,
}

/// Sums over records, by name.
#[derive(Debug, Default, PartialEq)]
struct Totals {
    /// Requests, input, output, by agent.
    usage: BTreeMap<String, (u64, u64, u64)>,
    /// Count and sum, by metric and agent.
    metrics: BTreeMap<(String, String), (u64, u64)>,
    quarantined: BTreeSet<(ChainId, Position)>,
    /// Of the records, for what their producer sends again; the chain's own are hashes.
    ids: BTreeSet<(ChainId, usize)>,
}

/// Records of every kind, one in four an aggregate, with gaps between sequence numbers that also change their length.
pub(crate) fn traffic(shard: usize, records: usize, dice: &mut Dice) -> Shard {
    let mut log = Shard::default();
    let mut sent: Vec<Kind> = Vec::new();
    for _ in 0..records {
        let events = if dice.once_in(4) {
            2 + dice.below(6)
        } else {
            1
        };
        let kinds: Vec<Kind> = (0..events)
            .map(|event| Kind::any(sent.len() + event, &sent, dice))
            .collect();
        sent.extend(&kinds);
        log.append(shard, kinds, dice);
    }
    log
}

impl Shard {
    pub(crate) fn append(&mut self, shard: usize, kinds: Vec<Kind>, dice: &mut Dice) {
        let last = self
            .log
            .last()
            .map_or(95, |entry| entry.sent.sequence_number.parse().unwrap());
        let sequence_number: u64 = last + 1 + dice.below(9) as u64;
        let payloads: Vec<Vec<u8>> = kinds.iter().map(|kind| kind.payload()).collect();
        let sent = Sent {
            shard: format!("shardId-{shard:012}"),
            sequence_number: sequence_number.to_string(),
            partition_key: "agent".into(),
            arrived_at_ms: NOW - [0, 60_000, 120_000][dice.below(3)],
            payload: match &payloads[..] {
                [alone] => alone.clone(),
                several => aggregate(several),
            },
        };
        self.log.push(Entry {
            sent,
            kinds,
            discarded: false,
        });
    }
}

impl Kind {
    /// One in eight repeats what its producer has sent.
    fn any(id: usize, sent: &[Self], dice: &mut Dice) -> Self {
        if dice.once_in(8) && !sent.is_empty() {
            return sent[dice.below(sent.len())];
        }
        if dice.once_in(60) {
            return Self::Poison;
        }
        match dice.below(10) {
            0 => Self::Error,
            1 => Self::Chatter,
            2 => Self::Broken,
            3 => Self::Heartbeat,
            _ => Self::Request {
                id,
                agent: dice.below(3),
                input: dice.below(5_000) as u64,
                output: dice.below(900) as u64,
            },
        }
    }
}

impl Kind {
    fn payload(self) -> Vec<u8> {
        match self {
            Self::Request { id, agent, input, output } => format!(
                r#"{{"kind":"request","id":"id-{id}","agent":"agent-{agent}","model":"amazon.nova-micro-v1:0","input":{input},"output":{output}}}"#
            )
            .into_bytes(),
            Self::Error => b"ERROR the schedule was missed".to_vec(),
            Self::Chatter => b"nothing to see".to_vec(),
            Self::Broken => b"{\"kind\":".to_vec(),
            Self::Poison => POISON.as_bytes().to_vec(),
            Self::Heartbeat => {
                br#"{"picket":{"kind":"heartbeat","version":1},"stack":"picket-test","sent_at":"2023-11-16T18:15:46Z"}"#.to_vec()
            }
        }
    }

    fn add(self, chain: &ChainId, position: &Position, totals: &mut Totals) {
        totals.metric("RecordsRead", "", 1);
        match self {
            Self::Request { id, .. } if !totals.ids.insert((chain.clone(), id)) => {
                totals.metric("RecordsMatched", "", 1);
                totals.metric("RecordsRepeated", "", 1);
            }
            Self::Request {
                agent,
                input,
                output,
                ..
            } => {
                let agent = format!("agent-{agent}");
                let row = totals.usage.entry(agent.clone()).or_default();
                *row = (row.0 + 1, row.1 + input, row.2 + output);
                totals.metric("RecordsMatched", "", 1);
                totals.metric("Input", "", input);
                totals.metric("Input", &agent, input);
            }
            Self::Error => {
                totals.metric("RecordsMatched", "", 1);
                totals.metric("Errors", "", 1);
            }
            Self::Heartbeat => {
                totals.metric("RecordsMatched", "", 1);
                totals.metric("Heartbeat", "", 1);
            }
            Self::Chatter | Self::Poison => totals.metric("RecordsUnmatched", "", 1),
            Self::Broken => {
                totals.metric("RecordsQuarantined", "", 1);
                totals.quarantined.insert((chain.clone(), position.clone()));
            }
        }
    }
}

impl Totals {
    /// A record that nobody read is one event, in quarantine.
    fn leave(&mut self, chain: &ChainId, first: Position) {
        self.metric("RecordsRead", "", 1);
        self.metric("RecordsQuarantined", "", 1);
        self.quarantined.insert((chain.clone(), first));
    }

    fn metric(&mut self, name: &str, agent: &str, value: u64) {
        let (count, sum) = self
            .metrics
            .entry((name.to_owned(), agent.to_owned()))
            .or_default();
        // Our own counts are one value a slice: only their sums are told.
        *count += u64::from(!name.starts_with("Record"));
        *sum += value;
    }

    fn add(&mut self, chain: &ChainId, body: &Body) {
        // What the rules of the night add is nothing that the records alone could tell.
        let of_the_day = |series: &&SeriesMinute| series.key.name != "Night";
        for series in body.series.iter().filter(of_the_day) {
            let agent = series
                .key
                .dimensions
                .iter()
                .find(|(name, _)| name == "Agent");
            let agent = agent.map_or("", |(_, value)| value.as_str());
            let statistics = series.aggregate.statistics();
            assert_eq!(
                matches!(series.aggregate, Aggregate::Distribution(_)),
                series.key.name == "Input"
            );
            self.metric(&series.key.name, agent, whole(statistics.sum));
            let (count, _) = self
                .metrics
                .get_mut(&(series.key.name.clone(), agent.to_owned()))
                .unwrap();
            if !series.key.name.starts_with("Record") {
                *count += statistics.count - 1;
            }
        }
        for row in &body.usage {
            assert!(row.key.price.is_some());
            let sum = self.usage.entry(row.key.agent.clone()).or_default();
            let tokens = row.usage.tokens;
            *sum = (
                sum.0 + row.usage.requests,
                sum.1 + tokens.input,
                sum.2 + tokens.output,
            );
        }
        for record in &body.quarantined {
            assert!(
                self.quarantined
                    .insert((chain.clone(), record.position.clone())),
                "quarantined twice"
            );
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of whole numbers, far below 2^52"
)]
fn whole(sum: f64) -> u64 {
    assert!(sum >= 0.0 && sum.fract() == 0.0, "{sum}");
    sum as u64
}

fn chain(shard: usize) -> ChainId {
    ChainId::new("events", &format!("shardId-{shard:012}")).unwrap()
}

/// Where each of a record's events stands.
fn positions(entry: &Entry) -> impl Iterator<Item = (Kind, Position)> {
    let position = |sub| Position::new(&entry.sent.sequence_number, sub).unwrap();
    entry
        .kinds
        .iter()
        .zip(0..)
        .map(move |(kind, sub)| (*kind, position(sub)))
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

fn covered(items: &[Item], position: &Position) -> bool {
    items
        .iter()
        .any(|item| item.first <= *position && *position <= item.after)
}

/// The first event of the record that was left undecoded, where the position is in one.
fn left(items: &[Item], position: &Position) -> Option<Position> {
    let is_left = |first: &&Position| {
        **first <= *position && first.sequence_number() == position.sequence_number()
    };
    items.iter().flat_map(Item::left).find(is_left).cloned()
}

/// Compares what the chains add up to with what the records say. Of each event that was sent, one copy counts.
pub(crate) fn check(lambda: &Lambda) {
    let world = lambda.world.lock().unwrap();
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
        }
    }
    expected.ids.clear();
    assert_eq!(counted, expected);
    let wrong: Vec<_> = sent.iter().filter(|(_, times)| **times != 1).collect();
    assert!(wrong.is_empty(), "not counted once: {wrong:?}");
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
    if origin
        .as_ref()
        .is_some_and(|origin| !world.counts(origin, &chain, &record))
    {
        if covered(items, &record) {
            expected.metric("RecordsRead", "", 1);
            expected.metric("RecordCopiesDropped", "", 1);
        }
        return;
    }
    let from = origin.map_or(0, |origin| origin.position.sub());
    for (kind, position) in positions(entry).filter(|(_, position)| position.sub() >= from) {
        let covered = covered(items, &position);
        assert!(covered || entry.discarded, "{position} was lost");
        match left(items, &position) {
            Some(first) if first == position => expected.leave(&chain, first),
            None if covered => {
                kind.add(&chain, &position, expected);
                *sent.entry(root(lambda, &chain, &position)).or_insert(0) += 1;
            }
            _ => {}
        }
    }
}

/// Where the event of a copy was first sent.
fn root(lambda: &Lambda, chain: &ChainId, position: &Position) -> (ChainId, Position) {
    match Origin::of(&lambda.entry(chain, position).sent.partition_key) {
        Some(origin) => root(
            lambda,
            &origin.chain,
            &origin.position.with_sub(position.sub()),
        ),
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
