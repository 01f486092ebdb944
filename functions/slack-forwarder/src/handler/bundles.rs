//! Telling what is told together, every minute.

use picket_rules::routes::Sink;
use picket_shared::{Severity, clock::Clock, report::Chain};

use super::{Handler, Run, redelivery::is_overdue};
use crate::{
    bundle::{self, Bundle},
    courier::{Order, Outcome},
    draft::Draft,
    error::{Failure, SendError},
    explain::Posting,
    fallback,
    ledger::{Event, Left, RowKey},
    ports::{PostMessage, PublishEmail, PublishFallback, ReadParameter, RenderChart, Table},
    route::Destination,
};

impl<P, S, F, T, G, C> Handler<P, S, F, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishEmail + PublishFallback + Send + Sync,
    T: Table,
    G: RenderChart + Send + Sync,
    C: Clock,
{
    /// Tells every bundle whose window is over, each once.
    pub(super) async fn tell_bundles(&self, id: &str, run: &mut Run<'_>) {
        let bundles = match self.courier.table.list_bundles().await {
            Ok(bundles) => bundles,
            Err(source) => return run.fail(id, SendError::NoBundles { source }),
        };
        let now = self.courier.clock.now();
        for bundle in bundles.iter().filter(|bundle| bundle.is_due(now)) {
            self.tell_bundle(bundle, run).await;
        }
    }

    async fn tell_bundle(&self, bundle: &Bundle, run: &mut Run<'_>) {
        let id = bundle.id();
        let held = match self.courier.table.read_held(bundle).await {
            Ok(held) => held,
            Err(source) => return run.fail(&id, SendError::NoBundles { source }),
        };
        let is_over = match bundle::draft(bundle, &held) {
            None => true,
            Some((draft, severity)) => {
                let order = order(bundle, draft, severity);
                self.tell_together(&id, bundle, &order, run).await
            }
        };
        if is_over && let Err(fault) = self.courier.table.close_bundle(bundle).await {
            tracing::warn!(bundle = id, error = %Chain(&fault), "told, and still on the list; the ledger knows");
        }
    }

    /// Whether the bundle may be forgotten.
    async fn tell_together(
        &self,
        id: &str,
        bundle: &Bundle,
        order: &Order,
        run: &mut Run<'_>,
    ) -> bool {
        match self.courier.deliver(order, run.invocation).await {
            Ok((Outcome::Posted | Outcome::Left(Left::Sent), _)) => {
                let sink = &order.key.part;
                tracing::info!(bundle = id, sink, "told together");
                true
            }
            Ok(_) => false,
            Err(error) if is_overdue(bundle.until, self.courier.clock.now()) => {
                tracing::error!(bundle = id, error = %Chain(&error), "given up after twelve hours");
                let text = fallback::words(&order.posting.draft, &self.config);
                let told = self.courier.topics.publish(text).await;
                told.is_ok()
            }
            Err(error) => {
                run.fail(id, error);
                false
            }
        }
    }
}

impl Run<'_> {
    fn fail(&mut self, id: &str, error: SendError) {
        self.failures.push(Failure {
            message: id.to_owned(),
            error,
        });
    }
}

fn order(bundle: &Bundle, draft: Draft, severity: Severity) -> Order {
    let sink: Sink = bundle.sink.clone();
    Order {
        key: RowKey {
            alert: format!("message/{}", bundle.id()),
            part: sink.to_string(),
        },
        event: Event::Message,
        posting: Posting {
            destination: Destination {
                sink,
                ..Destination::unrouted(severity)
            },
            draft,
        },
        about: None,
        meters: Vec::new(),
    }
}
