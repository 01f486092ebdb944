//! Event → messages → posts → response.

mod bundles;
mod digest;
mod fallback;
mod pages;
mod redelivery;
mod send;
mod silences;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use picket_aws::overrides::{Held, Override};
use picket_rules::{
    overrides,
    routes::{self, Routes},
};
use picket_shared::{clock::Clock, deadline::Deadline};
use serde::Serialize;

use crate::{
    config::Config,
    decode::envelope::{self, Input, Unrecognised},
    deferred::bundle::{Opened, Storms},
    delivery::{Courier, Invocation, SendError, Undrawn, pace::Pace, secrets::Secrets},
    error::{Error, Failure},
    ports::Ports,
};

/// The function, on its ports.
pub struct Handler<P, C> {
    config: Config,
    routes: Held<Override<Routes>>,
    courier: Courier<P, C>,
    known_silences: silences::Known,
}

/// What an invocation has come to so far, shared by the deliveries that run side by side.
struct Run<'a> {
    invocation: Invocation<'a>,
    failures: Mutex<Vec<Failure>>,
    undrawn: Mutex<Vec<Undrawn>>,
    /// Whether another invocation is sending any of it.
    is_elsewhere: AtomicBool,
}

/// Messages, or bundles, that are delivered side by side. Each waits for its sinks most of the time; Slack takes one a second to a
/// channel, so that more of them would only wait longer.
const SIDE_BY_SIDE: usize = 8;

/// What Lambda is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// An event was delivered.
    Delivered,
    /// Which messages of the failure queue stay in it.
    Batch {
        /// These.
        #[serde(rename = "batchItemFailures")]
        failures: Vec<Item>,
    },
}

/// A message of the failure queue that stays in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// SQS's id of it.
    #[serde(rename = "itemIdentifier")]
    pub receipt: String,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// The function.
    pub fn new(config: Config, routes: &Routes, ports: P, clock: C) -> Self {
        let courier = Courier {
            ports,
            secrets: Secrets::new(config.parameters.clone()),
            places: config.places.clone(),
            account: config.account().map(str::to_owned),
            clock,
            pace: Pace::default(),
            storms: Storms::default(),
            opened: Opened::default(),
        };
        Self {
            config,
            routes: Held::new(Override::new(
                overrides::ROUTES,
                routes.clone(),
                |_, file, text| routes::parse(file, text),
            )),
            courier,
            known_silences: silences::Known::default(),
        }
    }

    /// The routes in force.
    fn routes(&self) -> Arc<Routes> {
        self.routes.get().in_force()
    }

    /// Posts every message of an event. What could not be posted is the error, or, for the failure queue, what stays in it.
    /// `request` is Lambda's id of the invocation, which a retry shares.
    pub async fn handle(
        &self,
        event: &[u8],
        deadline: Deadline,
        request: &str,
    ) -> Result<Response, Error> {
        let now = self.courier.clock.now();
        self.routes.refresh(&self.courier.ports, now).await;
        let run = Run::new(Invocation { request, deadline });
        let response = match envelope::read(event).unwrap_or_else(Unrecognised::into_generic) {
            Input::Event(messages) => {
                // On the heap: what runs side by side is large.
                Box::pin(self.send_all(&messages, request, &run)).await;
                let failures = run.take_failures();
                if failures.is_empty() {
                    Ok(Response::Delivered)
                } else {
                    let queue = &self.config.failure_queue;
                    Err(Error::new(failures, messages.len(), queue))
                }
            }
            Input::Redelivery(parcels) => Ok(Box::pin(self.redeliver_all(parcels, &run)).await),
        };
        // What is only nice to have comes after all that matters.
        for picture in run.take_undrawn() {
            Box::pin(self.courier.draw(picture, run.invocation)).await;
        }
        response
    }
}

impl<'a> Run<'a> {
    fn new(invocation: Invocation<'a>) -> Self {
        Self {
            invocation,
            failures: Mutex::default(),
            undrawn: Mutex::default(),
            is_elsewhere: AtomicBool::default(),
        }
    }

    fn fail(&self, id: &str, error: SendError) {
        unpoisoned(&self.failures).push(Failure {
            message: id.to_owned(),
            error,
        });
    }

    fn fail_all(&self, failures: Vec<Failure>) {
        unpoisoned(&self.failures).extend(failures);
    }

    fn draw_later(&self, pictures: impl IntoIterator<Item = Undrawn>) {
        unpoisoned(&self.undrawn).extend(pictures);
    }

    fn leave_elsewhere(&self) {
        self.is_elsewhere.store(true, Ordering::Relaxed);
    }

    /// Whether everything was sent, as far as this invocation knows.
    fn is_done(&self) -> bool {
        unpoisoned(&self.failures).is_empty() && !self.is_elsewhere.load(Ordering::Relaxed)
    }

    fn take_failures(&self) -> Vec<Failure> {
        std::mem::take(&mut unpoisoned(&self.failures))
    }

    fn take_undrawn(&self) -> Vec<Undrawn> {
        std::mem::take(&mut unpoisoned(&self.undrawn))
    }
}

/// A list is whole after each push, so that poison says nothing of it.
fn unpoisoned<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
