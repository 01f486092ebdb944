//! The schedule that makes the publisher tick once a minute.

use std::sync::{Arc, Mutex};

use futures::future::{Either, select};
use metrics_publisher::{
    config::{Authorization, Config, Receiver},
    handler::Handler,
};
use picket_shared::deadline::Deadline;

use crate::{
    events::STACK,
    faults::Fault,
    kernel::{MILLISECOND, MINUTE, SECOND},
    lambda::{Ended, Invocation},
    publisher::Publisher,
    rules::ENVIRONMENT,
    world::World,
};

/// What the schedule sends.
pub(crate) const TICK: &[u8] = br#"{"picket":{"kind":"tick","version":1}}"#;
/// A tick that leaves what is more than some minutes' slices to the next one.
pub(crate) const SMALL_TICK: &[u8] = br#"{"picket":{"kind":"tick","version":1},"most_slices":20}"#;
/// The function's timeout.
const TIMEOUT: i64 = 50 * SECOND;

fn config() -> Config {
    Config {
        environment: ENVIRONMENT.into(),
        stack: STACK.into(),
        chain_table: "chain".into(),
        ledger_table: "ledger".into(),
        stream: "events".into(),
        quarantine_bucket: "quarantine".into(),
        warning_topic: "arn:aws:sns:eu-west-1:111122223333:warning".into(),
        settle: std::time::Duration::from_mins(1),
        maximum_series: 10_000,
        maximum_ledger_rows: 100_000,
        override_bucket: None,
        prometheus: Some(Receiver {
            endpoint: "http://127.0.0.1/".parse().unwrap(),
            authorization: Authorization::None,
        }),
    }
}

type Warm = (Arc<Handler<Publisher, Publisher>>, Publisher);

/// The publisher's sandboxes, and when they are invoked.
#[derive(Clone)]
pub(crate) struct Schedule {
    world: World,
    pool: Arc<Mutex<Vec<Warm>>>,
    /// Between two ticks, in microseconds: longer where nothing happens for days.
    pub(crate) every: Arc<Mutex<i64>>,
    event: &'static [u8],
}

impl Schedule {
    pub(crate) fn new(world: World, event: &'static [u8]) -> Self {
        Self {
            world,
            event,
            pool: Arc::default(),
            every: Arc::new(Mutex::new(MINUTE)),
        }
    }

    pub(crate) async fn run(self) {
        loop {
            let every = *self.every.lock().unwrap();
            let now = self.world.now();
            self.world.pause(every - now.rem_euclid(every)).await;
            let (misses, twice) = {
                let state = &mut *self.world.state();
                let misses = state.dice.once_in(state.weather.tick_missed);
                (misses, state.dice.once_in(state.weather.tick_twice))
            };
            if misses {
                self.world.state().faults.count(Fault::TickMissed);
                continue;
            }
            self.world.kernel.spawn(self.clone().tick());
            if twice {
                self.world.state().faults.count(Fault::TickTwice);
                self.world.kernel.spawn(self.clone().tick());
            }
        }
    }

    fn sandbox(&self) -> Warm {
        let mut pool = self.pool.lock().unwrap();
        let state = &mut *self.world.state();
        pool.retain(|(_, ports)| {
            !ports.life.is_dead() && !state.dice.once_in(state.weather.taken_away)
        });
        let idle: Vec<&Warm> = pool.iter().filter(|(_, it)| it.life.is_idle()).collect();
        if !idle.is_empty() {
            return idle[state.dice.below(idle.len())].clone();
        }
        let ports = Publisher::new(self.world.clone());
        let handler = Handler::new(config(), ports.clone(), ports.clone());
        pool.push((Arc::new(handler), ports));
        pool.last().unwrap().clone()
    }

    async fn tick(self) {
        let (handler, ports) = self.sandbox();
        let now = self.world.now();
        ports.life.begin(now);
        self.world.state().ticks += 1;
        let end = (now + TIMEOUT) / MILLISECOND;
        let deadline = Deadline::from_context(end.cast_unsigned());
        let event = self.event;
        let work = async move { handler.handle(event, deadline).await };
        let invocation = Invocation::new(&ports.life, work);
        let ended = select(invocation, self.world.kernel.sleep(TIMEOUT)).await;
        ports.life.rest();
        let is_success = matches!(&ended, Either::Left((Ended::Answered(Ok(_)), _)));
        let fault = match &ended {
            Either::Left((Ended::Answered(_), _)) => None,
            Either::Left((Ended::Killed | Ended::Panicked, _)) => Some(Fault::PublisherKilled),
            Either::Right(_) => Some(Fault::PublisherTimedOut),
        };
        if let Either::Left((Ended::Panicked, _)) = ended {
            self.world.state().violate("the publisher panicked".into());
        }
        if let Some(fault) = fault {
            ports.life.end();
            self.world.state().faults.count(fault);
        }
        ports.settle(fault.is_some(), is_success);
    }
}
