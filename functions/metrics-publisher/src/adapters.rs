//! The ports on AWS. Nothing else in this function imports an SDK.

pub(crate) mod remote_write;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_kinesis::primitives::Blob;
use jiff::{Timestamp, civil::Date};
use picket_aws::{
    Fault,
    chain::{ChainTable, Commit},
    fault::Resource,
    fleet::Topic,
    ledger::{Cursor, CursorMove, LedgerTable, Move, Sink},
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
    state::{BlobKey, StateTable, Stored},
};
use picket_cloudwatch::{
    client::MetricsClient,
    pack::Request,
    ports::{PutError, PutMetrics, QuarantineDatum},
    quarantine::QuarantineBucket,
    rejected::QuarantinedDatum,
};
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    env::Process,
    fault_points::FaultPoints,
    fleet::{FleetMessage, Heartbeat},
    position::Position,
    usage::UsageRow,
};

use crate::{
    chains::damaged,
    config::Config,
    ports::{
        CommitSlice, FaultPoint, FoldUsage, ListChains, MoveCursor, Point, Publish,
        QuarantineSlice, ReadCursor, ReadOverrides, ReadSliceBelow, ReadSlices, ReadState,
        ReadUsage, Register, SamplesError, SendHeartbeat, WriteSamples, WriteState,
    },
    remote_write::WriteRequest,
};

/// The retention with which default values are committed: they expire when CloudWatch no longer accepts them, and no
/// record of the stream is read again for them.
const SHORTEST_RETENTION: Duration = Duration::from_hours(24);

/// The adapters of all ports.
#[derive(Debug, Clone)]
pub struct Adapters {
    chains: ChainTable,
    ledger: LedgerTable,
    state: StateTable,
    metrics: MetricsClient,
    kinesis: aws_sdk_kinesis::Client,
    stream: Resource,
    warnings: Topic,
    quarantine: QuarantineBucket,
    overrides: OverrideBucket,
    remote_write: Option<Arc<remote_write::RemoteWrite>>,
    fault_points: FaultPoints,
}

impl Adapters {
    /// Creates the clients of the configured resources.
    pub fn new(sdk: &SdkConfig, config: &Config) -> Self {
        let dynamodb = aws_sdk_dynamodb::Client::new(sdk);
        Self {
            chains: ChainTable::new(dynamodb.clone(), &config.chain_table),
            ledger: LedgerTable::new(dynamodb.clone(), &config.ledger_table),
            state: StateTable::new(dynamodb, &config.ledger_table),
            metrics: MetricsClient::new(sdk),
            kinesis: aws_sdk_kinesis::Client::new(sdk),
            stream: Resource::new(
                "event stream",
                &config.stream,
                "deploy the stack or correct STREAM_NAME",
            ),
            warnings: Topic::new(aws_sdk_sns::Client::new(sdk), &config.warning_topic),
            quarantine: QuarantineBucket::new(sdk, &config.quarantine_bucket),
            overrides: OverrideBucket::new(sdk, config.override_bucket.as_deref(), &config.stack),
            remote_write: config
                .prometheus
                .as_ref()
                .map(|receiver| Arc::new(remote_write::RemoteWrite::new(sdk, receiver))),
            fault_points: FaultPoints::read(&Process),
        }
    }
}

impl ListChains for Adapters {
    async fn list_chains(&self) -> Result<Vec<ChainId>, Fault> {
        self.chains.chains().await
    }
}

impl ReadSlices for Adapters {
    async fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<StoredSlice>, Fault> {
        self.chains.read_from(chain, from, limit).await
    }
}

impl ReadSliceBelow for Adapters {
    async fn read_slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> Result<Option<StoredSlice>, Fault> {
        self.chains.slice_below(chain, position).await
    }
}

impl QuarantineSlice for Adapters {
    async fn quarantine_slice(&self, slice: &DamagedSlice) -> Result<(), Fault> {
        let (key, bytes) = (damaged::key(slice), slice.bytes.clone());
        let content_type = "application/octet-stream";
        self.quarantine.put(&key, content_type, bytes).await
    }
}

impl CommitSlice for Adapters {
    async fn commit_slice(&self, slice: &Slice) -> Result<Commit, Fault> {
        self.chains.commit(slice, SHORTEST_RETENTION).await
    }
}

impl Register for Adapters {
    async fn register(&self, chain: &ChainId, now: Timestamp) -> Result<(), Fault> {
        self.chains.register(chain, now, SHORTEST_RETENTION).await
    }
}

impl ReadCursor for Adapters {
    async fn read_cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Fault> {
        self.ledger.cursor(sink, chain).await
    }
}

impl MoveCursor for Adapters {
    async fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Fault> {
        self.ledger.advance(sink, chain, old, new).await
    }
}

impl FoldUsage for Adapters {
    async fn fold_usage(&self, moves: &[CursorMove], rows: &[UsageRow]) -> Result<Move, Fault> {
        self.ledger.fold(moves, rows).await
    }
}

impl PutMetrics for Adapters {
    async fn put_metrics(&self, request: &Request) -> Result<(), PutError> {
        self.metrics.put(request).await
    }
}

impl QuarantineDatum for Adapters {
    async fn quarantine_datum(&self, object: &QuarantinedDatum) -> Result<(), Fault> {
        self.quarantine.put_datum(object).await
    }
}

impl ReadUsage for Adapters {
    async fn read_usage(&self, day: Date, most: usize) -> Result<Option<Vec<UsageRow>>, Fault> {
        self.ledger.rows_at_most(day, most).await
    }
}

impl Publish for Adapters {
    async fn publish(&self, message: &FleetMessage, subject: &str) -> Result<(), Fault> {
        self.warnings.publish(message, subject).await
    }
}

impl ReadState for Adapters {
    async fn read_state(&self, place: &BlobKey) -> Result<Option<Stored>, Fault> {
        self.state.read(place).await
    }
}

impl WriteState for Adapters {
    async fn write_state(
        &self,
        place: &BlobKey,
        old: Option<u64>,
        body: Vec<u8>,
        expires_at: Option<Timestamp>,
    ) -> Result<Move, Fault> {
        self.state.write(place, old, body, expires_at).await
    }
}

impl WriteSamples for Adapters {
    async fn write_samples(&self, request: &WriteRequest) -> Result<(), SamplesError> {
        match &self.remote_write {
            Some(remote_write) => remote_write.write(request).await,
            None => Err(SamplesError::Failed(Fault::permanent(
                "there is no receiver of samples; set PROMETHEUS_ENDPOINT",
            ))),
        }
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl SendHeartbeat for Adapters {
    async fn send_heartbeat(
        &self,
        heartbeat: &Heartbeat,
        partition_key: &str,
    ) -> Result<(), Fault> {
        let message = FleetMessage::Heartbeat(heartbeat.clone()).to_json();
        self.kinesis
            .put_record()
            .stream_name(self.stream.name())
            .partition_key(partition_key)
            .data(Blob::new(message))
            .send()
            .await
            .map_err(|error| Fault::of(&self.stream, "put a record into", error))?;
        Ok(())
    }
}

impl FaultPoint for Adapters {
    fn reach(&self, point: Point) {
        self.fault_points.reach(point.as_str());
    }
}
