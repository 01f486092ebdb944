//! The ports of a tick, one verb each. The function's role allows these actions and no others.

use std::{future::Future, time::Duration};

use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    chain::Commit,
    ledger::{Cursor, CursorMove, Move, Sink},
    state::{BlobKey, Stored},
};
use picket_cloudwatch::ports::{PutMetrics, QuarantineDatum};
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    fleet::{FleetMessage, Heartbeat},
    position::Position,
    usage::UsageRow,
};

pub use picket_aws::overrides::ReadOverrides;

use crate::remote_write::WriteRequest;

/// Lists the chains (`dynamodb:Query` on the chain table).
pub trait ListChains {
    /// All chains.
    fn list_chains(&self) -> impl Future<Output = Result<Vec<ChainId>, Fault>> + Send;
}

/// Reads a chain (`dynamodb:Query` on the chain table).
pub trait ReadSlices {
    /// Up to `limit` slices in order, from the first that starts at or after `from`.
    fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> impl Future<Output = Result<Vec<StoredSlice>, Fault>> + Send;
}

/// Reads the slice before a position (`dynamodb:Query` on the chain table).
pub trait ReadSliceBelow {
    /// The last slice that starts below a position.
    fn read_slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> impl Future<Output = Result<Option<StoredSlice>, Fault>> + Send;
}

/// Quarantines a slice that cannot be read (`s3:PutObject` on the quarantine bucket, below `slices/`).
pub trait QuarantineSlice {
    /// Writes its bytes as an object; the same slice again overwrites it.
    fn quarantine_slice(
        &self,
        slice: &DamagedSlice,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Commits default values (`dynamodb:PutItem` on the chain table, to their chain alone).
pub trait CommitSlice {
    /// Commits a slice if no other starts at the same position.
    fn commit_slice(&self, slice: &Slice) -> impl Future<Output = Result<Commit, Fault>> + Send;
}

/// Enters the chain of default values in the registry (`dynamodb:PutItem` on the chain table).
pub trait Register {
    /// Registers a chain, or extends the life of its entry.
    fn register(
        &self,
        chain: &ChainId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Reads a sink's cursor (`dynamodb:GetItem` on the ledger table).
pub trait ReadCursor {
    /// The cursor; `None` where the sink has not read the chain yet.
    fn read_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
    ) -> impl Future<Output = Result<Option<Cursor>, Fault>> + Send;
}

/// Moves a sink's cursor (`dynamodb:PutItem` on the ledger table).
pub trait MoveCursor {
    /// Moves the cursor from `old` to `new`, if it still is at `old`.
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

/// Notifies people (`sns:Publish` on the warning topic).
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
        place: &BlobKey,
    ) -> impl Future<Output = Result<Option<Stored>, Fault>> + Send;
}

/// Writes a blob (`dynamodb:PutItem` on the ledger table).
pub trait WriteState {
    /// Writes the blob if it still has the version `old`, or does not exist where `old` is `None`.
    fn write_state(
        &self,
        place: &BlobKey,
        old: Option<u64>,
        body: Vec<u8>,
        expires_at: Option<Timestamp>,
    ) -> impl Future<Output = Result<Move, Fault>> + Send;
}

/// Sends samples to Prometheus (`aps:RemoteWrite`, or `ssm:GetParameter` for the receiver's secret).
pub trait WriteSamples {
    /// Sends one request once. The same request again changes nothing.
    fn write_samples(
        &self,
        request: &WriteRequest,
    ) -> impl Future<Output = Result<(), SamplesError>> + Send;
}

/// The reason why a receiver did not accept samples.
#[derive(Debug)]
pub enum SamplesError {
    /// It will never accept these.
    Final(Fault),
    /// It asked for a pause (`Retry-After`).
    Later(Fault, Duration),
    /// It did not answer, throttled without a pause, or denied access.
    Failed(Fault),
}

/// Puts the synthetic record into the stream (`kinesis:PutRecord`).
pub trait SendHeartbeat {
    /// Sends one heartbeat, to the shard of the partition key.
    fn send_heartbeat(
        &self,
        heartbeat: &Heartbeat,
        partition_key: &str,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Points at which a debug build can be made to stop, to prove that nothing is lost or counted twice.
pub trait FaultPoint {
    /// Returns, unless `PICKET_FAULT` stops the process here.
    fn reach(&self, point: Point);
}

/// The fault points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before a ledger transaction.
    BeforeFold,
    /// After one.
    AfterFold,
    /// Before Prometheus' values are committed.
    BeforeValues,
    /// After they were.
    AfterValues,
    /// Before a request to Prometheus.
    BeforeSamples,
    /// After one.
    AfterSamples,
}

impl Point {
    /// The name in `PICKET_FAULT`.
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

/// All ports of the function.
pub trait Ports:
    ListChains
    + ReadSlices
    + ReadSliceBelow
    + QuarantineSlice
    + CommitSlice
    + Register
    + ReadCursor
    + MoveCursor
    + FoldUsage
    + PutMetrics
    + QuarantineDatum
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
        + QuarantineSlice
        + CommitSlice
        + Register
        + ReadCursor
        + MoveCursor
        + FoldUsage
        + PutMetrics
        + QuarantineDatum
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
