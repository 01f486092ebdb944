//! Event → messages → posts → response.

mod gather;

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::routes::Routes;
use picket_shared::{alarm::State, clock::Clock, deadline::Deadline, report::Chain};
use serde::Serialize;

use crate::{
    config::Config,
    courier::{Courier, Invocation, Order, Outcome, Undrawn},
    decode::{Decoded, decode},
    digest,
    envelope::{self, Input, Parcel, Unrecognised},
    error::{Error, Failure},
    explain::postings,
    fallback,
    incident::Change,
    ledger::{self, Event, Left, RowKey},
    message::Message,
    pace::Pace,
    ports::{
        KeepNote, PostMessage, PublishFallback, ReadNotes, ReadParameter, ReadRow, ReadRows,
        RenderChart, WriteRow,
    },
    secrets::Secrets,
};

/// How long the failure queue's events are tried, from the moment Lambda gave them up. Half a day covers an outage of Slack's and
/// a night until somebody renews a webhook; after that the alert is worth more late and plain than never.
const PATIENCE: Duration = Duration::from_hours(12);

/// The function, on its ports.
pub struct Handler<P, S, F, T, G, C> {
    config: Config,
    routes: &'static Routes,
    courier: Courier<P, S, T, G, C>,
    fallback: F,
}

/// What the handler works through.
#[derive(Debug, Clone)]
pub struct Ports<P, S, F, T, G> {
    /// The secrets.
    pub parameters: P,
    /// Slack and PagerDuty.
    pub slack: S,
    /// The fallback topic.
    pub fallback: F,
    /// The Alerts table.
    pub table: T,
    /// CloudWatch, as far as it draws.
    pub charts: G,
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
    F: PublishFallback + Send + Sync,
    T: ReadRow + ReadRows + WriteRow + KeepNote + ReadNotes + Send + Sync,
    G: RenderChart + Send + Sync,
    C: Clock,
{
    /// The function.
    pub fn new(
        config: Config,
        routes: &'static Routes,
        ports: Ports<P, S, F, T, G>,
        clock: C,
    ) -> Self {
        let Ports {
            parameters,
            slack,
            fallback,
            table,
            charts,
        } = ports;
        let courier = Courier {
            account: config.account().map(str::to_owned),
            charts,
            secrets: Secrets::new(parameters, config.parameters.clone()),
            places: config.places.clone(),
            slack,
            table,
            clock,
            pace: Pace::default(),
        };
        Self {
            config,
            routes,
            courier,
            fallback,
        }
    }

    /// Posts every message of an event. What could not be posted is the error, or, for the failure queue, what stays in it.
    /// `request` is Lambda's id of the invocation, which a retry shares.
    pub async fn handle(
        &self,
        event: &[u8],
        deadline: Deadline,
        request: &str,
    ) -> Result<Response, Error> {
        let invocation = Invocation { request, deadline };
        let mut undrawn = Vec::new();
        let response = self.deliver(event, request, invocation, &mut undrawn).await;
        // What is only nice to have comes after all that matters.
        for picture in undrawn {
            self.courier.draw(picture, invocation).await;
        }
        response
    }

    async fn deliver(
        &self,
        event: &[u8],
        request: &str,
        invocation: Invocation<'_>,
        undrawn: &mut Vec<Undrawn>,
    ) -> Result<Response, Error> {
        match envelope::read(event).unwrap_or_else(Unrecognised::into_generic) {
            Input::Event(messages) => {
                let failures = self.send_all(&messages, request, invocation, undrawn).await;
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
                    if !self.redeliver(&parcel, invocation, undrawn).await {
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
    async fn redeliver(
        &self,
        parcel: &Parcel,
        invocation: Invocation<'_>,
        undrawn: &mut Vec<Undrawn>,
    ) -> bool {
        if parcel
            .failed_at
            .is_some_and(|at| is_overdue(at, self.courier.clock.now()))
        {
            return self.fall_back(parcel).await;
        }
        let failures = self
            .send_all(&parcel.messages, &parcel.receipt, invocation, undrawn)
            .await;
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

    /// `origin` names the event for messages that have no id.
    async fn send_all(
        &self,
        messages: &[Message],
        origin: &str,
        invocation: Invocation<'_>,
        undrawn: &mut Vec<Undrawn>,
    ) -> Vec<Failure> {
        let mut failures = Vec::new();
        for (place, message) in messages.iter().enumerate() {
            let id = message
                .id
                .clone()
                .unwrap_or_else(|| format!("{} of the event", place + 1));
            let decoded = decode(message);
            let (alert, event) = subject(message, &decoded, || format!("{origin}/{place}"));
            // Our remediator's messages are about an incident without being changes of it.
            let about = decoded
                .remediation()
                .map(|remediation| remediation.alarm_arn.as_str());
            if self.is_silenced(&id, message, &decoded) {
                continue;
            }
            if digest::is_asked(message) {
                failures.extend(self.send_digest(&id, invocation).await);
                continue;
            }
            if self.is_noted(message, &decoded, &alert, event).await {
                tracing::info!(id, alert, "kept for the digest");
                continue;
            }
            if message.topic.is_none() && self.is_known(&alert, event).await {
                tracing::info!(id, alert, "a copy of what another carrier brought");
                continue;
            }
            for posting in postings(message, &self.config.topics, self.routes) {
                let at_sink = |alert: &str| RowKey {
                    alert: alert.to_owned(),
                    part: posting.destination.sink.to_string(),
                };
                let order = Order {
                    key: at_sink(&alert),
                    about: about.map(at_sink),
                    event,
                    posting,
                };
                match self.courier.deliver(&order, invocation).await {
                    Ok((outcome, picture)) => {
                        log(&id, &order, outcome);
                        undrawn.extend(picture);
                    }
                    Err(error) => failures.push(Failure {
                        message: id.clone(),
                        error,
                    }),
                }
            }
        }
        failures
    }

    /// Whether the routes' silences hold a message back now; it is logged then.
    fn is_silenced(&self, id: &str, message: &Message, decoded: &Decoded) -> bool {
        // An OK ends what was told before the silence, PagerDuty's incidents above all; of what was silenced it ends nothing.
        if decoded
            .alarm()
            .is_some_and(|alarm| alarm.state == State::Ok)
        {
            return false;
        }
        let facts = decoded.facts(message, self.config.topics.severity(message));
        let silence = self.routes.silenced(&facts, self.courier.clock.now());
        if let Some(silence) = silence {
            let (name, reason, until) = (&silence.name, &silence.reason, silence.until);
            tracing::warn!(id, silence = name, reason, %until, alarm = facts.alarm, "silenced");
        }
        silence.is_some()
    }

    /// Whether a change that came without a topic has come by a topic. A table that cannot be read knows nothing.
    async fn is_known(&self, alert: &str, event: Event) -> bool {
        if event == Event::Message {
            return false;
        }
        match self.courier.table.read_rows(alert).await {
            Ok(rows) => ledger::is_known(&rows, event, self.courier.clock.now()),
            Err(fault) => {
                tracing::warn!(alert, error = %Chain(&fault), "posted without knowing whether it was posted before");
                false
            }
        }
    }
}

/// What a message is about: an alarm's change, the same by whichever carrier, or else the message itself.
fn subject(
    message: &Message,
    decoded: &Decoded,
    origin: impl FnOnce() -> String,
) -> (String, Event) {
    if let (Some(alarm), Some(incident)) = (decoded.alarm(), decoded.incident()) {
        let change = Change::new(alarm.state, alarm.changed_at);
        return (incident, Event::Change(change));
    }
    let id = message.id.clone().unwrap_or_else(origin);
    (format!("message/{id}"), Event::Message)
}

fn log(id: &str, order: &Order, outcome: Outcome) {
    let sink = &order.key.part;
    match outcome {
        Outcome::Posted => tracing::info!(id, sink, "posted"),
        Outcome::Silent(silence) => tracing::info!(id, sink, why = %silence, "logged only"),
        Outcome::Left(Left::Sent) => tracing::info!(id, sink, "it was posted before"),
        Outcome::Left(Left::Elsewhere) => {
            tracing::info!(id, sink, "another invocation is posting it");
        }
    }
}

fn is_overdue(failed_at: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(failed_at)).is_ok_and(|age| age > PATIENCE)
}

#[cfg(test)]
mod tests;
