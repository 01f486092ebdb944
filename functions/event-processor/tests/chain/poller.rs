//! Lambda's poller as it may behave: it re-cuts batches, gives up on invocations that go on working, bisects and discards.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use event_processor::{
    core::Core,
    error::Error,
    handler::{Handler, Response},
};

use picket_shared::{chain::ChainId, position::Position};

use crate::{
    operator,
    oracle::Kind,
    support::{self, Sent},
    world::{Dice, Sandbox, World},
};

/// A record in its shard.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) sent: Sent,
    /// What its events are: one, or several in a producer library's aggregate.
    pub(crate) kinds: Vec<Kind>,
    /// Given up by the poller. Whether the chain has it all the same decides whether it is put back.
    pub(crate) discarded: bool,
}

/// A shard and the poller's place in it.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    pub(crate) log: Vec<Entry>,
    /// The first record that is not done with.
    cursor: usize,
    /// The attempt that the poller waits for.
    attempt: Option<u64>,
    /// Most records of the next batch: halved when an attempt fails.
    width: usize,
}

type Invocation = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;

struct Task {
    attempt: u64,
    shard: usize,
    end: usize,
    sandbox: u64,
    invocation: Invocation,
}

/// One shard's poller each, over one pool of sandboxes.
pub(crate) struct Lambda {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) shards: Vec<Shard>,
    pub(crate) attempts: u64,
    pub(crate) kills: u64,
    /// Processes that died of a record.
    pub(crate) poisoned: u64,
    pub(crate) zombies: u64,
    core: Core,
    dice: Dice,
    tasks: Vec<Task>,
    sandboxes: BTreeMap<u64, Arc<Handler<Sandbox>>>,
    /// A person acts once in so many turns: a dozen times a run.
    seldom: usize,
    /// Records that a person has put back.
    pub(crate) put_back: usize,
    /// Whether anything but success may happen.
    pub(crate) rough: bool,
}

const WIDEST: usize = 12;

impl Lambda {
    pub(crate) fn new(core: Core, world: World, shards: Vec<Shard>, seed: u64) -> Self {
        let records: usize = shards.iter().map(|shard| shard.log.len()).sum();
        let seldom = (records / 18).max(1);
        Self {
            world: Arc::new(Mutex::new(world)),
            shards,
            attempts: 0,
            kills: 0,
            poisoned: 0,
            zombies: 0,
            core,
            dice: Dice(seed),
            tasks: Vec::new(),
            sandboxes: BTreeMap::new(),
            seldom,
            put_back: 0,
            rough: true,
        }
    }

    /// Works until every record is done with and no invocation is left, zombies included.
    pub(crate) fn run(&mut self) {
        loop {
            self.start_attempts();
            if self.tasks.is_empty() {
                while self.world.lock().unwrap().land_one() {}
                return;
            }
            let chosen = self.dice.below(self.tasks.len());
            match self.dice.below(40) {
                0 if self.rough => self.kill(chosen),
                1 if self.rough => self.time_out(chosen),
                2 => drop(self.world.lock().unwrap().land_one()),
                3 if self.rough && self.dice.once_in(self.seldom) => self.put_back(),
                _ => self.poll(chosen),
            }
        }
    }

    /// A person puts back what waits, in the midst of it.
    fn put_back(&mut self) {
        let mut dice = Dice(self.attempts);
        self.put_back += operator::put_back(self, &mut dice);
    }

    /// The record at a position.
    pub(crate) fn entry(&self, chain: &ChainId, position: &Position) -> &Entry {
        let of_the_shard = |shard: &&Shard| shard.log[0].sent.shard == chain.shard();
        let log = &self.shards.iter().find(of_the_shard).unwrap().log;
        let number = |text: &str| text.parse::<u64>().unwrap();
        let wanted = number(position.sequence_number().unwrap());
        let place = log.binary_search_by_key(&wanted, |entry| number(&entry.sent.sequence_number));
        &log[place.unwrap()]
    }

    fn start_attempts(&mut self) {
        for shard in 0..self.shards.len() {
            let Shard {
                log,
                cursor,
                attempt,
                width,
            } = &self.shards[shard];
            if attempt.is_some() || *cursor == log.len() {
                continue;
            }
            let most = (*width).clamp(1, WIDEST);
            let end = (cursor + 1 + self.dice.below(most)).min(log.len());
            let records: Vec<Sent> = log[*cursor..end]
                .iter()
                .map(|entry| entry.sent.clone())
                .collect();
            self.attempts += 1;
            let sandbox = self.sandbox();
            let handler = Arc::clone(&self.sandboxes[&sandbox]);
            let body = support::event(&records);
            let invocation: Invocation = Box::pin(async move { handler.handle(&body).await });
            let attempt = self.attempts;
            self.shards[shard].attempt = Some(attempt);
            self.tasks.push(Task {
                attempt,
                shard,
                end,
                sandbox,
                invocation,
            });
        }
    }

    /// A warm sandbox, whatever it remembers, or a new one.
    fn sandbox(&mut self) -> u64 {
        if !self.sandboxes.is_empty() && !self.dice.once_in(3) {
            let place = self.dice.below(self.sandboxes.len());
            return *self.sandboxes.keys().nth(place).unwrap();
        }
        let handler = Handler::new(self.core.clone(), Sandbox(Arc::clone(&self.world)));
        self.sandboxes.insert(self.attempts, Arc::new(handler));
        self.attempts
    }

    fn poll(&mut self, chosen: usize) {
        let mut context = Context::from_waker(Waker::noop());
        let invocation = self.tasks[chosen].invocation.as_mut();
        let Ok(polled) = catch_unwind(AssertUnwindSafe(|| invocation.poll(&mut context))) else {
            self.poisoned += 1;
            return self.kill(chosen);
        };
        let Poll::Ready(answer) = polled else {
            return;
        };
        let task = self.tasks.swap_remove(chosen);
        let shard = &mut self.shards[task.shard];
        if shard.attempt != Some(task.attempt) {
            return;
        }
        shard.attempt = None;
        let failed = match answer {
            Ok(response) => response
                .batch_item_failures
                .first()
                .map(|failure| failure.item_identifier.clone()),
            Err(error) => panic!("{error}"),
        };
        match failed {
            None => {
                shard.cursor = task.end;
                shard.width = WIDEST;
            }
            Some(sequence_number) => {
                let place = shard
                    .log
                    .iter()
                    .position(|entry| entry.sent.sequence_number == sequence_number)
                    .unwrap();
                assert!(
                    (shard.cursor..task.end).contains(&place),
                    "a failure outside the batch"
                );
                shard.cursor = place;
                self.fail(task.shard, task.end);
            }
        }
    }

    /// The process dies where it stands; what it had sent is sent.
    fn kill(&mut self, chosen: usize) {
        let task = self.tasks.swap_remove(chosen);
        self.kills += 1;
        self.sandboxes.remove(&task.sandbox);
        if self.shards[task.shard].attempt == Some(task.attempt) {
            self.fail(task.shard, task.end);
        }
    }

    /// The poller gives up; the invocation lives on as a zombie.
    fn time_out(&mut self, chosen: usize) {
        let Task {
            attempt,
            shard,
            end,
            ..
        } = self.tasks[chosen];
        if self.shards[shard].attempt == Some(attempt) {
            self.zombies += 1;
            self.fail(shard, end);
        }
    }

    /// Retried from the cursor, bisected; now and then discarded.
    fn fail(&mut self, shard: usize, end: usize) {
        let discard = self.rough && self.dice.once_in(15);
        let shard = &mut self.shards[shard];
        shard.attempt = None;
        shard.width = (end - shard.cursor).div_ceil(2);
        if discard {
            for entry in &mut shard.log[shard.cursor..end] {
                entry.discarded = true;
            }
            shard.cursor = end;
            shard.width = WIDEST;
        }
    }
}
