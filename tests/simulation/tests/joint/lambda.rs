//! Lambda: sandboxes and pollers as they may behave. Pollers re-cut batches, give up on invocations that go on working, deliver
//! twice, bisect and discard.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, atomic::Ordering},
    task::{Context, Poll},
};

use event_processor::{
    error::Error,
    handler::{Handler, Response},
    rules::RuleSet,
};
use futures::{
    channel::oneshot,
    future::{Either, select},
};

use picket_shared::report::ErrorChain;

use crate::{
    faults::Fault,
    kernel::{MILLISECOND, MINUTE, SECOND},
    processor::Sandbox,
    stream::Patience,
    wire::{self, Sent},
    world::{Life, State, World},
};

/// The function's timeout, and as long as an invocation may go on that nobody waits for.
const TIMEOUT: i64 = MINUTE;
/// Most bytes of a batch's event.
const MOST_BYTES: usize = 6 << 20;
/// `MaximumBatchingWindowInSeconds`.
pub(crate) const WINDOW: i64 = 10 * SECOND;

/// How an invocation ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Ended<T> {
    Answered(T),
    /// The process died at a call.
    Killed,
    /// The process died of what it read.
    Panicked,
}

/// An invocation in its sandbox, until one of them ends.
pub(crate) struct Invocation<T> {
    work: Pin<Box<dyn Future<Output = T>>>,
    life: Arc<Life>,
}

impl<T> Invocation<T> {
    pub(crate) fn new(life: &Arc<Life>, work: impl Future<Output = T> + 'static) -> Self {
        Self {
            work: Box::pin(work),
            life: Arc::clone(life),
        }
    }
}

impl<T> Future for Invocation<T> {
    type Output = Ended<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Ended<T>> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.work.as_mut().poll(context)));
        let Ok(polled) = polled else {
            self.life.end();
            return Poll::Ready(Ended::Panicked);
        };
        if self.life.is_dead() {
            return Poll::Ready(Ended::Killed);
        }
        polled.map(Ended::Answered)
    }
}

/// The event processor's sandboxes.
#[derive(Clone)]
pub(crate) struct Fleet {
    world: World,
    core: RuleSet,
    pool: Arc<Mutex<Vec<Warm>>>,
    /// As many sandboxes take turns, also where fewer would do.
    least: usize,
}

type Warm = (Arc<Handler<Sandbox>>, Arc<Life>);
type Answer = Ended<Result<Response, Error>>;

impl Fleet {
    pub(crate) fn new(world: World, core: RuleSet, least: usize) -> Self {
        Self {
            least,
            world,
            core,
            pool: Arc::default(),
        }
    }

    /// A warm sandbox, whatever it remembers, or a new one.
    fn sandbox(&self) -> Warm {
        let mut pool = self.pool.lock().unwrap();
        let state = &mut *self.world.state();
        pool.retain(|(_, life)| !life.is_dead() && !state.dice.once_in(state.weather.taken_away));
        let idle: Vec<&Warm> = pool.iter().filter(|(_, life)| life.is_idle()).collect();
        if !idle.is_empty() && pool.len() >= self.least {
            return idle[state.dice.below(idle.len())].clone();
        }
        let life = Arc::new(Life::default());
        if state.weather.strange_rules && state.dice.once_in(3) {
            let version = [1, 3][state.dice.below(2)];
            life.set_version(version);
            state.faults.count(Fault::OtherVersion);
        }
        let ports = Sandbox {
            world: self.world.clone(),
            life: Arc::clone(&life),
        };
        let handler = Arc::new(Handler::new(self.core.clone(), ports));
        pool.push((handler, life));
        pool.last().unwrap().clone()
    }

    /// Invokes the function. `None`: the poller gave up after `patience`, and the invocation may go on.
    async fn invoke(&self, body: Vec<u8>, patience: i64) -> (Option<Answer>, Arc<Life>) {
        let (handler, life) = self.sandbox();
        let kernel = &self.world.kernel;
        life.begin(kernel.now());
        let (tell, told) = oneshot::channel();
        let end = kernel.sleep(TIMEOUT);
        let own = Arc::clone(&life);
        kernel.spawn(async move {
            let work = async move { handler.handle(&body).await };
            let ended = select(Invocation::new(&own, work), end).await;
            own.rest();
            match ended {
                Either::Left((ended, _)) => drop(tell.send(ended)),
                Either::Right(_) => own.end(),
            }
        });
        let answer = match select(told, kernel.sleep(patience)).await {
            Either::Left((answer, _)) => answer.ok(),
            Either::Right(_) => None,
        };
        (answer, life)
    }

    /// Polls a shard until it is done with.
    pub(crate) async fn poll(self, shard: usize) {
        let world = self.world.clone();
        let mut failures = 0_u32;
        loop {
            let batch = world.state().cut(shard);
            let Some(batch) = batch else {
                let window = world.state().window;
                world.pause(window).await;
                continue;
            };
            let patience = {
                let state = &mut *world.state();
                state.batches += 1;
                let gives_up = state.dice.once_in(state.weather.killed);
                if gives_up {
                    state.dice.between(MILLISECOND, 60 * MILLISECOND)
                } else {
                    TIMEOUT
                }
            };
            let (answer, life) = self.invoke(wire::event(&batch.records), patience).await;
            let now = world.now();
            if world.state().settle(&batch, answer, &life, now) {
                failures = 0;
                world.pause_between(SECOND, WINDOW).await;
            } else {
                failures += 1;
                let most = ((100 * MILLISECOND) << failures.min(8)).min(20 * SECOND);
                world.pause_between(MILLISECOND, most).await;
            }
        }
    }
}

/// Records of a shard, as they are delivered.
struct Batch {
    shard: usize,
    mapping: u32,
    begin: usize,
    end: usize,
    records: Vec<Sent>,
}

impl State {
    /// The next batch of a shard, if there is one.
    fn cut(&mut self, number: usize) -> Option<Batch> {
        if !self.stream.is_begun(number) {
            return None;
        }
        self.stop_where_it_fails();
        let cuts = self.dice.once_in(self.weather.recut);
        let shard = &mut self.stream.shards[number];
        let begin = shard.cursor;
        let open = shard.log.len() - begin;
        if open == 0 {
            return None;
        }
        let mut width = open.min(shard.width.max(1));
        if cuts {
            width = 1 + self.dice.below(width);
        }
        let mut bytes = 0;
        let fits = |sent: &Sent| {
            bytes += sent.payload.len().div_ceil(3) * 4 + 500;
            bytes <= MOST_BYTES
        };
        let log = shard.log[begin..begin + width].iter();
        let records: Vec<Sent> = log.map(|entry| entry.sent.clone()).collect();
        let taken = records.iter().map(fits).take_while(|fits| *fits).count();
        let records = records[..taken.max(1)].to_vec();
        let end = begin + records.len();
        if shard.failed_at.is_some_and(|before| before != end) {
            self.faults.count(Fault::Recut);
        }
        Some(Batch {
            shard: number,
            mapping: shard.mapping,
            begin,
            end,
            records,
        })
    }

    /// Ends the run at the first thing that must not be: what is retried for ever would not end.
    fn stop_where_it_fails(&self) {
        let found = self.violations.join("\n");
        assert!(found.is_empty(), "seed {}:\n{found}", self.seed);
        let records: usize = self.stream.shards.iter().map(|shard| shard.log.len()).sum();
        let most = 1_000 + 30 * records as u64;
        assert!(self.puts < most, "{} puts for {records} records", self.puts);
    }

    /// Takes the answer in; whether it was success.
    fn settle(&mut self, batch: &Batch, answer: Option<Answer>, life: &Life, now: i64) -> bool {
        let has_committed = life.commits.load(Ordering::Relaxed) > 0;
        let fault = match &answer {
            Some(Ended::Answered(_)) => None,
            Some(Ended::Killed) if has_committed => Some(Fault::KilledAfterCommit),
            Some(Ended::Killed) => Some(Fault::KilledBeforeCommit),
            Some(Ended::Panicked) => Some(Fault::KilledByPoison),
            None if has_committed => Some(Fault::TimedOutAfterCommit),
            None => Some(Fault::TimedOutBeforeCommit),
        };
        if let Some(fault) = fault {
            self.faults.count(fault);
        }
        if self.stream.shards[batch.shard].mapping != batch.mapping {
            return false;
        }
        let redelivers = self.dice.once_in(self.weather.redelivered);
        let shard = &mut self.stream.shards[batch.shard];
        match answer {
            Some(Ended::Answered(Ok(response))) => {
                let Some(failure) = response.batch_item_failures.first() else {
                    if redelivers {
                        self.faults.count(Fault::Redelivered);
                        return false;
                    }
                    shard.go_on_from(batch.end);
                    return true;
                };
                let is_it =
                    |at: &usize| shard.log[*at].sent.sequence_number == failure.item_identifier;
                let place = (batch.begin..batch.end).find(is_it);
                let place = place.expect("a failure inside the batch");
                if place > batch.begin {
                    shard.go_on_from(place);
                    self.faults.count(Fault::PartialFailure);
                }
            }
            Some(Ended::Answered(Err(error))) => {
                let name = shard.name.clone();
                let mut said = self.violations.iter();
                if !said.any(|what| what.starts_with(&name)) {
                    let error = ErrorChain(&error);
                    self.violate(format!("{name}: the function failed for good: {error}"));
                }
            }
            Some(Ended::Killed | Ended::Panicked) | None => {}
        }
        self.fail(batch.shard, batch.end, now);
        false
    }

    /// Retried from the cursor with half the records, and one more attempt where there is no half; given up when patience ends.
    fn fail(&mut self, number: usize, end: usize, now: i64) {
        let shard = &mut self.stream.shards[number];
        shard.failed_at = Some(end);
        let width = end - shard.cursor;
        shard.width = width.div_ceil(2);
        let age = shard.age(now);
        let given_up = match shard.patience {
            Patience::Attempts(most) if width == 1 => {
                shard.failed += 1;
                (shard.failed > most).then_some(Fault::DiscardedByAttempts)
            }
            Patience::Age(oldest) => (age > oldest).then_some(Fault::DiscardedByAge),
            _ => None,
        };
        if width > 1 {
            self.faults.count(Fault::Bisected);
        }
        if let Some(fault) = given_up {
            self.faults.add(fault, width);
            for entry in &mut shard.log[shard.cursor..end] {
                entry.discarded = true;
            }
            shard.go_on_from(end);
        }
    }
}
