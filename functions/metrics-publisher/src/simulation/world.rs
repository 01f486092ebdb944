//! The tables, CloudWatch, the stream and the clock, in memory, with trouble by chance.

mod ports;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    task::Waker,
};

use jiff::Timestamp;
use picket_aws::{
    ledger::{Cursor, Sink},
    state::{Place, Stored},
};
use picket_shared::{
    chain::{Body, ChainId, Slice},
    position::Position,
    series::{Aggregate, SeriesKey, SeriesMinute, Statistics},
    usage::{TokenCounts, Usage, UsageKey, UsageRow},
};

use crate::adapters::remote_write::RemoteWrite;

/// How often in a thousand calls something goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Trouble {
    /// CloudWatch counted, and the answer was lost.
    pub(super) lost_after_put: u64,
    /// CloudWatch never got it, and there was no answer.
    pub(super) lost_before_put: u64,
    /// CloudWatch said "not now".
    pub(super) throttled: u64,
    /// The table wrote, and the answer was lost.
    pub(super) lost_after_write: u64,
    /// The table said "not now".
    pub(super) conflict: u64,
    /// The stream did not take the heartbeat.
    pub(super) heartbeat: u64,
    /// Prometheus took the samples, and the answer was lost.
    pub(super) lost_after_samples: u64,
    /// Prometheus said "not now".
    pub(super) samples_throttled: u64,
}

#[derive(Clone)]
pub(super) struct World(Arc<Mutex<State>>);

struct State {
    random: u64,
    now_ms: i64,
    trouble: Trouble,
    chains: BTreeMap<ChainId, Vec<Slice>>,
    next_position: u64,
    names: u64,
    cursors: BTreeMap<(Sink, ChainId), Cursor>,
    ledger: BTreeMap<UsageKey, Usage>,
    expected: BTreeMap<UsageKey, Usage>,
    /// How often CloudWatch got each slice's own metric.
    sent: BTreeMap<String, u64>,
    own: BTreeMap<String, f64>,
    heartbeats: u64,
    /// How many more requests CloudWatch takes.
    quota: u64,
    /// Slices a page.
    page: usize,
    /// Which slice's own metric each name is: chain, and place in it.
    places: BTreeMap<String, (ChainId, usize)>,
    blobs: BTreeMap<Place, Stored>,
    /// What Prometheus has of each series, by name and slice.
    samples: BTreeMap<String, Vec<(i64, f64)>>,
    out_of_order: u64,
    /// The agents that CloudWatch was told of.
    agents: BTreeMap<String, f64>,
    /// A real receiver in the place of this one.
    receiver: Option<Arc<RemoteWrite>>,
    wakers: Vec<Waker>,
    calls: u64,
    in_flight: usize,
    most_in_flight: usize,
}

/// Prefix of the metric that only one slice has.
const OWN_OF_A_SLICE: &str = "Slice";
/// A metric that the world's CloudWatch refuses for a reason of its own.
const ILLEGAL: &str = "Illegal";

impl World {
    pub(super) fn new(seed: u64) -> Self {
        // Small pages, so that there is always another.
        Self::with(seed, 3, 4)
    }

    /// With so many shards, and so many slices a page.
    pub(super) fn with(seed: u64, shards: usize, page: usize) -> Self {
        let chains = (0..shards).map(|shard| {
            let id = ChainId::new("events", &format!("shard-{shard}")).unwrap();
            (id, Vec::new())
        });
        Self(Arc::new(Mutex::new(State {
            random: seed,
            now_ms: 1_700_000_000_000,
            trouble: Trouble::default(),
            chains: chains.collect(),
            next_position: 1,
            names: 0,
            cursors: BTreeMap::new(),
            ledger: BTreeMap::new(),
            expected: BTreeMap::new(),
            sent: BTreeMap::new(),
            own: BTreeMap::new(),
            heartbeats: 0,
            quota: u64::MAX,
            page,
            places: BTreeMap::new(),
            blobs: BTreeMap::new(),
            samples: BTreeMap::new(),
            out_of_order: 0,
            agents: BTreeMap::new(),
            receiver: None,
            wakers: Vec::new(),
            calls: 0,
            in_flight: 0,
            most_in_flight: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// A number below `bound`.
    pub(super) fn random(&self, bound: u64) -> u64 {
        self.state().random(bound)
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.state().now_ms
    }

    /// Time passes, and whoever waits for it goes on.
    pub(super) fn pass(&self, ms: i64) {
        let mut state = self.state();
        state.now_ms += ms;
        let waiting = std::mem::take(&mut state.wakers);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(super) fn set_trouble(&self, trouble: Trouble) {
        self.state().trouble = trouble;
    }

    /// CloudWatch takes so many requests more, and then refuses.
    pub(super) fn set_quota(&self, requests: u64) {
        self.state().quota = requests;
    }

    /// Commits a slice to each chain, with usage, a metric of its own and a common one, now and then with a stamp ahead.
    pub(super) fn commit_some(&self) {
        let mut state = self.state();
        let chains: Vec<ChainId> = state.chains.keys().cloned().collect();
        for chain in chains {
            let name = format!("{OWN_OF_A_SLICE}{}", state.names);
            state.names += 1;
            state.sent.insert(name.clone(), 0);
            let place = (chain.clone(), state.chains[&chain].len());
            state.places.insert(name.clone(), place);
            let ahead = if state.random(10) == 0 { 30 } else { 0 };
            let minute = state.now_ms / 60_000 + ahead;
            let mut own = series(&name, minute);
            // Two namespaces, so that a round has two requests.
            if state.names.is_multiple_of(2) {
                own.key.namespace = "Picket/Test".into();
            }
            let series = vec![own, series("Events", minute)];
            let rows = [0, 1, 3, 120, 250][usize::try_from(state.random(5)).unwrap()];
            let usage = (0..rows).map(|_| state.usage_row()).collect();
            state.commit(
                &chain,
                Body {
                    series,
                    usage,
                    ..Body::default()
                },
            );
        }
    }

    pub(super) fn commit_illegal(&self) {
        self.commit_one(ILLEGAL);
    }

    pub(super) fn commit_heartbeat(&self) {
        self.commit_one("Heartbeat");
    }

    fn commit_one(&self, name: &str) {
        let mut state = self.state();
        let chain = state.chains.keys().next().unwrap().clone();
        let series = vec![series(name, state.now_ms / 60_000)];
        state.commit(
            &chain,
            Body {
                series,
                ..Body::default()
            },
        );
    }

    /// TTL takes every item.
    pub(super) fn die_of_age(&self) {
        self.state().chains.values_mut().for_each(Vec::clear);
    }

    pub(super) fn assert_ledger_exact(&self) {
        let state = self.state();
        assert_eq!(state.ledger, state.expected);
    }

    /// Slices that CloudWatch never got.
    pub(super) fn never_sent(&self) -> usize {
        self.state()
            .sent
            .values()
            .filter(|times| **times == 0)
            .count()
    }

    /// In each chain, CloudWatch has the first so many slices, and none beyond.
    pub(super) fn assert_sent_in_order(&self) {
        let state = self.state();
        let mut first_unsent: BTreeMap<&ChainId, usize> = BTreeMap::new();
        let mut last_sent: BTreeMap<&ChainId, usize> = BTreeMap::new();
        for (name, (chain, place)) in &state.places {
            if state.sent[name] == 0 {
                let first = first_unsent.entry(chain).or_insert(usize::MAX);
                *first = (*first).min(*place);
            } else {
                let last = last_sent.entry(chain).or_default();
                *last = (*last).max(*place);
            }
        }
        for (chain, first) in first_unsent {
            assert!(
                last_sent.get(chain).is_none_or(|last| *last < first),
                "{chain}"
            );
        }
    }

    /// Calls so far, and the most at one time.
    pub(super) fn calls(&self) -> (u64, usize) {
        let state = self.state();
        (state.calls, state.most_in_flight)
    }

    /// How many times CloudWatch got a slice it already had.
    pub(super) fn sent_twice(&self) -> u64 {
        self.state()
            .sent
            .values()
            .map(|times| times.saturating_sub(1))
            .sum()
    }

    /// What the cursors say of it.
    pub(super) fn ambiguous(&self) -> u64 {
        self.state()
            .cursors
            .values()
            .map(|cursor| cursor.ambiguous)
            .sum()
    }

    /// The last value of one of the publisher's own metrics.
    pub(super) fn own(&self, name: &str) -> Option<f64> {
        self.state().own.get(name).copied()
    }

    /// What CloudWatch was told of each agent.
    pub(super) fn agents(&self) -> BTreeMap<String, f64> {
        self.state().agents.clone()
    }

    /// Samples go to a real receiver.
    pub(super) fn write_to(&self, receiver: RemoteWrite) {
        self.state().receiver = Some(Arc::new(receiver));
    }

    /// Commits a slice with this series to a shard.
    pub(super) fn commit_series(&self, shard: usize, series: Vec<SeriesMinute>) {
        let mut state = self.state();
        let chain = state.chains.keys().nth(shard).unwrap().clone();
        let body = Body {
            series,
            ..Body::default()
        };
        state.commit(&chain, body);
    }

    /// What Prometheus has of a series, in the order it came.
    pub(super) fn samples(&self, name: &str) -> Vec<(i64, f64)> {
        self.state().samples.get(name).cloned().unwrap_or_default()
    }

    /// Samples that came after newer ones.
    pub(super) fn out_of_order(&self) -> u64 {
        self.state().out_of_order
    }

    /// Slices committed, each with one `Events`.
    pub(super) fn slices(&self) -> u64 {
        self.state().names
    }

    /// Who keeps Prometheus' values loses them.
    pub(super) fn lose_snapshots(&self) {
        self.state()
            .blobs
            .retain(|place, _| place.name == "cursor/prometheus");
    }

    /// Blobs that hold something.
    pub(super) fn blobs(&self) -> usize {
        let state = self.state();
        state
            .blobs
            .values()
            .filter(|blob| !blob.body.is_empty())
            .count()
    }

    pub(super) fn heartbeats(&self) -> u64 {
        self.state().heartbeats
    }
}

impl State {
    /// The `SplitMix64` generator.
    fn random(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn happens(&mut self, in_a_thousand: u64) -> bool {
        self.random(1_000) < in_a_thousand
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms).unwrap()
    }

    fn usage_row(&mut self) -> UsageRow {
        let key = UsageKey {
            date: jiff::civil::date(2023, 11, 14),
            agent: format!("agent-{}", self.random(150)),
            model: "m".into(),
            incident: None,
            price: None,
            batch: false,
        };
        let tokens = TokenCounts {
            input: self.random(1_000),
            output: self.random(1_000),
            ..TokenCounts::default()
        };
        let usage = Usage {
            requests: 1,
            tokens,
        };
        add(&mut self.expected, &key, usage);
        UsageRow { key, usage }
    }

    fn commit(&mut self, chain: &ChainId, body: Body) {
        let after = Position::new(&self.next_position.to_string(), 0).unwrap();
        self.next_position += 1;
        let committed_at = self.now();
        let slices = self.chains.get_mut(chain).unwrap();
        let before = slices
            .last()
            .map_or_else(Position::start, |last| last.after.clone());
        slices.push(Slice {
            chain: chain.clone(),
            before,
            first: after.clone(),
            after,
            committed_at,
            body,
        });
    }
}

fn add(ledger: &mut BTreeMap<UsageKey, Usage>, key: &UsageKey, usage: Usage) {
    let entry = ledger.entry(key.clone()).or_default();
    *entry = entry.checked_add(usage).unwrap();
}

fn series(name: &str, minute: i64) -> SeriesMinute {
    let key = SeriesKey {
        namespace: "Picket".into(),
        name: name.into(),
        unit: "Count".into(),
        dimensions: vec![("Stack".into(), "picket-dev".into())],
    };
    SeriesMinute {
        key,
        minute,
        aggregate: Aggregate::Sum(Statistics::of(1.0)),
    }
}
