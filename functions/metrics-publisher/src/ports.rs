//! What a tick needs of the world, one verb each. The function's role allows these and nothing else.

use std::{future::Future, time::Duration};

use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    chain::Commit,
    ledger::{Cursor, CursorMove, Move, Sink},
    state::{Place, Stored},
};
use picket_cloudwatch::ports::{KeepDatum, PutMetrics};
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    fleet::{FleetMessage, Heartbeat},
    position::Position,
    usage::UsageRow,
};

pub use picket_aws::overrides::ReadOverrides;

use crate::prometheus::wire::WriteRequest;

/// Names the chains (`dynamodb:Query` on the chain table).
pub trait ListChains {
    /// Every chain there is.
    fn list_chains(&self) -> impl Future<Output = Result<Vec<ChainId>, Fault>> + Send;
}

/// Reads a chain (`dynamodb:Query` on the chain table).
pub trait ReadSlices {
    /// Up to `limit` slices in order, from the first whose mark is at or after `from`.
    fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> impl Future<Output = Result<Vec<StoredSlice>, Fault>> + Send;
}

/// Reads where a chain goes on before a mark (`dynamodb:Query` on the chain table).
pub trait ReadSliceBelow {
    /// The last slice that starts below a position.
    fn read_slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> impl Future<Output = Result<Option<StoredSlice>, Fault>> + Send;
}

/// Keeps a slice that cannot be read (`s3:PutObject` on the quarantine bucket, below `slices/`).
pub trait KeepSlice {
    /// Its bytes as an object; the same again overwrites it.
    fn keep_slice(&self, slice: &DamagedSlice) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Commits default values (`dynamodb:PutItem` on the chain table, to their chain alone).
pub trait CommitSlice {
    /// If no other slice starts at the same mark.
    fn commit_slice(&self, slice: &Slice) -> impl Future<Output = Result<Commit, Fault>> + Send;
}

/// Enters the chain of default values in the registry (`dynamodb:PutItem` on the chain table).
pub trait Register {
    /// Doing it again lengthens the entry's life.
    fn register(
        &self,
        chain: &ChainId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads where a sink stands (`dynamodb:GetItem` on the ledger table).
pub trait ReadCursor {
    /// The cursor; `None` where the sink has not begun with the chain.
    fn read_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
    ) -> impl Future<Output = Result<Option<Cursor>, Fault>> + Send;
}

/// Moves a sink's cursor (`dynamodb:PutItem` on the ledger table).
pub trait MoveCursor {
    /// From `old` to `new`, if it still is at `old`.
    fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> impl Future<Output = Result<Move, Fault>> + Send;
}

/// Adds to the ledger (`dynamodb:PutItem` and `dynamodb:UpdateItem` on the ledger table).
pub trait FoldUsage {
    /// Adds `rows` and moves the ledger's cursors: all or nothing.
    fn fold_usage(
        &self,
        moves: &[CursorMove],
        rows: &[UsageRow],
    ) -> impl Future<Output = Result<Move, Fault>> + Send;
}

/// Reads the usage ledger (`dynamodb:Query` on the ledger table).
pub trait ReadUsage {
    /// The rows of a day; `None` where there are more than `most`.
    fn read_usage(
        &self,
        day: Date,
        most: usize,
    ) -> impl Future<Output = Result<Option<Vec<UsageRow>>, Fault>> + Send;
}

/// Tells people (`sns:Publish` on the warning topic).
pub trait Publish {
    /// Publishes a message under a subject.
    fn publish(
        &self,
        message: &FleetMessage,
        subject: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads a blob (`dynamodb:GetItem` on the ledger table).
pub trait ReadState {
    /// The blob; `None` where there is none.
    fn read_state(
        &self,
        place: &Place,
    ) -> impl Future<Output = Result<Option<Stored>, Fault>> + Send;
}

/// Writes a blob (`dynamodb:PutItem` on the ledger table).
pub trait WriteState {
    /// If it still has the version `old`, or if it is not there.
    fn write_state(
        &self,
        place: &Place,
        old: Option<u64>,
        body: Vec<u8>,
        expires_at: Option<Timestamp>,
    ) -> impl Future<Output = Result<Move, Fault>> + Send;
}

/// Sends samples to Prometheus (`aps:RemoteWrite`, or `ssm:GetParameter` for the receiver's secret).
pub trait WriteSamples {
    /// One request, sent once. Sent again, it changes nothing.
    fn write_samples(
        &self,
        request: &WriteRequest,
    ) -> impl Future<Output = Result<(), SamplesFault>> + Send;
}

/// Why a receiver did not take samples.
#[derive(Debug)]
pub enum SamplesFault {
    /// It never will take these.
    Final(Fault),
    /// It said "not now", and how long to leave it alone (`Retry-After`).
    Later(Fault, Duration),
    /// It did not answer, said "not now" and no more, or does not know us.
    Failed(Fault),
}

/// Puts the synthetic record into the stream (`kinesis:PutRecord`).
pub trait SendHeartbeat {
    /// One heartbeat, on the shard that the partition key leads to.
    fn send_heartbeat(
        &self,
        heartbeat: &Heartbeat,
        partition_key: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Places where a debug build can be told to die, to prove that nothing is lost or counted twice.
pub trait FaultPoint {
    /// Returns, or does not.
    fn reach(&self, point: Point);
}

/// The places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before a ledger transaction.
    BeforeFold,
    /// After one.
    AfterFold,
    /// Before it is committed where Prometheus' values stand.
    BeforeValues,
    /// After it was.
    AfterValues,
    /// Before a request to Prometheus.
    BeforeSamples,
    /// After one.
    AfterSamples,
}

impl Point {
    /// The word used in `PICKET_FAULT`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BeforeFold => "before-fold",
            Self::AfterFold => "after-fold",
            Self::BeforeValues => "before-values",
            Self::AfterValues => "after-values",
            Self::BeforeSamples => "before-samples",
            Self::AfterSamples => "after-samples",
        }
    }
}

/// All of them together.
pub trait Ports:
    ListChains
    + ReadSlices
    + ReadSliceBelow
    + KeepSlice
    + CommitSlice
    + Register
    + ReadCursor
    + MoveCursor
    + FoldUsage
    + PutMetrics
    + KeepDatum
    + ReadUsage
    + Publish
    + ReadState
    + WriteState
    + WriteSamples
    + ReadOverrides
    + SendHeartbeat
    + FaultPoint
    + Send
    + Sync
{
}

impl<T> Ports for T where
    T: ListChains
        + ReadSlices
        + ReadSliceBelow
        + KeepSlice
        + CommitSlice
        + Register
        + ReadCursor
        + MoveCursor
        + FoldUsage
        + PutMetrics
        + KeepDatum
        + ReadUsage
        + Publish
        + ReadState
        + WriteState
        + WriteSamples
        + ReadOverrides
        + SendHeartbeat
        + FaultPoint
        + Send
        + Sync
{
}
