//! A deployed stack's bucket, chain table and stream.

use std::{error::Error, time::Duration};

use event_processor::quarantine::{
    entry::{Entry, LAMBDAS, OURS},
    replay_status::ReplayStatus,
};
use jiff::Timestamp;
use picket_aws::{
    Fault,
    chain::{ChainTable, Claim, ClaimOutcome, Commit},
    stream::Stream,
};
use picket_shared::{
    chain::Slice,
    replay::{Origin, RecordRef},
};

use crate::stack::StackOutputs;

/// Anything that AWS may answer.
pub(super) type Trouble = Box<dyn Error + Send + Sync>;

/// The longest that `StreamRetentionHours` allows; a seal's life follows from it.
const LONGEST_RETENTION: Duration = Duration::from_hours(168);

/// The parts of a stack that the command works on.
#[derive(Debug)]
pub(super) struct Stack {
    s3: aws_sdk_s3::Client,
    bucket: String,
    chains: ChainTable,
    pub(super) stream: Stream,
}

/// The status of an entry, with the copies of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EntryStatus {
    /// By the chain.
    InChain(ReplayStatus),
    /// It was put back, and a copy of it has been claimed.
    Replayed,
}

impl EntryStatus {
    /// Its name in an answer.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Replayed => "replayed",
            Self::InChain(ReplayStatus::Open(_)) => "open",
            Self::InChain(ReplayStatus::Quarantined(_)) => "quarantined",
            Self::InChain(ReplayStatus::Counted) => "counted",
            Self::InChain(ReplayStatus::Uncommitted) => "uncommitted",
            Self::InChain(ReplayStatus::Forgotten) => "forgotten",
        }
    }
}

impl Stack {
    /// The stack of this name, by its outputs.
    pub(super) async fn find(name: &str) -> Result<Self, Trouble> {
        let aws = crate::aws::config().await?;
        let outputs = StackOutputs::read(&aws, name).await?;
        let local = std::env::var_os("AWS_ENDPOINT_URL").is_some();
        let s3 = aws_sdk_s3::config::Builder::from(&aws)
            .force_path_style(local)
            .build();
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(s3),
            bucket: outputs.get("QuarantineBucket")?.to_owned(),
            chains: ChainTable::new(
                aws_sdk_dynamodb::Client::new(&aws),
                outputs.get("ChainTable")?,
            ),
            stream: Stream::new(
                aws_sdk_kinesis::Client::new(&aws),
                outputs.get("EventStream")?,
            ),
        })
    }

    /// The keys of what waits.
    pub(super) async fn keys(&self) -> Result<Vec<String>, Trouble> {
        let mut keys = Vec::new();
        for prefix in [OURS, LAMBDAS] {
            let mut pages = self
                .s3
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| {
                    format!(
                        "the bucket {} cannot be listed: {}",
                        self.bucket,
                        said(&error)
                    )
                })?;
                let named = page.contents().iter().filter_map(|object| object.key());
                keys.extend(named.map(ToOwned::to_owned));
            }
        }
        Ok(keys)
    }

    /// An object's bytes.
    pub(super) async fn object(&self, key: &str) -> Result<Vec<u8>, Trouble> {
        let answer = self.s3.get_object().bucket(&self.bucket).key(key).send();
        let answer = answer.await.map_err(|error| {
            format!(
                "{key} in the bucket {} cannot be read: {}",
                self.bucket,
                said(&error)
            )
        })?;
        Ok(answer.body.collect().await?.to_vec())
    }

    /// The status of an entry.
    pub(super) async fn status(&self, entry: &Entry, now: Timestamp) -> Result<EntryStatus, Fault> {
        let slice = self
            .chains
            .slice_below(&entry.chain, &entry.slice_before())
            .await?;
        let slice = match slice {
            // The outcome of its records cannot be read.
            Some(Err(damaged)) if damaged.without_body().covers(&entry.position) => {
                return Ok(EntryStatus::InChain(ReplayStatus::Forgotten));
            }
            Some(Err(damaged)) => Some(damaged.without_body()),
            Some(Ok(slice)) => Some(slice),
            None => None,
        };
        let status = entry.replay_status(slice.as_ref(), now);
        let (ReplayStatus::Open(origin) | ReplayStatus::Quarantined(origin)) = &status else {
            return Ok(EntryStatus::InChain(status));
        };
        if self.owner(origin).await?.is_some() {
            return Ok(EntryStatus::Replayed);
        }
        // A copy whose original another copy has claimed counts nothing.
        let before = match Origin::of(&entry.partition_key) {
            Some(before) => self.owner(&before).await?,
            None => None,
        };
        let is_anothers = before.is_some_and(|owner| owner != place(entry).to_string());
        Ok(if is_anothers {
            EntryStatus::Replayed
        } else {
            EntryStatus::InChain(status)
        })
    }

    /// The copy that has claimed an original.
    async fn owner(&self, origin: &Origin) -> Result<Option<String>, Fault> {
        let claim = self
            .chains
            .read_claim(&origin.chain, &origin.position)
            .await?;
        Ok(match claim {
            Claim::Claimed(owner) => Some(owner),
            Claim::Unregistered | Claim::Registered => None,
        })
    }

    /// Registers an original, so that a copy can claim it. Before the copy is put into the stream.
    pub(super) async fn register(&self, origin: &Origin, now: Timestamp) -> Result<(), Fault> {
        self.chains.register_replay(origin, now).await
    }

    /// Ends the chain behind a record that Lambda has given up, where it has not come so far: neither a late invocation
    /// nor a new mapping counts it or what is before it any more.
    pub(super) async fn seal(&self, entry: &Entry, now: Timestamp) -> Result<(), Fault> {
        let chain = &entry.chain;
        loop {
            let mark = self.chains.newest_mark(chain).await?;
            if mark >= entry.position.end_of_record() {
                return Ok(());
            }
            self.chains.register(chain, now, LONGEST_RETENTION).await?;
            let seal = Slice::seal(chain.clone(), mark, &entry.position, now);
            if self.chains.commit(&seal, LONGEST_RETENTION).await? == Commit::Committed {
                return Ok(());
            }
        }
    }

    /// Whether a record that is a copy itself is the one that counts; what is no copy does, and what only looks like one.
    pub(super) async fn counts(&self, entry: &Entry, now: Timestamp) -> Result<bool, Fault> {
        let Some(origin) = Origin::of(&entry.partition_key) else {
            return Ok(true);
        };
        let outcome = self.chains.claim(&origin, &place(entry), now).await?;
        Ok(outcome != ClaimOutcome::AnotherCounts)
    }
}

/// The reference of the record of an entry.
fn place(entry: &Entry) -> RecordRef {
    RecordRef {
        chain: entry.chain.clone(),
        record: entry.position.with_sub(0),
    }
}

/// An error's sentence and its sources'.
fn said(error: &(dyn Error + 'static)) -> String {
    picket_shared::report::ErrorChain(error).to_string()
}
