//! The bundles that are due, sent every minute.

use std::time::Duration;

use futures::{StreamExt, future::join, stream};
use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::{Handler, InvocationState, SIDE_BY_SIDE, redelivery::is_overdue};
use crate::{
    deferred::bundle::{self, Bundle, HeldMessage},
    delivery::{DeliveryRequest, Invocation, SendError},
    delivery_log::{Row, RowKey},
    handler::fallback,
    ports::Ports,
};

/// The time that is reserved, while bundles are read, to send them: one post, and the table before and after it.
const SENDING: Duration = Duration::from_secs(12);

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Sends every bundle whose window is over, each once, and those of one sink in one message.
    pub(super) async fn send_bundles(&self, id: &str, run: &InvocationState<'_>) {
        let bundles = match self.delivery.ports.list_bundles().await {
            Ok(bundles) => bundles,
            Err(source) => return run.fail(id, SendError::NoBundles { source }),
        };
        let (of_pagers, bundles) = bundle::pages(bundles);
        let now = self.delivery.clock.now();
        let is_overdue = |bundle: &Bundle| is_overdue(bundle.until, now);
        let pages = stream::iter(of_pagers)
            .for_each_concurrent(SIDE_BY_SIDE, |bundles| self.page_together(bundles, run));
        let messages = stream::iter(bundle::due(bundles, now, is_overdue))
            .for_each_concurrent(SIDE_BY_SIDE, |bundles| {
                self.send_bundles_of_sink(bundles, run)
            });
        join(pages, messages).await;
    }

    async fn send_bundles_of_sink(&self, bundles: Vec<Bundle>, run: &InvocationState<'_>) {
        let Some(sink) = bundles.first().map(|bundle| bundle.sink.clone()) else {
            return;
        };
        let bundles = self.claimed(bundles, run.invocation).await;
        let all = bundles.len();
        let filled = match self.read_held(bundles, run.invocation).await {
            Ok(filled) => filled,
            Err(source) => return run.fail(&sink.to_string(), SendError::NoBundles { source }),
        };
        if filled.len() < all {
            let left = all - filled.len();
            tracing::warn!(%sink, left, "bundles are left for the next minute");
        }
        let Some(id) = filled.first().map(|(bundle, _)| bundle.id()) else {
            return;
        };
        let rows = self.rows(&filled, &sink).await;
        let current = bundle::current(&filled, &rows);
        let bundles: Vec<&Bundle> = filled.iter().map(|(bundle, _)| bundle).collect();
        let closed = match bundle::draft(&bundles, &current) {
            None => bundles,
            Some((draft, severity)) => {
                let request = DeliveryRequest::own(&id, sink, draft, severity);
                self.send_combined(&request, bundles, run).await
            }
        };
        for bundle in closed {
            if let Err(fault) = self.delivery.ports.close_bundle(bundle).await {
                tracing::warn!(bundle = bundle.id(), error = %ErrorChain(&fault), "sent, and still on the list of bundles; the next minute sends it again");
            }
        }
    }

    /// The bundles that no other invocation sends or has sent. A claim is over when its invocation is, and so the next
    /// minute sends what this one could not. If a bundle cannot be claimed, it is sent all the same.
    async fn claimed(&self, bundles: Vec<Bundle>, invocation: Invocation<'_>) -> Vec<Bundle> {
        let until = invocation.over(self.delivery.clock.now());
        let claims = stream::iter(bundles).map(async |bundle| {
            let now = self.delivery.clock.now();
            let ports = &self.delivery.ports;
            match ports.claim_bundle(&bundle, invocation.request, until, now).await {
                Ok(is_claimed) => is_claimed.then_some(bundle),
                Err(fault) => {
                    tracing::warn!(bundle = bundle.id(), error = %ErrorChain(&fault), "sent without a claim");
                    Some(bundle)
                }
            }
        });
        let claims: Vec<Option<Bundle>> = claims.buffered(SIDE_BY_SIDE).collect().await;
        claims.into_iter().flatten().collect()
    }

    /// Bundles with what is in them; as many as there is time for.
    pub(super) async fn read_held(
        &self,
        bundles: Vec<Bundle>,
        invocation: Invocation<'_>,
    ) -> Result<Vec<(Bundle, Vec<HeldMessage>)>, Fault> {
        let mut filled = Vec::new();
        for bundle in bundles {
            if invocation.deadline.remaining(self.delivery.clock.now()) < SENDING {
                break;
            }
            let held = self.delivery.ports.read_held(&bundle).await?;
            filled.push((bundle, held));
        }
        Ok(filled)
    }

    /// The alarms' rows. An alarm whose row cannot be read is taken to be as the message says.
    pub(super) async fn rows(
        &self,
        filled: &[(Bundle, Vec<HeldMessage>)],
        sink: &Sink,
    ) -> Vec<(RowKey, Row)> {
        let keys = bundle::rows_to_read(filled, sink);
        let rows = self.delivery.ports.read_many_rows(&keys).await;
        rows.unwrap_or_else(|fault| {
            tracing::warn!(%sink, error = %ErrorChain(&fault), "sent without the current states of its alarms");
            Vec::new()
        })
    }

    /// The bundles that may be forgotten.
    async fn send_combined<'b>(
        &self,
        request: &DeliveryRequest,
        bundles: Vec<&'b Bundle>,
        run: &InvocationState<'_>,
    ) -> Vec<&'b Bundle> {
        let RowKey {
            alert: id,
            part: sink,
        } = &request.key;
        match self.delivery.post_own(request, run.invocation).await {
            Ok(()) => {
                tracing::info!(id, sink, bundles = bundles.len(), "bundles sent");
                bundles
            }
            Err(SendError::NoTime { .. }) => {
                tracing::warn!(id, sink, "no time was left; the next minute sends them");
                Vec::new()
            }
            Err(error) => {
                let now = self.delivery.clock.now();
                if !bundles.iter().all(|bundle| is_overdue(bundle.until, now)) {
                    run.fail(id, error);
                    return Vec::new();
                }
                tracing::error!(id, sink, error = %ErrorChain(&error), "given up after twelve hours");
                let text = {
                    let destination = &request.posting.destination;
                    let lacking = std::slice::from_ref(&destination.sink);
                    fallback::words(&request.posting.draft, lacking, &self.config)
                };
                let notification = self.delivery.ports.publish_fallback(text).await;
                if notification.is_ok() {
                    bundles
                } else {
                    Vec::new()
                }
            }
        }
    }
}
