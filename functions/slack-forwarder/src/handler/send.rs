//! Every message of an event, to each of its sinks.

use futures::{
    StreamExt,
    future::{join, join_all},
    stream,
};
use picket_rules::routes::Sink;
use picket_shared::{alarm::State, clock::Clock, report::ErrorChain};

use super::{Handler, InvocationState, SIDE_BY_SIDE, read::Read};
use crate::{
    deferred::{bundle, digest},
    delivery::{DeliveryOutcome, DeliveryRequest, SendError},
    delivery_log::{self, Event, Row, RowKey, Skipped},
    health,
    message::{EMAIL_MARK, Message},
    ports::Ports,
    posting::{Posting, postings},
};

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
                let now = self.delivery.clock.now();
                let read = Read::new(message, origin, place, now);
                let read = self.with_its_audit_row(read, run).await;
                let read = self.with_its_usage(read, run).await;
                self.send(&read, run).await;
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
        } else if health::is_asked(read.message) {
            self.send_health(id, run).await;
        } else if read.is_ok() {
            // Silences hold no OK back.
            self.send_ok(read, run).await;
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
            // What was begun here is finished here: copies leave it to this one, as long as its claim lasts.
            let is_begun = |posting: &Posting| {
                let part = posting.destination.sink.to_string();
                let mut own = rows.iter().filter(|(key, _)| key.part == part);
                own.any(|(_, row)| delivery_log::is_unfinished(row, read.event))
            };
            let mut begun: Vec<Posting> = postings.into_iter().filter(is_begun).collect();
            // An OK ends what is open nevertheless: the other carrier may have failed there.
            let severity = self.config.topics.severity(read.message);
            begun.extend(read.ends(&rows, &begun, severity));
            self.send_to_each(read, begun, run).await;
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
        let mut postings = postings(read.message, &read.decoded, topics, &self.routes(), pages);
        if read.is_apart() && !read.is_alarm() {
            let is_page =
                |posting: &Posting| matches!(posting.destination.sink, Sink::PagerDuty(_));
            postings.retain(|posting| !is_page(posting));
        }
        for posting in &mut postings {
            let draft = std::mem::take(&mut posting.draft);
            posting.draft = read.completed(draft, posting.destination.severity);
        }
        postings.extend(read.ends(rows, &postings, topics.severity(read.message)));
        postings
    }

    /// The rows of an alarm at its sinks, where they matter: an OK ends what is open there, and a change without a
    /// topic may have arrived by one before. If the table cannot be read, there are none.
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

/// Whether a row is one of these postings' sinks': what is known there is a retry's own.
fn is_among(postings: &[Posting], key: &RowKey) -> bool {
    let mut sinks = postings.iter().map(|posting| &posting.destination.sink);
    sinks.any(|sink| sink.to_string() == key.part)
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
