//! Records of the failure queue: tried again for twelve hours, then published to the fallback topic.

use std::{future, time::Duration};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::{BatchItemFailure, Handler, InvocationState, Response, SIDE_BY_SIDE, read::Read};
use crate::{
    decode::envelope::FailedRecord, deferred::bundle, delivery::Invocation, error::Failure,
    handler::fallback, ports::Ports,
};

/// How long the failure queue's events are tried, from the moment Lambda gave them up. Half a day covers an outage of
/// Slack's and a night until a webhook is renewed; after that the alert is worth more late and plain than never.
const PATIENCE: Duration = Duration::from_hours(12);

impl<P: Ports, C: Clock> Handler<P, C> {
    pub(super) async fn redeliver_all(
        &self,
        failed_records: &[FailedRecord],
        run: &InvocationState<'_>,
    ) -> Response {
        let failures = stream::iter(failed_records)
            .map(async |failed_record| {
                let is_done = self.redeliver(failed_record, run).await;
                (!is_done).then(|| BatchItemFailure {
                    receipt: failed_record.receipt.clone(),
                })
            })
            .buffered(SIDE_BY_SIDE)
            .filter_map(future::ready)
            .collect()
            .await;
        Response::Batch { failures }
    }

    /// Whether the queue may forget the parcel.
    async fn redeliver(&self, failed_record: &FailedRecord, run: &InvocationState<'_>) -> bool {
        // The schedule comes every minute anyway.
        if failed_record.messages.iter().all(bundle::is_tick) {
            return true;
        }
        let failed_at = failed_record.failed_at;
        if failed_at.is_some_and(|at| is_overdue(at, self.delivery.clock.now())) {
            return self.fall_back(failed_record, run).await;
        }
        // Records of a batch are sent side by side, and may be copies: each makes claims of its own.
        let request = format!("{} {}", run.invocation.request, failed_record.receipt);
        let invocation = Invocation {
            request: &request,
            ..run.invocation
        };
        let own = InvocationState::new(invocation, run.ok_alarms);
        self.send_all(&failed_record.messages, failed_record.origin(), &own)
            .await;
        run.add_charts(own.take_charts());
        // Another invocation that is sending it may fail, and this is its only copy.
        let is_done = own.is_done();
        for Failure { message, error } in &own.take_failures() {
            tracing::error!(receipt = failed_record.receipt, id = message, error = %ErrorChain(error), "stays in the failure queue");
        }
        is_done
    }

    async fn fall_back(&self, failed_record: &FailedRecord, run: &InvocationState<'_>) -> bool {
        let origin = failed_record.origin();
        for (place, message) in failed_record.messages.iter().enumerate() {
            let read = Read::new(message, origin, place, self.delivery.clock.now());
            let read = self.with_its_audit_row(read, run).await;
            let (read, lacking) = self.given_up(read, run).await;
            if lacking.is_empty() {
                tracing::info!(
                    receipt = failed_record.receipt,
                    id = read.id,
                    "every sink has it"
                );
                continue;
            }
            let text = fallback::text(&read, &lacking, &self.config);
            if let Err(error) = self.delivery.ports.publish_fallback(text).await {
                tracing::error!(receipt = failed_record.receipt, error = %ErrorChain(&error), "the fallback topic did not take it; it stays in the failure queue");
                return false;
            }
        }
        tracing::error!(
            receipt = failed_record.receipt,
            "given up after twelve hours; published to the fallback topic"
        );
        true
    }
}

impl FailedRecord {
    /// The id of the request that failed, by which the delivery log identifies messages without an id.
    fn origin(&self) -> &str {
        self.request.as_deref().unwrap_or(&self.receipt)
    }
}

pub(super) fn is_overdue(failed_at: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(failed_at)).is_ok_and(|age| age > PATIENCE)
}
