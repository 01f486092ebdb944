//! Lambda: sandboxes and pollers as they may behave. Pollers re-cut batches, give up on invocations that go on working,
//! deliver twice, bisect and discard.

mod batch;
mod invocation;

use std::sync::{Arc, Mutex};

use event_processor::{
    error::Error,
    handler::{Handler, Response},
    rules::RuleSet,
};
use futures::{
    channel::oneshot,
    future::{Either, select},
};

pub(crate) use invocation::{Ended, Invocation};

use crate::{
    faults::Fault,
    kernel::{MILLISECOND, MINUTE, SECOND},
    processor::Sandbox,
    wire,
    world::{Life, World},
};

/// The function's timeout, and as long as an invocation may go on that nobody waits for.
const TIMEOUT: i64 = MINUTE;
/// `MaximumBatchingWindowInSeconds`.
pub(crate) const WINDOW: i64 = 10 * SECOND;

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
        let (sender, receiver) = oneshot::channel();
        let end = kernel.sleep(TIMEOUT);
        let own = Arc::clone(&life);
        kernel.spawn(async move {
            let work = async move { handler.handle(&body).await };
            let ended = select(Invocation::new(&own, work), end).await;
            own.rest();
            match ended {
                Either::Left((ended, _)) => drop(sender.send(ended)),
                Either::Right(_) => own.end(),
            }
        });
        let answer = match select(receiver, kernel.sleep(patience)).await {
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
