//! The daily digest: info messages are stored as they come, and sent together.

use futures::future::join_all;
use picket_shared::{Severity, clock::Clock, report::ErrorChain};

use super::{Handler, InvocationState, read::Read};
use crate::{
    deferred::digest,
    delivery::{DeliveryRequest, SendError},
    ports::Ports,
    render, route,
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
    pub(super) async fn send_digest(&self, id: &str, run: &InvocationState<'_>) {
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
            .map(|sink| {
                let id = format!("digest/{date}");
                DeliveryRequest::own(&id, sink.clone(), draft.clone(), Severity::Info)
            })
            .collect();
        join_all(
            requests
                .iter()
                .map(|request| self.deliver(id, request, run)),
        )
        .await;
    }
}
