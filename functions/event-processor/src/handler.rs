//! Event → core → ports → response.

use std::{collections::BTreeMap, sync::Mutex};

use jiff::{SignedDuration, Timestamp};
use picket_aws::{Fault, chain::Commit};
use picket_shared::{chain::ChainId, position::Position, report::Chain};
use serde::Serialize;

use crate::{
    core::Core,
    error::Error,
    event::{self, Record, ShardRecords},
    plan::{Planned, plan},
    ports::{Point, Ports},
};

/// A registry entry lives weeks; renewed once a day, it never ends while records come.
const REGISTER_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Passing faults met in one shard before the rest of the batch is given back. The SDK has tried each call three times, and Lambda
/// comes back later.
const MOST_FAULTS: u32 = 1;
const UNPOISONED: &str = "no code panics with this lock held";

/// What Lambda reads: where to go on from. Empty is success.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// At most one a shard: the lowest sequence number not committed.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A record to begin the retry with.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its sequence number.
    pub item_identifier: String,
}

/// The function, between its core and its ports. Lives as long as the sandbox.
#[derive(Debug)]
pub struct Handler<P> {
    core: Core,
    ports: P,
    /// The newest mark known of each chain. A stale one costs a collision, nothing else.
    marks: Mutex<BTreeMap<ChainId, Position>>,
    registered: Mutex<BTreeMap<ChainId, Timestamp>>,
}

/// What stopped a shard, and the first event that may not be in the chain; `None` where no mark could be read.
struct Stopped {
    fault: Fault,
    first: Option<Position>,
}

impl<P: Ports> Handler<P> {
    /// A function that has seen nothing yet.
    pub fn new(core: Core, ports: P) -> Self {
        Self {
            core,
            ports,
            marks: Mutex::default(),
            registered: Mutex::default(),
        }
    }

    /// Counts the records of one invocation.
    ///
    /// A passing fault is answered with the lowest sequence number that is not committed; what only a person can mend fails the
    /// invocation. In either case Lambda comes back with the records.
    pub async fn handle(&self, body: &[u8]) -> Result<Response, Error> {
        let mut response = Response::default();
        for shard in event::read(body)? {
            let Err(Stopped { fault, first }) = self.count(&shard).await else {
                continue;
            };
            if !fault.is_passing() {
                return Err(Error::Permanent {
                    chain: shard.chain,
                    source: fault,
                });
            }
            tracing::warn!(chain = %shard.chain, fault = %Chain(&fault), "the rest of the batch goes back to the stream");
            response
                .batch_item_failures
                .extend(lowest_open(&shard, first.as_ref()));
        }
        Ok(response)
    }

    /// Commits slice after slice until nothing of the shard's records is above the mark.
    async fn count(&self, shard: &ShardRecords<'_>) -> Result<(), Stopped> {
        let chain = &shard.chain;
        let known = self.marks.lock().expect(UNPOISONED).get(chain).cloned();
        let mut mark = match known {
            Some(mark) => mark,
            None => self.read_mark(chain, None).await?,
        };
        let mut faults = 0;
        while let Some(planned) = plan(&self.core, shard, &mark, self.ports.now()) {
            let first = &planned.slice.first;
            let reached = match self.commit(&planned).await {
                Ok(Commit::Committed) => planned.slice.after,
                Ok(Commit::Collided) => self.moved_mark(chain, &mark, first).await?,
                Err(fault) if fault.is_passing() && faults < MOST_FAULTS => {
                    // The put may have arrived and only its answer been lost: the mark tells.
                    faults += 1;
                    self.read_mark(chain, Some(first)).await?
                }
                Err(fault) => {
                    let first = Some(planned.slice.first);
                    return Err(Stopped { fault, first });
                }
            };
            self.marks
                .lock()
                .expect(UNPOISONED)
                .insert(chain.clone(), reached.clone());
            mark = reached;
        }
        Ok(())
    }

    /// The object first, so that no commit names one that is not there.
    async fn commit(&self, planned: &Planned) -> Result<Commit, Fault> {
        if let Some(object) = &planned.object {
            self.ports.put_object(object).await?;
        }
        self.register(&planned.slice.chain).await?;
        self.ports.reach(Point::BeforeCommit);
        let outcome = self.ports.commit(&planned.slice).await?;
        self.ports.reach(Point::AfterCommit);
        tracing::info!(
            chain = %planned.slice.chain,
            after = %planned.slice.after,
            records = planned.tally.read,
            quarantined = planned.tally.quarantined,
            ?outcome,
            "slice"
        );
        Ok(outcome)
    }

    async fn register(&self, chain: &ChainId) -> Result<(), Fault> {
        let now = self.ports.now();
        let registered = self
            .registered
            .lock()
            .expect(UNPOISONED)
            .get(chain)
            .copied();
        if registered.is_none_or(|at| now.duration_since(at) >= REGISTER_EVERY) {
            self.ports.register(chain, now).await?;
            self.registered
                .lock()
                .expect(UNPOISONED)
                .insert(chain.clone(), now);
        }
        Ok(())
    }

    async fn read_mark(
        &self,
        chain: &ChainId,
        first: Option<&Position>,
    ) -> Result<Position, Stopped> {
        self.ports.read_mark(chain).await.map_err(|fault| Stopped {
            fault,
            first: first.cloned(),
        })
    }

    /// The mark after a collision: somebody's slice starts at `mark`, so the newest mark is beyond it.
    async fn moved_mark(
        &self,
        chain: &ChainId,
        mark: &Position,
        first: &Position,
    ) -> Result<Position, Stopped> {
        let moved = self.read_mark(chain, Some(first)).await?;
        if moved > *mark {
            return Ok(moved);
        }
        Err(Stopped {
            fault: Fault::permanent(format!(
                "chain {chain} has an item at mark {mark}, yet its newest mark is {moved}; \
                 restore the chain table from its backup"
            )),
            first: Some(first.clone()),
        })
    }
}

/// Where Lambda must begin again: the record of the first event that may not be in the chain.
fn lowest_open(shard: &ShardRecords<'_>, first: Option<&Position>) -> Option<BatchItemFailure> {
    let is_open = |record: &&Record<'_>| {
        first.is_none_or(|first| record.position.sequence_number() == first.sequence_number())
    };
    let record = shard.records.iter().find(is_open)?;
    Some(BatchItemFailure {
        item_identifier: record.sequence_number.clone().into_owned(),
    })
}
