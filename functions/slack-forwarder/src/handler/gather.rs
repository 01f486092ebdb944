//! Info messages: kept as they come, told together.

use picket_shared::{Severity, clock::Clock, report::Chain};

use super::{Handler, log};
use crate::{
    courier::{Invocation, Order},
    decode::Decoded,
    digest,
    error::{Failure, SendError},
    explain::Posting,
    ledger::{Event, RowKey},
    message::Message,
    ports::{
        KeepNote, PostMessage, PublishFallback, ReadNotes, ReadParameter, ReadRow, ReadRows,
        RenderChart, WriteRow,
    },
    render,
    route::{self, Destination},
};

impl<P, S, F, T, G, C> Handler<P, S, F, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishFallback + Send + Sync,
    T: ReadRow + ReadRows + WriteRow + KeepNote + ReadNotes + Send + Sync,
    G: RenderChart + Send + Sync,
    C: Clock,
{
    /// Whether a message waits for the digest now. Where it cannot be kept it is posted.
    pub(super) async fn is_noted(
        &self,
        message: &Message,
        decoded: &Decoded,
        alert: &str,
        event: Event,
    ) -> bool {
        let severity = self.config.topics.severity(message);
        if !digest::takes(severity) || route::is_taken(self.routes, message, decoded, severity) {
            return false;
        }
        let headline = render::draft(message, decoded, severity).headline;
        let Some(note) = digest::note(decoded, &headline) else {
            return true;
        };
        let key = digest::key(alert, event, self.courier.clock.now());
        match self.courier.table.keep_note(&key, &note).await {
            Ok(()) => true,
            Err(fault) => {
                tracing::warn!(alert, error = %Chain(&fault), "posted, since it could not be kept for the digest");
                false
            }
        }
    }

    /// Posts the digest of the last whole day to the webhook of info messages, once.
    pub(super) async fn send_digest(
        &self,
        id: &str,
        invocation: Invocation<'_>,
    ) -> Option<Failure> {
        let date = digest::told_day(self.courier.clock.now());
        let destination = Destination::unrouted(Severity::Info);
        let sent = match self.courier.table.read_notes(date).await {
            Ok(notes) => {
                let draft = digest::draft(date, &notes)?;
                let order = Order {
                    key: RowKey {
                        alert: format!("message/digest/{date}"),
                        part: destination.sink.to_string(),
                    },
                    event: Event::Message,
                    posting: Posting { destination, draft },
                    about: None,
                };
                let sent = self.courier.deliver(&order, invocation).await;
                sent.map(|(outcome, _)| log(id, &order, outcome))
            }
            Err(source) => Err(SendError::NoNotes { date, source }),
        };
        sent.err().map(|error| Failure {
            message: id.to_owned(),
            error,
        })
    }
}
