//! What the failure queue brings back: tried again for twelve hours, then told by the fallback topic.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{clock::Clock, report::Chain};

use super::{Handler, Item, Response, Run};
use crate::{
    bundle,
    envelope::Parcel,
    error::Failure,
    fallback,
    ports::{PostMessage, PublishEmail, PublishFallback, ReadParameter, RenderChart, Table},
};

/// How long the failure queue's events are tried, from the moment Lambda gave them up. Half a day covers an outage of Slack's and
/// a night until somebody renews a webhook; after that the alert is worth more late and plain than never.
const PATIENCE: Duration = Duration::from_hours(12);

impl<P, S, F, T, G, C> Handler<P, S, F, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishEmail + PublishFallback + Send + Sync,
    T: Table,
    G: RenderChart + Send + Sync,
    C: Clock,
{
    pub(super) async fn redeliver_all(&self, parcels: Vec<Parcel>, run: &mut Run<'_>) -> Response {
        let mut failures = Vec::new();
        for parcel in parcels {
            if !self.redeliver(&parcel, run).await {
                failures.push(Item {
                    receipt: parcel.receipt,
                });
            }
        }
        Response::Batch { failures }
    }

    /// Whether the queue may forget the parcel.
    async fn redeliver(&self, parcel: &Parcel, run: &mut Run<'_>) -> bool {
        // The schedule comes every minute anyway.
        if parcel.messages.iter().all(bundle::is_tick) {
            return true;
        }
        let failed_at = parcel.failed_at;
        if failed_at.is_some_and(|at| is_overdue(at, self.courier.clock.now())) {
            return self.fall_back(parcel).await;
        }
        // Under the id of the request that failed, which stands in the ledger.
        let origin = parcel.request.as_deref().unwrap_or(&parcel.receipt);
        self.send_all(&parcel.messages, origin, run).await;
        let failures = std::mem::take(&mut run.failures);
        for Failure { message, error } in &failures {
            tracing::error!(receipt = parcel.receipt, id = message, error = %Chain(error), "stays in the failure queue");
        }
        failures.is_empty()
    }

    async fn fall_back(&self, parcel: &Parcel) -> bool {
        for message in &parcel.messages {
            let text = fallback::text(message, &self.config);
            if let Err(error) = self.courier.topics.publish(text).await {
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
}

pub(super) fn is_overdue(failed_at: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(failed_at)).is_ok_and(|age| age > PATIENCE)
}
