//! Lambda's pollers as they may behave: they re-cut batches, give up on invocations that go on working, deliver twice, bisect and discard.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use event_processor::{
    core::Core,
    error::Error,
    handler::{Handler, Response},
};
use picket_shared::{chain::ChainId, position::Position};

use crate::{
    dice::Dice,
    faults::Fault,
    operator, oracle,
    sandbox::Sandbox,
    shards::{Entry, Patience, Shard},
    support::{self, Sent},
    world::World,
};

type Invocation = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send>>;

struct Task {
    attempt: u64,
    shard: usize,
    /// The chain's mark when it began.
    mark: Position,
    begin: usize,
    end: usize,
    sandbox: u64,
    invocation: Invocation,
}

/// One poller a shard, over one pool of sandboxes.
pub(crate) struct Lambda {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) shards: Vec<Shard>,
    pub(crate) attempts: u64,
    core: Core,
    dice: Dice,
    steps: u64,
    tasks: Vec<Task>,
    sandboxes: BTreeMap<u64, Arc<Handler<Sandbox>>>,
    /// A person acts once in so many turns: a dozen times a run.
    seldom: usize,
    /// Whether anything but success may happen.
    pub(crate) rough: bool,
}

impl Lambda {
    pub(crate) fn new(core: Core, world: World, shards: Vec<Shard>, seed: u64) -> Self {
        let records: usize = shards.iter().map(|shard| shard.log.len()).sum();
        let seldom = (records / 18).max(1);
        Self {
            world: Arc::new(Mutex::new(world)),
            shards,
            attempts: 0,
            core,
            dice: Dice(seed),
            steps: 0,
            tasks: Vec::new(),
            sandboxes: BTreeMap::new(),
            seldom,
            rough: true,
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn count(&self, fault: Fault) {
        self.world().faults.count(fault);
    }

    /// Works until every record is done with and no invocation is left, zombies included.
    pub(crate) fn run(&mut self) {
        // One mapping in the middle of the traffic is deleted and made again.
        let half: u64 = self.shards.iter().map(|shard| shard.log.len() as u64).sum();
        let mut made_again = !self.rough;
        loop {
            self.start_attempts();
            if self.tasks.is_empty() {
                while self.world().land_one() {}
                return;
            }
            self.steps += 1;
            if !made_again && self.attempts > half / 8 {
                made_again = true;
                self.make_mapping_again();
            }
            let chosen = self.dice.below(self.tasks.len());
            match self.dice.below(40) {
                0 if self.rough => self.kill(chosen),
                1 if self.rough => self.time_out(chosen),
                2 => drop(self.world().land_one()),
                3 if self.rough && self.dice.once_in(self.seldom) => self.put_back(),
                _ => self.poll(chosen),
            }
        }
    }

    /// A person puts back what waits, in the midst of it.
    fn put_back(&mut self) {
        let mut dice = Dice(self.attempts);
        operator::put_back(self, &mut dice);
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

    /// The pollers forget where they were; what runs goes on.
    fn make_mapping_again(&mut self) {
        self.count(Fault::MappingMadeAgain);
        for shard in &mut self.shards {
            shard.attempt = None;
            shard.go_on_from(0);
        }
    }

    fn start_attempts(&mut self) {
        for number in 0..self.shards.len() {
            let shard = &self.shards[number];
            let is_parent_open = |parent: &usize| !self.shards[*parent].is_done();
            if shard.attempt.is_none()
                && !shard.is_done()
                && !shard.parents.iter().any(is_parent_open)
            {
                self.start(number);
            }
        }
    }

    fn start(&mut self, number: usize) {
        self.attempts += 1;
        let (attempt, sandbox) = (self.attempts, self.sandbox());
        let shard = &mut self.shards[number];
        if shard.cursor == 0 && shard.log[0].offered_at.is_none() {
            let mut world = self.world.lock().unwrap();
            match shard.parents.len() {
                0 => {}
                1 => world.faults.count(Fault::Split),
                _ => world.faults.count(Fault::Merged),
            }
        }
        let begin = shard.cursor;
        let end = (begin + 1 + self.dice.below(shard.width.max(1))).min(shard.log.len());
        if shard.failed_at.is_some_and(|before| before != end) {
            self.world.lock().unwrap().faults.count(Fault::Recut);
        }
        let batch = &mut shard.log[begin..end];
        for entry in &mut *batch {
            entry.offered_at.get_or_insert(self.steps);
        }
        let records: Vec<Sent> = batch.iter().map(|entry| entry.sent.clone()).collect();
        shard.attempt = Some(attempt);
        let mark = self.mark(number);
        let handler = Arc::clone(&self.sandboxes[&sandbox]);
        let body = support::event(&records);
        self.tasks.push(Task {
            attempt,
            shard: number,
            mark,
            begin,
            end,
            sandbox,
            invocation: Box::pin(async move { handler.handle(&body).await }),
        });
    }

    fn mark(&self, shard: usize) -> Position {
        self.world().newest_mark(&oracle::chain(shard))
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
            self.count(Fault::KilledByPoison);
            return self.end(chosen);
        };
        if let Poll::Ready(answer) = polled {
            let task = self.tasks.swap_remove(chosen);
            if self.shards[task.shard].attempt == Some(task.attempt) {
                self.answered(&task, answer);
            }
        }
    }

    fn answered(&mut self, task: &Task, answer: Result<Response, Error>) {
        let response = answer.unwrap_or_else(|error| panic!("{error}"));
        let shard = &mut self.shards[task.shard];
        shard.attempt = None;
        let Some(failure) = response.batch_item_failures.first() else {
            if self.rough && self.dice.once_in(30) {
                return self.count(Fault::Redelivered);
            }
            return shard.go_on_from(task.end);
        };
        let is_it = |at: &usize| shard.log[*at].sent.sequence_number == failure.item_identifier;
        let place = (task.begin..task.end)
            .find(is_it)
            .expect("a failure inside the batch");
        if place > task.begin {
            shard.go_on_from(place);
            self.count(Fault::PartialFailure);
        }
        self.fail(task.shard, task.end);
    }

    /// The process dies where it stands; what it had sent is sent.
    fn kill(&mut self, chosen: usize) {
        let [before, after] = [Fault::KilledBeforeCommit, Fault::KilledAfterCommit];
        let fault = if self.has_committed(chosen) {
            after
        } else {
            before
        };
        self.count(fault);
        self.end(chosen);
    }

    fn end(&mut self, chosen: usize) {
        let task = self.tasks.swap_remove(chosen);
        self.sandboxes.remove(&task.sandbox);
        if self.shards[task.shard].attempt == Some(task.attempt) {
            self.fail(task.shard, task.end);
        }
    }

    /// The poller gives up; the invocation lives on as a zombie.
    fn time_out(&mut self, chosen: usize) {
        let (attempt, shard, end) = {
            let task = &self.tasks[chosen];
            (task.attempt, task.shard, task.end)
        };
        if self.shards[shard].attempt == Some(attempt) {
            let [before, after] = [Fault::TimedOutBeforeCommit, Fault::TimedOutAfterCommit];
            let fault = if self.has_committed(chosen) {
                after
            } else {
                before
            };
            self.count(fault);
            self.fail(shard, end);
        }
    }

    fn has_committed(&self, chosen: usize) -> bool {
        let task = &self.tasks[chosen];
        self.mark(task.shard) != task.mark
    }

    /// Retried from the cursor with half the records, and one more attempt where there is no half; given up when patience ends.
    fn fail(&mut self, number: usize, end: usize) {
        let shard = &mut self.shards[number];
        shard.attempt = None;
        shard.failed_at = Some(end);
        let width = end - shard.cursor;
        shard.width = width.div_ceil(2);
        let offered_at = shard.log[shard.cursor].offered_at.unwrap_or(self.steps);
        let given_up = match shard.patience {
            Patience::Attempts(most) if width == 1 => {
                shard.failed += 1;
                (shard.failed > most).then_some(Fault::DiscardedByAttempts)
            }
            Patience::Age(oldest) => {
                (self.steps - offered_at > oldest).then_some(Fault::DiscardedByAge)
            }
            _ => None,
        };
        let mut world = self.world.lock().unwrap();
        if width > 1 {
            world.faults.count(Fault::Bisected);
        }
        if let Some(fault) = given_up.filter(|_| self.rough) {
            world.faults.add(fault, width);
            for entry in &mut shard.log[shard.cursor..end] {
                entry.discarded = true;
            }
            shard.go_on_from(end);
        }
    }
}
