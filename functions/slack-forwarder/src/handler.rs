//! Event → messages → posts → response.

mod bundles;
mod digest;
mod redelivery;
mod send;
mod silences;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use picket_aws::overrides::Override;
use picket_rules::{
    overrides,
    routes::{self, Routes},
};
use picket_shared::{clock::Clock, deadline::Deadline};
use serde::Serialize;

use crate::{
    bundle::{Opened, Storms},
    config::Config,
    courier::{Courier, Invocation, Undrawn},
    envelope::{self, Input, Unrecognised},
    error::{Error, Failure},
    pace::Pace,
    ports::{
        PostMessage, PublishEmail, PublishFallback, ReadOverrides, ReadParameter, RenderChart,
        Table,
    },
    secrets::Secrets,
};

/// The function, on its ports.
pub struct Handler<P, S, F, T, G, C> {
    config: Config,
    routes: Mutex<Override<Routes>>,
    courier: Courier<P, S, F, T, G, C>,
    known_silences: silences::Known,
}

/// What the handler works through.
#[derive(Debug, Clone)]
pub struct Ports<P, S, F, T, G> {
    /// The secrets.
    pub parameters: P,
    /// Slack and PagerDuty.
    pub slack: S,
    /// The fallback topic, and those for e-mail.
    pub topics: F,
    /// The Alerts table.
    pub table: T,
    /// CloudWatch, as far as it draws.
    pub charts: G,
}

/// What an invocation has come to so far.
struct Run<'a> {
    invocation: Invocation<'a>,
    failures: Vec<Failure>,
    undrawn: Vec<Undrawn>,
}

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

impl<P, S, F, T, G, C> Handler<P, S, F, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishEmail + PublishFallback + Send + Sync,
    T: Table,
    G: RenderChart + Send + Sync,
    C: Clock,
{
    /// The function.
    pub fn new(config: Config, routes: &Routes, ports: Ports<P, S, F, T, G>, clock: C) -> Self {
        let Ports {
            parameters,
            slack,
            topics,
            table,
            charts,
        } = ports;
        let courier = Courier {
            secrets: Secrets::new(parameters, config.parameters.clone()),
            places: config.places.clone(),
            slack,
            topics,
            table,
            charts,
            account: config.account().map(str::to_owned),
            clock,
            pace: Pace::default(),
            storms: Storms::default(),
            opened: Opened::default(),
        };
        Self {
            config,
            routes: Mutex::new(Override::new(overrides::ROUTES, routes.clone())),
            courier,
            known_silences: silences::Known::default(),
        }
    }

    /// Looks, now and then, for what an operator put in place of the routes. It never fails: what serves is at hand.
    pub async fn refresh(&self, bucket: &impl ReadOverrides) {
        let now = self.courier.clock.now();
        let question = self.held().question(now);
        if let Some(question) = question {
            for answer in bucket.read_overrides(&[question]).await {
                self.held().settle(now, answer, routes::parse);
            }
        }
    }

    /// The routes in force.
    fn routes(&self) -> Arc<Routes> {
        self.held().in_force()
    }

    fn held(&self) -> MutexGuard<'_, Override<Routes>> {
        // Poison says that a parser panicked; what was in force before is whole.
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts every message of an event. What could not be posted is the error, or, for the failure queue, what stays in it.
    /// `request` is Lambda's id of the invocation, which a retry shares.
    pub async fn handle(
        &self,
        event: &[u8],
        deadline: Deadline,
        request: &str,
    ) -> Result<Response, Error> {
        let mut run = Run {
            invocation: Invocation { request, deadline },
            failures: Vec::new(),
            undrawn: Vec::new(),
        };
        let response = match envelope::read(event).unwrap_or_else(Unrecognised::into_generic) {
            Input::Event(messages) => {
                self.send_all(&messages, request, &mut run).await;
                let failures = std::mem::take(&mut run.failures);
                if failures.is_empty() {
                    Ok(Response::Delivered)
                } else {
                    let queue = &self.config.failure_queue;
                    Err(Error::new(failures, messages.len(), queue))
                }
            }
            Input::Redelivery(parcels) => Ok(self.redeliver_all(parcels, &mut run).await),
        };
        // What is only nice to have comes after all that matters.
        for picture in run.undrawn {
            self.courier.draw(picture, run.invocation).await;
        }
        response
    }
}

#[cfg(test)]
mod tests;
