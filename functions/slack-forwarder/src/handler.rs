//! The handler: an event becomes messages, deliveries and a response.

mod audit;
mod bundles;
mod confirmation;
mod digest;
mod fallback;
mod health;
mod pages;
mod read;
mod redelivery;
mod send;
mod silences;
mod usage;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use picket_aws::overrides::{CachedOverrides, Override};
use picket_rules::{
    overrides,
    routes::{self, Routes},
};
use picket_shared::{clock::Clock, deadline::Deadline};
use serde::Serialize;

use confirmation::OkAlarms;

use crate::{
    config::Config,
    decode::envelope::{self, Input, Unrecognised},
    deferred::bundle::{Opened, Storms},
    delivery::{Delivery, Invocation, PendingChart, SendError, pace::Pace, secrets::Secrets},
    error::{Error, Failure},
    ports::Ports,
};

/// The function's state between invocations.
pub struct Handler<P, C> {
    config: Config,
    routes: CachedOverrides<Override<Routes>>,
    delivery: Delivery<P, C>,
    known_silences: silences::Known,
}

/// The results of an invocation so far, shared by the deliveries that run side by side.
struct InvocationState<'a> {
    invocation: Invocation<'a>,
    ok_alarms: &'a OkAlarms<'a>,
    failures: Mutex<Vec<Failure>>,
    pending: Mutex<Vec<PendingChart>>,
    /// Whether another invocation is sending any of it.
    is_elsewhere: AtomicBool,
}

/// Messages, or bundles, that are delivered side by side. Each waits for its sinks most of the time; Slack takes one a
/// second to a channel, so that more of them would only wait longer.
const SIDE_BY_SIDE: usize = 8;

/// The response to Lambda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// An event was delivered.
    Delivered,
    /// Which messages of the failure queue stay in it.
    Batch {
        /// These.
        #[serde(rename = "batchItemFailures")]
        failures: Vec<BatchItemFailure>,
    },
}

/// A message of the failure queue that stays in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BatchItemFailure {
    /// SQS's id of it.
    #[serde(rename = "itemIdentifier")]
    pub receipt: String,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// The function.
    pub fn new(config: Config, routes: &Routes, ports: P, clock: C) -> Self {
        let delivery = Delivery {
            ports,
            secrets: Secrets::new(config.parameters.clone()),
            endpoints: config.endpoints.clone(),
            account: config.account().map(str::to_owned),
            clock,
            pace: Pace::default(),
            storms: Storms::default(),
            opened: Opened::default(),
        };
        Self {
            config,
            routes: CachedOverrides::new(Override::new(
                overrides::ROUTES,
                routes.clone(),
                |_, file, text| routes::parse(file, text),
            )),
            delivery,
            known_silences: silences::Known::default(),
        }
    }

    /// The routes in force.
    fn routes(&self) -> Arc<Routes> {
        self.routes.get().in_force()
    }

    /// Posts every message of an event. What could not be posted is the error, or, for the failure queue, what stays in
    /// it. `request` is Lambda's id of the invocation, which a retry shares.
    pub async fn handle(
        &self,
        event: &[u8],
        deadline: Deadline,
        request: &str,
    ) -> Result<Response, Error> {
        let now = self.delivery.clock.now();
        self.routes.refresh(&self.delivery.ports, now).await;
        let input = envelope::read(event).unwrap_or_else(Unrecognised::into_generic);
        let ok_alarms = OkAlarms::new(&input, self.config.home());
        let run = InvocationState::new(Invocation { request, deadline }, &ok_alarms);
        let response = match &input {
            Input::Event(messages) => {
                // On the heap: what runs side by side is large.
                Box::pin(self.send_all(messages, request, &run)).await;
                let failures = run.take_failures();
                if failures.is_empty() {
                    Ok(Response::Delivered)
                } else {
                    let queue = &self.config.failure_queue;
                    Err(Error::new(failures, messages.len(), queue))
                }
            }
            Input::Redelivery(failed_records) => {
                Ok(Box::pin(self.redeliver_all(failed_records, &run)).await)
            }
        };
        // Charts come last: every message arrives without them.
        for chart in run.take_charts() {
            Box::pin(self.delivery.show_chart(chart, run.invocation)).await;
        }
        response
    }
}

impl<'a> InvocationState<'a> {
    fn new(invocation: Invocation<'a>, ok_alarms: &'a OkAlarms<'a>) -> Self {
        Self {
            invocation,
            ok_alarms,
            failures: Mutex::default(),
            pending: Mutex::default(),
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

    fn add_charts(&self, charts: impl IntoIterator<Item = PendingChart>) {
        unpoisoned(&self.pending).extend(charts);
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

    fn take_charts(&self) -> Vec<PendingChart> {
        std::mem::take(&mut unpoisoned(&self.pending))
    }
}

/// A list is whole after each push, so that poison says nothing of it.
fn unpoisoned<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
