//! Every message of an event, to each of its sinks.

use picket_shared::{clock::Clock, fleet, report::Chain};

use super::{Handler, Run};
use crate::{
    bundle::{self, Meter},
    courier::{About, Order, Outcome},
    decode::{Decoded, decode},
    digest,
    error::Failure,
    explain::{Posting, postings},
    incident::Change,
    ledger::{self, Event, Left, RowKey},
    message::Message,
    ports::{OURS, PostMessage, PublishEmail, PublishFallback, ReadParameter, RenderChart, Table},
    route::Destination,
};

/// A message of an event, and what it is.
pub(super) struct Read<'a> {
    /// For the log: SNS's id of it, or its place in the event.
    pub(super) id: String,
    pub(super) message: &'a Message,
    pub(super) decoded: Decoded,
    /// What its repetitions and later changes share.
    pub(super) alert: String,
    pub(super) event: Event,
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
    /// `origin` names the event for messages that have no id.
    pub(super) async fn send_all(&self, messages: &[Message], origin: &str, run: &mut Run<'_>) {
        for (place, message) in messages.iter().enumerate() {
            self.send(&Read::new(message, origin, place), run).await;
        }
    }

    async fn send(&self, read: &Read<'_>, run: &mut Run<'_>) {
        let Read { id, alert, .. } = read;
        if read.message.attributes.contains_key(OURS) {
            tracing::warn!(
                id,
                "an e-mail of our own came back: the forwarder is subscribed to an e-mail topic"
            );
        } else if bundle::is_tick(read.message) {
            self.tell_bundles(id, run).await;
        } else if digest::is_asked(read.message) {
            self.send_digest(id, run).await;
        } else if self.is_silenced(read).await {
            // The log has it.
        } else if self.is_noted(read).await {
            tracing::info!(id, alert, "kept for the digest");
        } else if read.message.topic.is_none() && self.is_known(read).await {
            tracing::info!(id, alert, "a copy of what another carrier brought");
        } else {
            self.send_to_each(read, run).await;
        }
    }

    async fn send_to_each(&self, read: &Read<'_>, run: &mut Run<'_>) {
        let pages = self.courier.places.pagerduty.is_some();
        let topics = &self.config.topics;
        let routes = self.routes();
        for posting in postings(read.message, topics, &routes, pages) {
            let order = read.order(posting, routes.storm());
            self.deliver(&read.id, &order, run).await;
        }
    }

    /// Delivers one, and says so in the log.
    pub(super) async fn deliver(&self, id: &str, order: &Order, run: &mut Run<'_>) {
        match self.courier.deliver(order, run.invocation).await {
            Ok((outcome, picture)) => {
                log(id, order, outcome);
                run.undrawn.extend(picture);
            }
            Err(error) => run.failures.push(Failure {
                message: id.to_owned(),
                error,
            }),
        }
    }

    /// Whether a change that came without a topic has come by a topic. A table that cannot be read knows nothing.
    async fn is_known(&self, read: &Read<'_>) -> bool {
        let Read { alert, event, .. } = read;
        if *event == Event::Message {
            return false;
        }
        match self.courier.table.read_rows(alert).await {
            Ok(rows) => ledger::is_known(&rows, *event, self.courier.clock.now()),
            Err(fault) => {
                tracing::warn!(alert, error = %Chain(&fault), "posted without knowing whether it was posted before");
                false
            }
        }
    }
}

impl<'a> Read<'a> {
    fn new(message: &'a Message, origin: &str, place: usize) -> Self {
        let decoded = decode(message);
        let (alert, event) = subject(message, &decoded, || format!("{origin}/{place}"));
        let id = message.id.clone();
        Self {
            id: id.unwrap_or_else(|| format!("{} of the event", place + 1)),
            message,
            decoded,
            alert,
            event,
        }
    }

    fn order(&self, posting: Posting, storm: u32) -> Order {
        let part = posting.destination.sink.to_string();
        let at_sink = |alert: &str| RowKey {
            alert: alert.to_owned(),
            part: part.clone(),
        };
        // Our remediator's messages are about an incident without being changes of it.
        let about = self.decoded.remediation().map(|remediation| About {
            key: at_sink(&remediation.alarm_arn),
            taken_on: remediation.outcome == fleet::Outcome::Done,
        });
        let meters = meters(&posting.destination, storm);
        Order {
            meters,
            key: at_sink(&self.alert),
            event: self.event,
            posting,
            about,
        }
    }
}

/// What counts a message to a destination: its group first, since what a group holds back is no part of a storm.
fn meters(destination: &Destination, storm: u32) -> Vec<Meter> {
    let Destination {
        sink, route, group, ..
    } = destination;
    let group = group.as_ref().and_then(|(values, window)| {
        Meter::group(sink, route.as_deref().unwrap_or_default(), values, *window)
    });
    group.into_iter().chain(Meter::storm(sink, storm)).collect()
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
        Outcome::Held => tracing::info!(id, sink, "kept to be told with others"),
        Outcome::Silent(silence) => tracing::info!(id, sink, why = %silence, "logged only"),
        Outcome::Left(Left::Sent) => tracing::info!(id, sink, "it was posted before"),
        Outcome::Left(Left::Elsewhere) => {
            tracing::info!(id, sink, "another invocation is posting it");
        }
    }
}
