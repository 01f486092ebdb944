//! The daily digest: info messages are stored as they come, and sent together.

use futures::future::join_all;
use jiff::civil::Date;
use picket_rules::routes::Sink;
use picket_shared::{Severity, clock::Clock, report::ErrorChain};

use super::{Handler, Run, send::Read};
use crate::{
    deferred::digest,
    delivery::{DeliveryRequest, SendError},
    delivery_log::{Event, RowKey},
    draft::Draft,
    ports::Ports,
    posting::Posting,
    render,
    route::{self, Destination},
};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Whether a message waits for the digest now. Where it cannot be kept it is posted.
    pub(super) async fn is_noted(&self, read: &Read<'_>) -> bool {
        let Read {
            message,
            decoded,
            alert,
            event,
            ..
        } = read;
        let severity = self.config.topics.severity(message);
        if !digest::takes(severity) || route::is_taken(&self.routes(), message, decoded, severity) {
            return false;
        }
        let headline = render::draft(message, decoded, severity).headline;
        let Some(note) = digest::note(decoded, &headline) else {
            return true;
        };
        let key = digest::key(alert, *event, self.delivery.clock.now());
        match self.delivery.ports.keep_note(&key, &note).await {
            Ok(()) => true,
            Err(fault) => {
                tracing::warn!(alert, error = %ErrorChain(&fault), "posted, since it could not be kept for the digest");
                false
            }
        }
    }

    /// Sends the digest of the last whole day to its sinks, to each once.
    pub(super) async fn send_digest(&self, id: &str, run: &Run<'_>) {
        let date = digest::reported_day(self.delivery.clock.now());
        let notes = match self.delivery.ports.read_notes(date).await {
            Ok(notes) => notes,
            Err(source) => {
                return run.fail(id, SendError::NoNotes { date, source });
            }
        };
        let Some(draft) = digest::draft(date, &notes) else {
            return;
        };
        let routes = self.routes();
        let requests: Vec<DeliveryRequest> = routes
            .digest()
            .iter()
            .map(|sink| request(date, sink, &draft))
            .collect();
        join_all(
            requests
                .iter()
                .map(|request| self.deliver(id, request, run)),
        )
        .await;
    }
}

fn request(date: Date, sink: &Sink, draft: &Draft) -> DeliveryRequest {
    DeliveryRequest {
        key: RowKey {
            alert: format!("message/digest/{date}"),
            part: sink.to_string(),
        },
        event: Event::Message,
        posting: Posting {
            destination: Destination {
                sink: sink.clone(),
                ..Destination::unrouted(Severity::Info)
            },
            draft: draft.clone(),
        },
        about: None,
        notice_incident: None,
        goes_on: false,
        meters: Vec::new(),
    }
}
