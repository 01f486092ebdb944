//! Event → messages → posts → response.

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::routes::Routes;
use picket_shared::{clock::Clock, deadline::Deadline, report::Chain};
use serde::Serialize;

use crate::{
    config::Config,
    deliver::{Delivery, LONGEST_POST, Next},
    envelope::{self, Input, Parcel, Unrecognised},
    error::{Error, Failure, SendError},
    explain::{Posting, postings},
    fallback,
    message::Message,
    ports::{PostMessage, PublishFallback, ReadParameter},
    webhooks::Webhooks,
};

/// How long the failure queue's events are tried, from the moment Lambda gave them up. Half a day covers an outage of Slack's and
/// a night until somebody renews a webhook; after that the alert is worth more late and plain than never.
const PATIENCE: Duration = Duration::from_hours(12);

/// The function, on its ports.
pub struct Handler<P, S, F, C> {
    config: Config,
    routes: &'static Routes,
    webhooks: Webhooks<P>,
    slack: S,
    fallback: F,
    clock: C,
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

impl<P, S, F, C> Handler<P, S, F, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishFallback + Send + Sync,
    C: Clock,
{
    /// The function.
    pub fn new(
        config: Config,
        routes: &'static Routes,
        parameters: P,
        slack: S,
        fallback: F,
        clock: C,
    ) -> Self {
        let webhooks = Webhooks::new(parameters, config.parameters.clone(), config.hosts.clone());
        Self {
            config,
            routes,
            webhooks,
            slack,
            fallback,
            clock,
        }
    }

    /// Posts every message of an event. What could not be posted is the error, or, for the failure queue, what stays in it.
    pub async fn handle(&self, event: &[u8], deadline: Deadline) -> Result<Response, Error> {
        match envelope::read(event).unwrap_or_else(Unrecognised::into_generic) {
            Input::Event(messages) => {
                let failures = self.send_all(&messages, deadline).await;
                if failures.is_empty() {
                    return Ok(Response::Delivered);
                }
                Err(Error::new(
                    failures,
                    messages.len(),
                    &self.config.failure_queue,
                ))
            }
            Input::Redelivery(parcels) => {
                let mut failures = Vec::new();
                for parcel in parcels {
                    if !self.redeliver(&parcel, deadline).await {
                        failures.push(Item {
                            receipt: parcel.receipt,
                        });
                    }
                }
                Ok(Response::Batch { failures })
            }
        }
    }

    /// Whether the queue may forget the parcel.
    async fn redeliver(&self, parcel: &Parcel, deadline: Deadline) -> bool {
        if parcel
            .failed_at
            .is_some_and(|at| is_overdue(at, self.clock.now()))
        {
            return self.fall_back(parcel).await;
        }
        let failures = self.send_all(&parcel.messages, deadline).await;
        for Failure { message, error } in &failures {
            tracing::error!(receipt = parcel.receipt, id = message, error = %Chain(error), "stays in the failure queue");
        }
        failures.is_empty()
    }

    async fn fall_back(&self, parcel: &Parcel) -> bool {
        for message in &parcel.messages {
            let text = fallback::text(message, &self.config);
            if let Err(error) = self.fallback.publish(text).await {
                tracing::error!(receipt = parcel.receipt, error = %Chain(&error), "the fallback topic did not take it; it stays in the failure queue");
                return false;
            }
        }
        tracing::error!(
            receipt = parcel.receipt,
            "given up after twelve hours; told the fallback topic"
        );
        true
    }

    async fn send_all(&self, messages: &[Message], deadline: Deadline) -> Vec<Failure> {
        let mut failures = Vec::new();
        for (place, message) in messages.iter().enumerate() {
            let id = message
                .id
                .clone()
                .unwrap_or_else(|| format!("{} of the event", place + 1));
            for posting in postings(message, &self.config.topics, self.routes) {
                let webhook = posting.destination.webhook.clone();
                match self.send(posting, deadline).await {
                    Ok(()) => tracing::info!(id, webhook, "posted"),
                    Err(error) => failures.push(Failure {
                        message: id.clone(),
                        error,
                    }),
                }
            }
        }
        failures
    }

    async fn send(&self, posting: Posting, deadline: Deadline) -> Result<(), SendError> {
        let name = posting.destination.webhook;
        let mut webhook = self.webhooks.get(&name).await?;
        let mut delivery = Delivery::new(posting.payload);
        loop {
            let limit = deadline.remaining(self.clock.now());
            if limit.is_zero() {
                return Err(SendError::NoTime { webhook: name });
            }
            let answer = self
                .slack
                .post(&webhook, delivery.body(), limit.min(LONGEST_POST))
                .await;
            match delivery.next(answer, deadline.remaining(self.clock.now())) {
                Next::Delivered => return Ok(()),
                Next::Wait(pause) => self.clock.sleep(pause).await,
                Next::ReadAgain => webhook = self.webhooks.read(&name).await?,
                Next::Plain => tracing::warn!(
                    webhook = name,
                    "Slack refused the blocks; sending the plain form"
                ),
                Next::GiveUp(source) => {
                    return Err(SendError::Refused {
                        webhook: name,
                        source,
                    });
                }
            }
        }
    }
}

fn is_overdue(failed_at: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(failed_at)).is_ok_and(|age| age > PATIENCE)
}

#[cfg(test)]
mod tests;
