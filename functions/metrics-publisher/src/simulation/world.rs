//! The tables, CloudWatch, the stream and the clock, in memory, with trouble by chance.

mod commits;
mod oracle;
mod ports;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    task::Waker,
    time::Duration,
};

use jiff::Timestamp;
use picket_aws::{
    ledger::{Cursor, Sink},
    state::{BlobKey, Stored},
};
use picket_shared::{
    chain::{Body, ChainId, Slice},
    fleet::FleetMessage,
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
    /// The table said "not now" to a blob.
    pub(super) blobs: u64,
    /// The topic did not take a message.
    pub(super) topic: u64,
    /// The bucket did not take an object.
    pub(super) bucket: u64,
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
    /// Slices whose bodies nobody can read, by the mark after them.
    damaged: BTreeSet<(ChainId, Position)>,
    /// The keys of those that were stored.
    kept: BTreeSet<String>,
    next_position: u64,
    names: u64,
    cursors: BTreeMap<(Sink, ChainId), Cursor>,
    ledger: BTreeMap<UsageKey, Usage>,
    expected: BTreeMap<UsageKey, Usage>,
    /// How often CloudWatch got each slice's own metric.
    sent: BTreeMap<String, u64>,
    own: BTreeMap<String, f64>,
    heartbeats: u64,
    /// The notifications that were published.
    messages: Vec<FleetMessage>,
    /// Values of each distribution's last datapoint.
    distributions: BTreeMap<String, Vec<(f64, u64)>>,
    /// The quarantined objects, by key.
    quarantine: BTreeMap<String, String>,
    /// How many more requests CloudWatch takes.
    quota: u64,
    /// Milliseconds that a request takes there.
    put_ms: i64,
    /// The count of the series `Events` there.
    events: u64,
    /// Slices a page.
    page: usize,
    /// Which slice's own metric each name is: chain, and place in it.
    places: BTreeMap<String, (ChainId, usize)>,
    blobs: BTreeMap<BlobKey, Stored>,
    /// The samples of each Prometheus series, by name and slice.
    samples: BTreeMap<String, Vec<(i64, f64)>>,
    out_of_order: u64,
    /// How long the receiver of samples wants to be left alone when it says "not now".
    retry_after: Option<Duration>,
    /// Requests it was sent.
    sample_requests: u64,
    /// The agents whose series CloudWatch has.
    agents: BTreeMap<String, f64>,
    /// CloudWatch's statistics of each series' minute, by metric.
    received: BTreeMap<(String, i64), Statistics>,
    /// The object that overrides a workload's rules, and its text.
    rules: Option<(String, String)>,
    /// A real receiver in the place of this one.
    receiver: Option<Arc<RemoteWrite>>,
    wakers: Vec<Waker>,
    calls: u64,
    /// Blobs written, and the kilobytes that DynamoDB bills of them.
    blob_writes: (u64, u64),
    in_flight: usize,
    most_in_flight: usize,
    /// Items of the ledger's transactions that are under way.
    under_way: BTreeSet<String>,
    transactions: u64,
    /// Steps that one takes before it is made.
    transaction_steps: usize,
    /// Transactions that met another.
    conflicts: u64,
    /// A chain of which the ledger takes nothing.
    refused: Option<ChainId>,
    /// A chain whose slices cannot be read.
    unread: Option<ChainId>,
}

/// Prefix of the metric that only one slice has.
const OWN_OF_A_SLICE: &str = "OfSlice";
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
            damaged: BTreeSet::new(),
            kept: BTreeSet::new(),
            next_position: 1,
            names: 0,
            cursors: BTreeMap::new(),
            ledger: BTreeMap::new(),
            expected: BTreeMap::new(),
            sent: BTreeMap::new(),
            own: BTreeMap::new(),
            heartbeats: 0,
            messages: Vec::new(),
            distributions: BTreeMap::new(),
            quarantine: BTreeMap::new(),
            quota: u64::MAX,
            put_ms: 0,
            events: 0,
            page,
            places: BTreeMap::new(),
            blobs: BTreeMap::new(),
            samples: BTreeMap::new(),
            out_of_order: 0,
            retry_after: None,
            sample_requests: 0,
            agents: BTreeMap::new(),
            received: BTreeMap::new(),
            rules: None,
            receiver: None,
            wakers: Vec::new(),
            calls: 0,
            blob_writes: (0, 0),
            in_flight: 0,
            most_in_flight: 0,
            under_way: BTreeSet::new(),
            transactions: 0,
            // Two and a half times as long as another call.
            transaction_steps: 3,
            conflicts: 0,
            refused: None,
            unread: None,
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

    /// Advances the time, and wakes the tasks that wait for it.
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

    /// An operator puts an object with rules into the bucket.
    pub(super) fn set_rules(&self, object: &str, text: &str) {
        self.state().rules = Some((object.to_owned(), text.to_owned()));
    }

    /// Requests to CloudWatch take so long.
    pub(super) fn set_put_time(&self, ms: i64) {
        self.state().put_ms = ms;
    }

    /// Transactions take so many steps before they are made.
    pub(super) fn set_transaction_steps(&self, steps: usize) {
        self.state().transaction_steps = steps;
    }

    /// The ledger takes nothing of this shard, for good.
    pub(super) fn refuse_usage_of(&self, shard: Option<usize>) {
        let mut state = self.state();
        state.refused = shard.map(|shard| state.chains.keys().nth(shard).unwrap().clone());
    }

    /// Slices of this shard cannot be read.
    pub(super) fn refuse_reads_of(&self, shard: Option<usize>) {
        let mut state = self.state();
        state.unread = shard.map(|shard| state.chains.keys().nth(shard).unwrap().clone());
    }

    /// "Not now" says for how long.
    pub(super) fn set_retry_after(&self, pause: Duration) {
        self.state().retry_after = Some(pause);
    }

    /// TTL takes every item.
    pub(super) fn die_of_age(&self) {
        self.state().chains.values_mut().for_each(Vec::clear);
    }

    /// TTL has taken some items, in no order, or all.
    pub(super) fn sweep(&self) {
        let mut state = self.state();
        let all = state.random(2) == 0;
        let mut chains = std::mem::take(&mut state.chains);
        for slices in chains.values_mut() {
            slices.retain(|_| !all && state.random(3) == 0);
        }
        state.chains = chains;
    }

    /// TTL has taken the newest so many items of every chain, and no other.
    pub(super) fn sweep_newest(&self, count: usize) {
        for slices in self.state().chains.values_mut() {
            slices.truncate(slices.len().saturating_sub(count));
        }
    }

    /// Samples go to a real receiver.
    pub(super) fn write_to(&self, receiver: RemoteWrite) {
        self.state().receiver = Some(Arc::new(receiver));
    }

    /// Who keeps Prometheus' values loses them.
    pub(super) fn lose_snapshots(&self) {
        self.state()
            .blobs
            .retain(|place, _| place.name == "cursor/prometheus");
    }
}

impl State {
    /// The chains of shards: the publisher has one of its own.
    fn shards(&self) -> Vec<ChainId> {
        let chains = self.chains.keys();
        let shards = chains.filter(|chain| chain.shard().starts_with("shard-"));
        shards.cloned().collect()
    }

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
}

fn add(ledger: &mut BTreeMap<UsageKey, Usage>, key: &UsageKey, usage: Usage) {
    let entry = ledger.entry(key.clone()).or_default();
    *entry = entry.checked_add(usage).unwrap();
}
