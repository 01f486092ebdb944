//! What the failure queue brings back: tried again for twelve hours, then told by the fallback topic.

use std::{future, time::Duration};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::{Handler, Item, Response, Run, SIDE_BY_SIDE, send::Read};
use crate::{
    decode::envelope::Parcel, deferred::bundle, error::Failure, handler::fallback, ports::Ports,
};

/// How long the failure queue's events are tried, from the moment Lambda gave them up. Half a day covers an outage of Slack's and
/// a night until somebody renews a webhook; after that the alert is worth more late and plain than never.
const PATIENCE: Duration = Duration::from_hours(12);

impl<P: Ports, C: Clock> Handler<P, C> {
    pub(super) async fn redeliver_all(&self, parcels: Vec<Parcel>, run: &Run<'_>) -> Response {
        let failures = stream::iter(parcels)
            .map(async |parcel| {
                let is_done = self.redeliver(&parcel, run).await;
                (!is_done).then_some(Item {
                    receipt: parcel.receipt,
                })
            })
            .buffered(SIDE_BY_SIDE)
            .filter_map(future::ready)
            .collect()
            .await;
        Response::Batch { failures }
    }

    /// Whether the queue may forget the parcel.
    async fn redeliver(&self, parcel: &Parcel, run: &Run<'_>) -> bool {
        // The schedule comes every minute anyway.
        if parcel.messages.iter().all(bundle::is_tick) {
            return true;
        }
        let failed_at = parcel.failed_at;
        if failed_at.is_some_and(|at| is_overdue(at, self.courier.clock.now())) {
            return self.fall_back(parcel).await;
        }
        let own = Run::new(run.invocation);
        self.send_all(&parcel.messages, parcel.origin(), &own).await;
        run.draw_later(own.take_undrawn());
        // Somebody else who is sending it may fail, and has no other copy of it than this.
        let is_done = own.is_done();
        for Failure { message, error } in &own.take_failures() {
            tracing::error!(receipt = parcel.receipt, id = message, error = %ErrorChain(error), "stays in the failure queue");
        }
        is_done
    }

    async fn fall_back(&self, parcel: &Parcel) -> bool {
        let origin = parcel.origin();
        for (place, message) in parcel.messages.iter().enumerate() {
            let read = Read::new(message, origin, place);
            let lacking = self.lacking(&read).await;
            if lacking.is_empty() {
                tracing::info!(receipt = parcel.receipt, id = read.id, "every sink has it");
                continue;
            }
            let text = fallback::text(message, &lacking, &self.config);
            if let Err(error) = self.courier.ports.publish_fallback(text).await {
                tracing::error!(receipt = parcel.receipt, error = %ErrorChain(&error), "the fallback topic did not take it; it stays in the failure queue");
                return false;
            }
        }
        tracing::error!(
            receipt = parcel.receipt,
            "given up after twelve hours; told the fallback topic"
        );
        true
    }
}

impl Parcel {
    /// The id of the request that failed, under which the ledger knows messages without an id.
    fn origin(&self) -> &str {
        self.request.as_deref().unwrap_or(&self.receipt)
    }
}

pub(super) fn is_overdue(failed_at: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(failed_at)).is_ok_and(|age| age > PATIENCE)
}
