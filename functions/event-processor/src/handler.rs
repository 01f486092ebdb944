//! The handler: reads an event, plans slices, commits them, and answers Lambda.

mod active_rules;
mod attempts;
mod copies;
mod response;
mod self_metrics;
mod shard_state;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use picket_aws::{Fault, chain::Commit, overrides::CachedOverrides};
use picket_shared::{
    chain::{ChainId, Slice},
    report::ErrorChain,
};

pub use self::response::{BatchItemFailure, Response};
use self::{
    active_rules::ActiveRules, response::lowest_open, self_metrics::SelfMetrics,
    shard_state::ShardFailure,
};
use crate::{
    deduplication::ShardState,
    error::Error,
    event::{self, ShardRecords},
    plan::{Planned, SliceLimit, plan},
    ports::{Point, Ports},
    rules::RuleSet,
};

/// A registry entry lives weeks; renewed once a day, it never ends while records come.
const REGISTER_EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Transient errors of one shard after which the rest of the batch is returned to Lambda. The SDK tries each call three
/// times, and Lambda retries the batch later.
const MOST_FAULTS: u32 = 1;
const UNPOISONED: &str = "no code panics with this lock held";

/// The handler of the function. It lives as long as the execution environment.
#[derive(Debug)]
pub struct Handler<P> {
    active_rules: CachedOverrides<ActiveRules>,
    ports: P,
    /// The deduplication state of each chain. A stale mark costs a collision and nothing else.
    states: Mutex<BTreeMap<ChainId, ShardState>>,
    registered: Mutex<BTreeMap<ChainId, Timestamp>>,
    self_metrics: Mutex<BTreeMap<ChainId, SelfMetrics>>,
}

impl<P: Ports> Handler<P> {
    /// Creates the handler of a new execution environment.
    pub fn new(rule_set: RuleSet, ports: P) -> Self {
        Self {
            active_rules: CachedOverrides::new(ActiveRules::new(rule_set)),
            ports,
            states: Mutex::default(),
            registered: Mutex::default(),
            self_metrics: Mutex::default(),
        }
    }

    /// Counts the records of one invocation.
    ///
    /// After a transient error the response names the lowest sequence number that is not committed; a permanent error
    /// fails the invocation. In either case Lambda retries the records.
    pub async fn handle(&self, body: &[u8]) -> Result<Response, Error> {
        let mut response = Response::default();
        let shards = event::read(body)?;
        let rule_set = self.rule_set().await;
        for mut shard in shards {
            let Err(ShardFailure { fault, first }) = self.count(&rule_set, &mut shard).await else {
                continue;
            };
            self.self_metrics(&shard.chain, SelfMetrics::give_back);
            if !fault.is_transient() {
                return Err(Error::Permanent {
                    chain: shard.chain,
                    source: fault,
                });
            }
            tracing::warn!(chain = %shard.chain, fault = %ErrorChain(&fault), "the rest of the batch goes back to the stream");
            let failure = lowest_open(&shard, first.as_ref());
            response.batch_item_failures.extend(failure);
        }
        Ok(response)
    }

    /// Returns the active rules. Overrides in S3 are read from time to time, with a short timeout.
    async fn rule_set(&self) -> Arc<RuleSet> {
        self.active_rules
            .refresh(&self.ports, self.ports.now())
            .await;
        self.active_rules.get().rule_set()
    }

    /// Commits slice after slice until nothing of the shard's records is above the mark.
    async fn count(
        &self,
        rule_set: &RuleSet,
        shard: &mut ShardRecords<'_>,
    ) -> Result<(), ShardFailure> {
        let (mut state, mut attempt) = self.shard_state(shard).await?;
        let chain = &shard.chain;
        self.self_metrics(chain, |self_metrics| {
            self_metrics.begin(&shard.records, state.mark());
        });
        let mut faults = 0;
        let mut limit = SliceLimit::default();
        while let Some(mut planned) = self.plan(rule_set, shard, &state, limit) {
            self.add_self_metrics(rule_set, shard, &mut planned.slice);
            self.survive(chain, attempt.take()).await?;
            let slice = &planned.slice;
            match self.commit(&planned).await {
                Ok(Commit::Committed) => {
                    state.advance(slice);
                    state.resume_at(planned.checkpoint);
                    limit = planned.limit.after_commit();
                }
                Ok(Commit::TooLarge) => limit = smaller(&planned)?,
                Ok(Commit::Collided) => state = self.after_collision(state, slice).await?,
                Err(fault) if fault.is_transient() && faults < MOST_FAULTS => {
                    // The put may have succeeded and only its response been lost: the chain shows.
                    faults += 1;
                    state = self.read_on(chain, state, Some(&slice.first)).await?;
                }
                Err(fault) => {
                    let first = Some(planned.slice.first);
                    return Err(ShardFailure { fault, first });
                }
            }
        }
        let mut states = self.states.lock().expect(UNPOISONED);
        states.insert(chain.clone(), state);
        Ok(())
    }

    fn plan(
        &self,
        rule_set: &RuleSet,
        shard: &ShardRecords<'_>,
        state: &ShardState,
        limit: SliceLimit,
    ) -> Option<Planned> {
        let point = Point::BeforeDecode(&shard.records, state.mark());
        self.ports.reach(point);
        plan(rule_set, shard, state, limit, self.ports.now())
    }

    /// Commits a slice. The quarantine object is put first, so that no commit names a missing object.
    async fn commit(&self, planned: &Planned) -> Result<Commit, Fault> {
        if let Some(object) = &planned.object {
            self.ports.put_object(object).await?;
        }
        self.register(&planned.slice.chain).await?;
        self.ports.reach(Point::BeforeCommit);
        let begun = self.ports.now();
        let outcome = self.ports.commit(&planned.slice).await;
        let took = self.ports.now().duration_since(begun);
        let is_committed = matches!(outcome, Ok(Commit::Committed));
        self.self_metrics(&planned.slice.chain, |self_metrics| {
            self_metrics.commit(took, is_committed);
        });
        let outcome = outcome?;
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

    /// Adds the chain's self-metrics to a slice.
    fn add_self_metrics(&self, rule_set: &RuleSet, shard: &ShardRecords<'_>, slice: &mut Slice) {
        let newest = slice.body.series.iter().map(|series| series.minute).max();
        if let (Some(minute), Some(record)) = (newest, shard.records.last()) {
            let (at, now) = (record.arrived_at, slice.committed_at);
            let series = self.self_metrics(&shard.chain, |self_metrics| {
                self_metrics.series(&rule_set.stack, minute, at, now)
            });
            slice.body.series.extend(series);
        }
    }

    fn self_metrics<T>(&self, chain: &ChainId, of: impl FnOnce(&mut SelfMetrics) -> T) -> T {
        let mut self_metrics = self.self_metrics.lock().expect(UNPOISONED);
        of(self_metrics.entry(chain.clone()).or_default())
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
            let mut registered = self.registered.lock().expect(UNPOISONED);
            registered.insert(chain.clone(), now);
        }
        Ok(())
    }
}

/// Returns the limit for the next attempt, after DynamoDB rejected the slice for its size.
fn smaller(planned: &Planned) -> Result<SliceLimit, ShardFailure> {
    let Slice { chain, before, .. } = &planned.slice;
    tracing::warn!(%chain, %before, events = planned.events, "the chain table takes no item of this size: the slice is made smaller");
    planned.limit.smaller(planned.events).ok_or_else(|| ShardFailure {
        fault: Fault::permanent(format!(
            "the chain table refuses the item at mark {before} of chain {chain} as too large, though it holds one quarantined event; report it"
        )),
        first: Some(planned.slice.first.clone()),
    })
}
