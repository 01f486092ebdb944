//! One page for the alarms that were too many to be paged one by one: triggered with each minute's, resolved when all
//! of them are OK.

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::{Severity, clock::Clock, report::ErrorChain};

use super::{Handler, InvocationState, redelivery::is_overdue};
use crate::{
    decode::NoticeIncident,
    deferred::bundle::{self, Bundle, Current, HeldMessage},
    delivery::{DeliveryOutcome, DeliveryRequest, SendError},
    delivery_log::{RowKey, Skipped},
    draft::Draft,
    handler::fallback,
    ports::Ports,
};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Triggers or resolves the common page of a sink. `bundles` are all of the sink, which stay on the list until it
    /// is resolved.
    pub(super) async fn page_together(&self, bundles: Vec<Bundle>, run: &InvocationState<'_>) {
        let now = self.delivery.clock.now();
        let (due, filling): (Vec<Bundle>, Vec<Bundle>) =
            bundles.into_iter().partition(|bundle| bundle.is_due(now));
        let Some(sink) = due.first().map(|bundle| bundle.sink.clone()) else {
            return;
        };
        let all = due.len();
        let filled = match self.read_held(due, run.invocation).await {
            Ok(filled) => filled,
            Err(source) => return run.fail(&sink.to_string(), SendError::NoBundles { source }),
        };
        let rows = self.rows(&filled, &sink).await;
        let open = bundle::current(&filled, &rows).held;
        let (paged, new) = self.paged(&filled, &sink).await;
        if !open.is_empty() {
            self.trigger(&new, &open, &sink, run).await;
        } else if filling.is_empty() && filled.len() == all {
            let is_over = paged.is_empty() || self.resolve(&paged, &sink, run).await;
            if is_over {
                self.close(&filled).await;
            }
        }
    }

    /// The bundles that were paged, and those that were not. Where the table does not say, PagerDuty takes a repetition
    /// for the same.
    async fn paged<'b>(
        &self,
        filled: &'b [(Bundle, Vec<HeldMessage>)],
        sink: &Sink,
    ) -> (Vec<&'b Bundle>, Vec<&'b Bundle>) {
        let keys: Vec<RowKey> = filled.iter().map(|(bundle, _)| key(bundle, sink)).collect();
        let read = self.delivery.ports.read_many_rows(&keys).await;
        let rows = read.unwrap_or_else(|fault| {
            tracing::warn!(%sink, error = %ErrorChain(&fault), "paged without knowing what was paged before");
            Vec::new()
        });
        let is_paged = |bundle: &&Bundle| {
            let of_it = key(bundle, sink);
            rows.iter().any(|(known, row)| *known == of_it && row.sent)
        };
        filled.iter().map(|(bundle, _)| bundle).partition(is_paged)
    }

    async fn trigger(
        &self,
        new: &[&Bundle],
        open: &[HeldMessage],
        sink: &Sink,
        run: &InvocationState<'_>,
    ) {
        let Some((first, others)) = new.split_first() else {
            return;
        };
        let current = Current {
            held: open.to_vec(),
            ..Current::default()
        };
        let Some((draft, severity)) = bundle::draft(new, &current) else {
            return;
        };
        let draft = Draft {
            headline: format!("{} alarms are in ALARM", open.len()),
            reason: draft
                .detail
                .into_iter()
                .fold(draft.reason, |text, section| {
                    text.text("\n").append(section)
                }),
            detail: Vec::new(),
            ..draft
        };
        let request = page(&first.id(), sink, draft, severity, false);
        if self.is_sent(&request, first.until, run).await {
            for bundle in others {
                self.delivery.record_sent(&key(bundle, sink)).await;
            }
        }
    }

    async fn resolve(&self, paged: &[&Bundle], sink: &Sink, run: &InvocationState<'_>) -> bool {
        let id = format!("{}/resolved", bundle::joint_id(paged));
        let draft = Draft {
            headline: "All alarms are OK".to_owned(),
            ..Draft::default()
        };
        let request = page(&id, sink, draft, Severity::Critical, true);
        self.is_sent(&request, self.delivery.clock.now(), run).await
    }

    /// Whether PagerDuty has it, or the fallback topic twelve hours after `since`.
    async fn is_sent(
        &self,
        request: &DeliveryRequest,
        since: Timestamp,
        run: &InvocationState<'_>,
    ) -> bool {
        let RowKey {
            alert: id,
            part: sink,
        } = &request.key;
        match self.delivery.deliver(request, run.invocation).await {
            Ok((DeliveryOutcome::Posted | DeliveryOutcome::Skipped(Skipped::Sent), _)) => {
                tracing::info!(id, sink, "paged together");
                true
            }
            Ok(_) | Err(SendError::NoTime { .. }) => false,
            Err(error) if is_overdue(since, self.delivery.clock.now()) => {
                tracing::error!(id, sink, error = %ErrorChain(&error), "given up after twelve hours");
                let text = fallback::words(
                    &request.posting.draft,
                    std::slice::from_ref(&request.posting.destination.sink),
                    &self.config,
                );
                let is_published = self.delivery.ports.publish_fallback(text).await.is_ok();
                if is_published {
                    self.delivery.record_sent(&request.key).await;
                }
                is_published
            }
            Err(error) => {
                run.fail(id, error);
                false
            }
        }
    }

    async fn close(&self, filled: &[(Bundle, Vec<HeldMessage>)]) {
        for (bundle, _) in filled {
            if let Err(fault) = self.delivery.ports.close_bundle(bundle).await {
                tracing::warn!(bundle = bundle.id(), error = %ErrorChain(&fault), "resolved, and still on the list");
            }
        }
    }
}

/// Where it is recorded that a bundle was paged.
fn key(bundle: &Bundle, sink: &Sink) -> RowKey {
    RowKey {
        alert: format!("message/{}", bundle.id()),
        part: sink.to_string(),
    }
}

/// A page to a sink, triggered or, if `is_good`, resolved: one incident of PagerDuty for each sink.
fn page(id: &str, sink: &Sink, draft: Draft, severity: Severity, is_good: bool) -> DeliveryRequest {
    DeliveryRequest {
        notice_incident: Some(NoticeIncident {
            incident: format!("storm/{sink}"),
            is_good,
        }),
        ..DeliveryRequest::own(id, sink.clone(), draft, severity)
    }
}
