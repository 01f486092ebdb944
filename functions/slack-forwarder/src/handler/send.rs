//! Every message of an event, to each of its sinks.

use futures::{
    StreamExt,
    future::{join, join_all},
    stream,
};
use picket_rules::routes::Sink;
use picket_shared::{Severity, alarm::State, clock::Clock, fleet, report::ErrorChain};

use super::{Handler, InvocationState, SIDE_BY_SIDE};
use crate::{
    decode::{Decoded, decode},
    deferred::{
        bundle::{self, Meter},
        digest,
    },
    delivery::{About, DeliveryOutcome, DeliveryRequest, SendError},
    delivery_log::{self, Event, Row, RowKey, Skipped},
    incident::Change,
    message::Message,
    ports::{EMAIL_MARK, Ports},
    posting::{Posting, postings},
    render,
    route::Destination,
};

/// A message of an event, and what it is.
pub(super) struct Read<'a> {
    /// For the log: SNS's id of it, or its position in the event.
    pub(super) id: String,
    pub(super) message: &'a Message,
    pub(super) decoded: Decoded,
    /// The id that its repetitions and later changes share.
    pub(super) alert: String,
    pub(super) event: Event,
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// `origin` names the event for messages that have no id.
    pub(super) async fn send_all(
        &self,
        messages: &[Message],
        origin: &str,
        run: &InvocationState<'_>,
    ) {
        stream::iter(messages.iter().enumerate())
            .for_each_concurrent(SIDE_BY_SIDE, async |(place, message)| {
                self.send(&Read::new(message, origin, place), run).await;
            })
            .await;
    }

    async fn send(&self, read: &Read<'_>, run: &InvocationState<'_>) {
        let id = &read.id;
        if read.message.attributes.contains_key(EMAIL_MARK) {
            tracing::warn!(
                id,
                "an e-mail of our own came back: the forwarder is subscribed to an e-mail topic"
            );
        } else if bundle::is_tick(read.message) {
            join(self.send_bundles(id, run), self.send_silenced(id, run)).await;
        } else if !run.invocation.has_time(self.delivery.clock.now()) {
            run.fail(id, SendError::NotBegun);
        } else if digest::is_asked(read.message) {
            self.send_digest(id, run).await;
        } else if let Some(silence) = self.silence(read).await {
            self.hold_back(read, &silence, run).await;
        } else {
            self.send_or_keep(read, run).await;
        }
    }

    pub(super) async fn send_or_keep(&self, read: &Read<'_>, run: &InvocationState<'_>) {
        let Read { id, alert, .. } = read;
        if read.is_ok() {
            self.delivery.record_ok(alert, read.event).await;
        }
        let rows = self.rows_of(read).await;
        let now = self.delivery.clock.now();
        if let Event::Change(change) = read.event
            && change.state == State::Ok
        {
            self.forget_silenced(alert, change.at).await;
        }
        if self.is_noted(read).await {
            tracing::info!(id, alert, "kept for the digest");
            let severity = self.config.topics.severity(read.message);
            let ends = read.ends(&rows, &[], severity);
            self.send_to_each(read, ends, run).await;
            return;
        }
        let postings = self.postings(read, &rows);
        let elsewhere = || rows.iter().filter(|(key, _)| !is_among(&postings, key));
        if read.message.topic.is_none() && delivery_log::is_known(elsewhere(), read.event, now) {
            tracing::info!(id, alert, "a copy of what another carrier brought");
            if !elsewhere().any(|(_, row)| row.has(read.event)) {
                run.leave_elsewhere();
            }
            // An OK ends what is open nevertheless: the other carrier may have failed there.
            let severity = self.config.topics.severity(read.message);
            let ends = read.ends(&rows, &[], severity);
            self.send_to_each(read, ends, run).await;
        } else {
            self.send_to_each(read, postings, run).await;
        }
    }

    /// To all sinks side by side, so that one that hangs takes no time from the others.
    async fn send_to_each(
        &self,
        read: &Read<'_>,
        postings: Vec<Posting>,
        run: &InvocationState<'_>,
    ) {
        let storm = self.routes().storm();
        let requests: Vec<DeliveryRequest> = postings
            .into_iter()
            .map(|posting| read.request(posting, storm))
            .collect();
        let deliveries = requests
            .iter()
            .map(|request| self.deliver(&read.id, request, run));
        join_all(deliveries).await;
    }

    /// Delivers one, and says so in the log.
    pub(super) async fn deliver(
        &self,
        id: &str,
        request: &DeliveryRequest,
        run: &InvocationState<'_>,
    ) {
        match self.delivery.deliver(request, run.invocation).await {
            Ok((outcome, chart)) => {
                log(id, request, outcome);
                run.add_charts(chart);
                if outcome == DeliveryOutcome::Skipped(Skipped::Elsewhere) {
                    run.leave_elsewhere();
                }
            }
            Err(error) => run.fail(id, error),
        }
    }

    /// The sinks that a message was not sent to. A table that cannot be read knows of none that has it.
    pub(super) async fn lacking(&self, read: &Read<'_>) -> Vec<Sink> {
        if digest::is_asked(read.message) {
            return self.routes().digest().to_vec();
        }
        let rows = self.delivery.ports.read_rows(&read.alert).await;
        let rows = rows.unwrap_or_default();
        let has_it = |sink: &Sink| {
            let part = sink.to_string();
            rows.iter()
                .any(|(key, row)| key.part == part && row.has(read.event))
        };
        let sinks = self.postings(read, &rows).into_iter();
        let sinks = sinks.map(|posting| posting.destination.sink);
        sinks.filter(|sink| !has_it(sink)).collect()
    }

    /// The deliveries by route, and those to the sinks that wait for an OK.
    fn postings(&self, read: &Read<'_>, rows: &[(RowKey, Row)]) -> Vec<Posting> {
        let pages = self.delivery.endpoints.pagerduty.is_some();
        let topics = &self.config.topics;
        let mut postings = postings(read.message, topics, &self.routes(), pages);
        postings.extend(read.ends(rows, &postings, topics.severity(read.message)));
        postings
    }

    /// The rows of an alarm at its sinks, where they matter: an OK ends what is open there, and a change without a topic may
    /// have arrived by one before. If the table cannot be read, there are none.
    async fn rows_of(&self, read: &Read<'_>) -> Vec<(RowKey, Row)> {
        let Read { alert, event, .. } = read;
        let is_change = *event != Event::Message;
        if !is_change || (read.message.topic.is_some() && !read.is_ok()) {
            return Vec::new();
        }
        match self.delivery.ports.read_rows(alert).await {
            Ok(rows) => rows.into_iter().filter(|(key, _)| !key.is_oks()).collect(),
            Err(fault) => {
                tracing::warn!(alert, error = %ErrorChain(&fault), "sent without knowing what was sent before, by its own route alone");
                Vec::new()
            }
        }
    }
}

impl<'a> Read<'a> {
    pub(super) fn new(message: &'a Message, origin: &str, place: usize) -> Self {
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

    pub(super) fn is_ok(&self) -> bool {
        matches!(self.event, Event::Change(change) if change.state == State::Ok)
    }

    /// The sinks that wait for this OK, besides those that it goes to.
    fn ends(
        &self,
        rows: &[(RowKey, Row)],
        postings: &[Posting],
        severity: Severity,
    ) -> Vec<Posting> {
        let is_own = |sink: &Sink| {
            let mut own = postings.iter().map(|posting| &posting.destination.sink);
            own.any(|own| own == sink)
        };
        let waiting = rows
            .iter()
            .filter(|(_, row)| self.is_ok() && row.awaits_ok());
        waiting
            .filter_map(|(key, row)| {
                let sink = key.part.parse().ok().filter(|sink| !is_own(sink))?;
                let severity = row.severity.unwrap_or(severity);
                Some(Posting {
                    destination: Destination {
                        sink,
                        ..Destination::unrouted(severity)
                    },
                    draft: render::draft(self.message, &self.decoded, severity),
                })
            })
            .collect()
    }

    fn request(&self, posting: Posting, storm: u32) -> DeliveryRequest {
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
        let came_from = self.decoded.alarm().and_then(|alarm| alarm.previous_state);
        DeliveryRequest {
            goes_on: came_from == Some(State::Alarm),
            meters,
            key: at_sink(&self.alert),
            event: self.event,
            posting,
            about,
            notice_incident: self.decoded.notice_incident(),
        }
    }
}

/// Whether a row is one of these postings' sinks': what is known there is a retry's own.
fn is_among(postings: &[Posting], key: &RowKey) -> bool {
    let mut sinks = postings.iter().map(|posting| &posting.destination.sink);
    sinks.any(|sink| sink.to_string() == key.part)
}

/// The counters of a message to a destination: its group first, since messages that a group holds back do not count
/// towards a storm.
fn meters(destination: &Destination, storm: u32) -> Vec<Meter> {
    let Destination {
        sink, route, group, ..
    } = destination;
    let group = group.as_ref().and_then(|(values, window)| {
        Meter::group(sink, route.as_deref().unwrap_or_default(), values, *window)
    });
    let storm = Meter::storm(sink, storm);
    group.into_iter().chain([storm]).collect()
}

/// The subject of a message: an alarm's change, the same by every carrier; a notice of which its service sends copies; or else the
/// message itself.
fn subject(
    message: &Message,
    decoded: &Decoded,
    origin: impl FnOnce() -> String,
) -> (String, Event) {
    if let (Some(alarm), Some(incident)) = (decoded.alarm(), decoded.incident()) {
        let change = Change::new(alarm.state, alarm.changed_at);
        return (incident, Event::Change(change));
    }
    if let Some(copies) = decoded.copies() {
        return (format!("copies/{copies}"), Event::Message);
    }
    let id = message.id.clone().unwrap_or_else(origin);
    (format!("message/{id}"), Event::Message)
}

fn log(id: &str, request: &DeliveryRequest, outcome: DeliveryOutcome) {
    let sink = &request.key.part;
    match outcome {
        DeliveryOutcome::Posted => tracing::info!(id, sink, "posted"),
        DeliveryOutcome::Held => tracing::info!(id, sink, "held for a bundle"),
        DeliveryOutcome::Silent(silence) => tracing::info!(id, sink, why = %silence, "logged only"),
        DeliveryOutcome::Skipped(Skipped::Sent) => tracing::info!(id, sink, "it was posted before"),
        DeliveryOutcome::Skipped(Skipped::Elsewhere) => {
            tracing::info!(id, sink, "another invocation is posting it");
        }
    }
}
