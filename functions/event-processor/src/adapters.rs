//! The ports on AWS.

use std::{future::Future, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_s3::primitives::ByteStream;
use jiff::Timestamp;
use picket_aws::{
    Fault,
    chain::{ChainTable, ClaimOutcome, Commit},
    fault::Resource,
    overrides::{ConditionalRead, OverrideBucket, ReadResults},
};
use picket_shared::{
    chain::{Attempt, ChainId, Slice, SliceIds},
    clock::{Clock, SystemClock},
    env::Process,
    fault_points::FaultPoints,
    position::Position,
    replay::{Origin, RecordRef},
};

use crate::{
    config::Config,
    ports::{
        Claim, CommitSlice, FaultPoint, NoteAttempt, Point, PutObject, ReadAttempt, ReadBeyond,
        ReadMark, ReadNewest, ReadOverrides, Register,
    },
    quarantine::Object,
};

/// The chain table, the quarantine bucket and the machine's clock.
#[derive(Debug)]
pub struct Adapters {
    chains: ChainTable,
    retention: Duration,
    s3: aws_sdk_s3::Client,
    bucket: Resource,
    overrides: OverrideBucket,
    clock: SystemClock,
    fault_points: FaultPoints,
}

impl Adapters {
    /// On clients of one connector.
    pub fn new(aws: &SdkConfig, config: &Config) -> Self {
        Self::with_clients(
            aws_sdk_dynamodb::Client::new(aws),
            aws_sdk_s3::Client::new(aws),
            OverrideBucket::new(aws, config.override_bucket.as_deref(), &config.stack),
            config,
        )
    }

    fn with_clients(
        dynamodb: aws_sdk_dynamodb::Client,
        s3: aws_sdk_s3::Client,
        overrides: OverrideBucket,
        config: &Config,
    ) -> Self {
        Self {
            chains: ChainTable::new(dynamodb, &config.chain_table),
            retention: config.retention.duration(),
            s3,
            bucket: Resource::new(
                "quarantine bucket",
                &config.quarantine_bucket,
                "deploy the stack or correct QUARANTINE_BUCKET",
            ),
            overrides,
            clock: SystemClock,
            fault_points: FaultPoints::read(&Process),
        }
    }
}

impl ReadMark for Adapters {
    async fn read_mark(&self, chain: &ChainId) -> Result<Position, Fault> {
        self.chains.newest_mark(chain).await
    }
}

impl ReadNewest for Adapters {
    async fn read_newest(&self, chain: &ChainId, since: Timestamp) -> Result<Vec<SliceIds>, Fault> {
        self.chains.newest_ids(chain, since).await
    }
}

impl ReadBeyond for Adapters {
    async fn read_beyond(&self, chain: &ChainId, mark: &Position) -> Result<Vec<SliceIds>, Fault> {
        self.chains.ids_from(chain, mark).await
    }
}

impl CommitSlice for Adapters {
    async fn commit(&self, slice: &Slice) -> Result<Commit, Fault> {
        self.chains.commit(slice, self.retention).await
    }
}

impl Register for Adapters {
    async fn register(&self, chain: &ChainId, now: Timestamp) -> Result<(), Fault> {
        self.chains.register(chain, now, self.retention).await
    }
}

impl ReadAttempt for Adapters {
    async fn read_attempt(&self, chain: &ChainId) -> Result<Option<Attempt>, Fault> {
        self.chains.read_attempt(chain).await
    }
}

impl NoteAttempt for Adapters {
    async fn note_attempt(
        &self,
        chain: &ChainId,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<(), Fault> {
        self.chains
            .note_attempt(chain, attempt, now, self.retention)
            .await
    }
}

impl Claim for Adapters {
    async fn claim(
        &self,
        origin: &Origin,
        copy: &RecordRef,
        now: Timestamp,
    ) -> Result<ClaimOutcome, Fault> {
        self.chains.claim(origin, copy, now).await
    }
}

impl PutObject for Adapters {
    async fn put_object(&self, object: &Object) -> Result<(), Fault> {
        self.s3
            .put_object()
            .bucket(self.bucket.name())
            .key(&object.key)
            .content_type("application/x-ndjson")
            .body(ByteStream::from(object.body.clone().into_bytes()))
            .send()
            .await
            .map_err(|error| Fault::of(&self.bucket, "write to", error))?;
        Ok(())
    }
}

impl ReadOverrides for Adapters {
    async fn read_overrides(&self, reads: &[ConditionalRead]) -> ReadResults {
        self.overrides.read_overrides(reads).await
    }
}

impl Clock for Adapters {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.clock.sleep(duration)
    }
}

impl FaultPoint for Adapters {
    fn reach(&self, point: Point<'_>) {
        if cfg!(debug_assertions) && point.is_there() {
            self.fault_points.reach(point.as_str());
        }
    }
}

#[cfg(test)]
mod tests;
