//! The memory of a tick: how many chains are decoded at once, and how much of their slices a sink keeps for a round.
//!
//! The slices of one query inflate to 1 MB at most (`picket_aws::chain::MOST_INFLATED`), which take up to 11 MB
//! decoded. However many chains are hostile, each sink has [`MOST_DECODED`] of them in memory whole. Of the others it
//! keeps what it publishes, and ends its round where that is too much: the chains that it has not read come first in
//! the next round (`tests/memory.rs`).

use std::sync::atomic::{AtomicUsize, Ordering};

use picket_aws::ledger::Sink;
use picket_shared::{
    chain::{Body, Slice},
    series::{Aggregate, SeriesKey, SeriesMinute},
    usage::UsageRow,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// The number of chains whose slices a sink has decoded at once: 100 MB of the function's 512 for the three sinks.
const MOST_DECODED: usize = 3;

/// The bytes that a sink keeps for a round before it reads no further chain. They are merged for CloudWatch, so that
/// the series of a hundred shards that are the same count once; what follows of them (admission, requests) takes a few
/// times as much. For Prometheus the series of each slice are kept, since their order matters.
const MOST_KEPT: usize = 4 << 20;
const MOST_KEPT_FOR_PROMETHEUS: usize = 12 << 20;

/// The bytes of a bucket of a distribution, or of one of its exact values.
const ENTRY_BYTES: usize = 24;

/// Permits to decode, of each sink by itself: none waits for another.
#[derive(Debug)]
pub(crate) struct Decoding {
    ledger: Semaphore,
    cloudwatch: Semaphore,
    prometheus: Semaphore,
}

impl Decoding {
    pub(crate) fn new() -> Self {
        let permits = || Semaphore::new(MOST_DECODED);
        Self {
            ledger: permits(),
            cloudwatch: permits(),
            prometheus: permits(),
        }
    }

    /// Waits until the sink may read and decode one more chain. The permit is held until the slices that are not kept
    /// are dropped. Who holds one waits for no other.
    pub(crate) async fn permit(&self, sink: Sink) -> SemaphorePermit<'_> {
        let permits = match sink {
            Sink::Ledger => &self.ledger,
            Sink::CloudWatch => &self.cloudwatch,
            Sink::Prometheus => &self.prometheus,
        };
        let permit = permits.acquire().await;
        permit.expect("the semaphore is never closed")
    }
}

/// The bytes that a sink keeps of the chains of a round.
#[derive(Debug)]
pub(crate) struct KeptBytes {
    kept: AtomicUsize,
    most: usize,
}

impl KeptBytes {
    /// Creates the count of a round.
    pub(crate) fn of(sink: Sink) -> Self {
        let most = match sink {
            Sink::Ledger | Sink::CloudWatch => MOST_KEPT,
            Sink::Prometheus => MOST_KEPT_FOR_PROMETHEUS,
        };
        Self {
            kept: AtomicUsize::new(0),
            most,
        }
    }

    /// Whether no further chain is read in this round.
    pub(crate) fn is_full(&self) -> bool {
        self.kept.load(Ordering::Relaxed) >= self.most
    }

    /// Adds what is kept of a chain.
    pub(crate) fn add(&self, bytes: usize) {
        self.kept.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A chain's next slices, or the reason why they were not read.
pub(crate) enum ChainRead<T> {
    /// The slices.
    Read(T),
    /// The tick has no more time.
    NoTime,
    /// The round keeps enough of other chains: the next one reads this one first.
    NoMemory,
}

/// Drops all of the slices but their series. Returns the bytes that are kept.
pub(crate) fn keep_series(slices: &mut [Slice]) -> usize {
    for slice in &mut *slices {
        let series = std::mem::take(&mut slice.body.series);
        slice.body = Body {
            series,
            ..Body::default()
        };
    }
    let series = slices.iter().flat_map(|slice| &slice.body.series);
    let bytes = series.map(|series| datapoint_bytes(&series.key, &series.aggregate));
    bytes.sum()
}

/// Drops all of the slices but their usage. Returns the bytes that are kept.
pub(crate) fn keep_usage(slices: &mut [Slice]) -> usize {
    for slice in &mut *slices {
        let usage = std::mem::take(&mut slice.body.usage);
        slice.body = Body {
            usage,
            ..Body::default()
        };
    }
    let rows = slices.iter().flat_map(|slice| &slice.body.usage);
    rows.map(row_bytes).sum()
}

/// The bytes of a series' minute.
pub(crate) fn datapoint_bytes(key: &SeriesKey, aggregate: &Aggregate) -> usize {
    let dimensions = key
        .dimensions
        .iter()
        .map(|(name, value)| size_of::<(String, String)>() + name.len() + value.len());
    size_of::<SeriesMinute>()
        + key.namespace.len()
        + key.name.len()
        + key.unit.len()
        + dimensions.sum::<usize>()
        + aggregate_bytes(aggregate)
}

/// The bytes of values beside their type's own.
pub(crate) fn aggregate_bytes(aggregate: &Aggregate) -> usize {
    match aggregate {
        Aggregate::Sum(_) => 0,
        Aggregate::Distribution(sketch) => sketch.entries() * ENTRY_BYTES,
    }
}

fn row_bytes(row: &UsageRow) -> usize {
    let key = &row.key;
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    size_of::<UsageRow>()
        + key.agent.len()
        + key.model.len()
        + text(&key.incident)
        + text(&key.price)
}
