use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use picket_shared::{clock::Clock, position::Position};
use tokio::task::JoinSet;

use super::{
    BatchResult, Destination, Discard, Invoker, Policy, Record, Shard, Source, Step,
    lineage::readable, read_response,
};

/// Lambda polls a shard once a second; five times as often makes the line feel alive.
const POLL_EVERY: Duration = Duration::from_millis(200);

/// The interval in which the shards are listed.
const LIST_EVERY: Duration = Duration::from_secs(1);

/// How far a poller is.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    discarded: AtomicU64,
    invocations: AtomicU64,
    marks: Mutex<HashMap<String, Position>>,
}

impl Progress {
    /// Records that the function has taken.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Records that went to the failure destination.
    pub fn discarded(&self) -> u64 {
        self.discarded.load(Ordering::Relaxed)
    }

    /// Invocations made.
    pub fn invocations(&self) -> u64 {
        self.invocations.load(Ordering::Relaxed)
    }
}

/// Runs the mapping until it is dropped. A read or an invocation that fails on the way is logged and tried again.
pub async fn run<P, C>(ports: Arc<P>, policy: Policy, clock: Arc<C>, progress: Arc<Progress>)
where
    P: Source + Invoker + Destination + 'static,
    C: Clock + 'static,
{
    let mut drained = HashSet::new();
    let mut running = HashSet::new();
    let mut tasks = JoinSet::new();
    loop {
        while let Some(Ok(shard)) = tasks.try_join_next() {
            drained.insert(shard);
        }
        match ports.shards().await {
            Ok(shards) => {
                for shard in readable(&shards, &drained) {
                    if running.insert(shard.id.clone()) {
                        let (ports, policy) = (ports.clone(), policy.clone());
                        let (clock, progress) = (clock.clone(), progress.clone());
                        tasks.spawn(poll(ports, shard.id.clone(), policy, clock, progress));
                    }
                }
            }
            Err(error) => tracing::warn!("the stream's shards cannot be listed: {error:#}"),
        }
        clock.sleep(LIST_EVERY).await;
    }
}

/// Polls one shard to its end, and returns its id.
async fn poll<P, C>(
    ports: Arc<P>,
    id: String,
    policy: Policy,
    clock: Arc<C>,
    progress: Arc<Progress>,
) -> String
where
    P: Source + Invoker + Destination,
    C: Clock,
{
    let mut shard = Shard::new(policy.clone());
    let mut after = None;
    loop {
        let turn = match shard.next(clock.now()) {
            Step::Drained => return id,
            Step::Read => read(&*ports, &id, &mut shard, &mut after, &*clock).await,
            Step::Invoke(batch, pause) => {
                clock.sleep(pause).await;
                ports.invoke(&id, &batch).await.map(|reply| {
                    let outcome = read_response(&reply, &batch, policy.report_failures);
                    progress.count(&id, outcome, &batch);
                    shard.settle(outcome);
                })
            }
            Step::Discard(discard) => {
                keep(&*ports, &id, &discard, &*clock).await;
                progress.discard(&id, &discard);
                Ok(())
            }
        };
        if let Err(error) = turn {
            tracing::warn!("shard {id}: {error:#}");
            clock.sleep(LIST_EVERY).await;
        }
    }
}

impl Progress {
    fn count(&self, shard: &str, outcome: BatchResult, batch: &[Record]) {
        self.invocations.fetch_add(1, Ordering::Relaxed);
        let done = match outcome {
            BatchResult::Succeeded => batch.len(),
            BatchResult::Partial(place) => place,
            BatchResult::Failed | BatchResult::Throttled => 0,
        };
        self.done.fetch_add(done as u64, Ordering::Relaxed);
        self.advance(shard, batch[..done].last());
    }

    fn discard(&self, shard: &str, discard: &Discard) {
        self.discarded
            .fetch_add(discard.records.len() as u64, Ordering::Relaxed);
        self.advance(shard, discard.records.last());
    }

    fn advance(&self, shard: &str, last: Option<&Record>) {
        if let Some(record) = last {
            let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
            marks.insert(shard.to_owned(), record.position().clone());
        }
    }

    /// Whether everything up to these places has left the stream.
    pub fn has_passed(&self, places: &HashMap<String, Position>) -> bool {
        let marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        places
            .iter()
            .all(|(shard, place)| marks.get(shard).is_some_and(|mark| mark >= place))
    }
}

async fn read<P: Source, C: Clock>(
    ports: &P,
    id: &str,
    shard: &mut Shard,
    after: &mut Option<String>,
    clock: &C,
) -> Result<()> {
    let page = ports.read(id, after.as_deref()).await?;
    let last = page
        .records
        .last()
        .map(|record| record.sequence_number.clone());
    let idle = last.is_none() && !page.end;
    *after = last.or(after.take());
    shard.offer(page.records, page.end, clock.now());
    if idle {
        clock.sleep(POLL_EVERY).await;
    }
    Ok(())
}

/// Keeps trying: a batch that the mapping gave up on exists nowhere else.
async fn keep<P: Destination, C: Clock>(ports: &P, id: &str, discard: &Discard, clock: &C) {
    while let Err(error) = ports.keep(id, discard).await {
        tracing::warn!("shard {id}: a discarded batch cannot be kept: {error:#}");
        clock.sleep(LIST_EVERY).await;
    }
}

#[cfg(test)]
mod tests;
