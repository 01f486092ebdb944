//! The tables in memory, with the slices as bytes: a read decodes them as [`picket_aws::chain::ChainTable`] does, by
//! [`first_slices`].

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use jiff::{Timestamp, civil::Date};
use metrics_publisher::{
    ports::{
        CommitSlice, FaultPoint, FoldUsage, ListChains, MoveCursor, Point, Publish,
        QuarantineSlice, ReadCursor, ReadOverrides, ReadSliceBelow, ReadSlices, ReadState,
        ReadUsage, Register, SamplesError, SendHeartbeat, WriteSamples, WriteState,
    },
    remote_write::WriteRequest,
};
use picket_aws::{
    Fault,
    chain::{Commit, first_slices},
    ledger::{Cursor, CursorMove, Move, Sink},
    overrides::{ConditionalRead, Found, ReadResults},
    state::{BlobKey, Stored},
};
use picket_cloudwatch::{
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    rejected::QuarantinedDatum,
};
use picket_shared::{
    chain::{Body, ChainId, DamagedSlice, Slice, StoredSlice, decode_sized},
    clock::Clock,
    fleet::{FleetMessage, Heartbeat},
    position::Position,
    usage::{Usage, UsageRow},
};

use crate::hostile::long_key;

/// Bytes of the answer of a query.
const PAGE: usize = 1 << 20;
/// The rows of each day in the ledger: the limit of a day, and those of `Other`.
const ROWS: u32 = 3_000;

/// The tables, and the services that take what is published.
pub struct Tables {
    now: Timestamp,
    /// The slices without their bodies, and the bodies.
    chains: BTreeMap<ChainId, Vec<(Slice, Vec<u8>)>>,
    cursors: Mutex<BTreeMap<(Sink, ChainId), Cursor>>,
    blobs: Mutex<BTreeMap<BlobKey, Stored>>,
}

impl Tables {
    /// Tables with these bodies of slices, in as many shards, all committed at `committed_at`.
    pub fn new(
        bodies: Vec<Vec<u8>>,
        shards: usize,
        committed_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        let mut chains: BTreeMap<ChainId, Vec<(Slice, Vec<u8>)>> = BTreeMap::new();
        for (number, bytes) in bodies.into_iter().enumerate() {
            let chain = ChainId::new("events", &format!("shard-{}", number % shards)).unwrap();
            let slices = chains.entry(chain.clone()).or_default();
            let before = slices
                .last()
                .map_or_else(Position::start, |(last, _)| last.after.clone());
            let after = Position::new(&(number + 1).to_string(), 0).unwrap();
            let slice = Slice {
                chain,
                before,
                first: after.clone(),
                after,
                committed_at,
                body: Body::default(),
            };
            slices.push((slice, bytes));
        }
        Self {
            now,
            chains,
            cursors: Mutex::default(),
            blobs: Mutex::default(),
        }
    }

    fn cursors(&self) -> MutexGuard<'_, BTreeMap<(Sink, ChainId), Cursor>> {
        self.cursors.lock().unwrap()
    }
}

fn ledger_row(day: Date, number: u32) -> UsageRow {
    UsageRow {
        key: long_key(day, number),
        usage: Usage::default(),
    }
}

/// Gives the other sinks and chains a turn, as a call does.
async fn call() {
    tokio::task::yield_now().await;
}

impl ListChains for &Tables {
    async fn list_chains(&self) -> Result<Vec<ChainId>, Fault> {
        Ok(self.chains.keys().cloned().collect())
    }
}

impl ReadSlices for &Tables {
    async fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<StoredSlice>, Fault> {
        let items = self.chains[chain]
            .iter()
            .filter(|(slice, _)| slice.before >= *from);
        let mut page = 0;
        let items: Vec<(Slice, Vec<u8>)> = items
            .take(limit.into())
            .take_while(|(_, bytes)| {
                page += bytes.len();
                page <= PAGE
            })
            .cloned()
            .collect();
        call().await;
        let slices = first_slices(items.iter().map(|(slice, bytes)| {
            let (body, length) = decode_sized(bytes).unwrap();
            let slice = Slice {
                body,
                ..slice.clone()
            };
            Ok((Ok(slice), length))
        }));
        drop(items);
        call().await;
        slices
    }
}

impl ReadSliceBelow for &Tables {
    async fn read_slice_below(
        &self,
        _: &ChainId,
        _: &Position,
    ) -> Result<Option<StoredSlice>, Fault> {
        Ok(None)
    }
}

impl QuarantineSlice for &Tables {
    async fn quarantine_slice(&self, slice: &DamagedSlice) -> Result<(), Fault> {
        panic!("{slice}")
    }
}

impl CommitSlice for &Tables {
    async fn commit_slice(&self, _: &Slice) -> Result<Commit, Fault> {
        Ok(Commit::Collided)
    }
}

impl Register for &Tables {
    async fn register(&self, _: &ChainId, _: Timestamp) -> Result<(), Fault> {
        Ok(())
    }
}

impl ReadCursor for &Tables {
    async fn read_cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Fault> {
        call().await;
        Ok(self.cursors().get(&(sink, chain.clone())).cloned())
    }
}

impl MoveCursor for &Tables {
    async fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        _: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Fault> {
        call().await;
        self.cursors().insert((sink, chain.clone()), new.clone());
        Ok(Move::Moved)
    }
}

impl FoldUsage for &Tables {
    async fn fold_usage(&self, moves: &[CursorMove], _: &[UsageRow]) -> Result<Move, Fault> {
        call().await;
        let mut cursors = self.cursors();
        for CursorMove { chain, to, .. } in moves {
            cursors.insert((Sink::Ledger, chain.clone()), to.clone());
        }
        Ok(Move::Moved)
    }
}

impl ReadUsage for &Tables {
    async fn read_usage(&self, day: Date, _: usize) -> Result<Option<Vec<UsageRow>>, Fault> {
        call().await;
        Ok(Some(
            (0..ROWS).map(|number| ledger_row(day, number)).collect(),
        ))
    }
}

impl ReadState for &Tables {
    async fn read_state(&self, place: &BlobKey) -> Result<Option<Stored>, Fault> {
        call().await;
        Ok(self.blobs.lock().unwrap().get(place).cloned())
    }
}

impl WriteState for &Tables {
    async fn write_state(
        &self,
        place: &BlobKey,
        old: Option<u64>,
        body: Vec<u8>,
        _: Option<Timestamp>,
    ) -> Result<Move, Fault> {
        call().await;
        let version = old.unwrap_or(0) + 1;
        self.blobs
            .lock()
            .unwrap()
            .insert(place.clone(), Stored { version, body });
        Ok(Move::Moved)
    }
}

impl PutMetrics for &Tables {
    async fn put_metrics(&self, _: &Request) -> Result<(), PutError> {
        call().await;
        Ok(())
    }
}

impl QuarantineDatum for &Tables {
    async fn quarantine_datum(&self, _: &QuarantinedDatum) -> Result<(), Fault> {
        call().await;
        Ok(())
    }
}

impl WriteSamples for &Tables {
    async fn write_samples(&self, _: &WriteRequest) -> Result<(), SamplesError> {
        call().await;
        Ok(())
    }
}

impl Publish for &Tables {
    async fn publish(&self, _: &FleetMessage, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

impl ReadOverrides for &Tables {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        reads.iter().map(|_| Ok(Found::Nothing)).collect()
    }
}

impl SendHeartbeat for &Tables {
    async fn send_heartbeat(&self, _: &Heartbeat, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

impl FaultPoint for &Tables {
    fn reach(&self, _: Point) {}
}

impl Clock for &Tables {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn sleep(&self, duration: Duration) {
        panic!("a tick without a fault sleeps for {duration:?}")
    }
}
