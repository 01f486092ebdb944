//! Whether a message is told by itself, in the thread of its group, or together with others.

use picket_rules::routes::Sink;
use picket_shared::{clock::Clock, report::Chain};

use super::{Courier, Order};
use crate::{
    bundle::{Held, Meter, Slot},
    ledger::{Row, RowKey},
    ports::Table,
    sinks::{self, Posted, Told},
};

/// How a message is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gate {
    /// By itself; as the first of its group in a channel, where it is one.
    Open(Option<Slot>),
    /// As a reply to the first of its group.
    Thread(Posted),
    /// Together with others: it is kept.
    Held,
}

impl Gate {
    /// What it replies to.
    pub(super) fn lead(&self) -> Option<&Posted> {
        match self {
            Self::Thread(lead) => Some(lead),
            Self::Open(_) | Self::Held => None,
        }
    }
}

impl<P, S, F, T, G, C> Courier<P, S, F, T, G, C>
where
    P: Send + Sync,
    S: Send + Sync,
    F: Send + Sync,
    T: Table,
    G: Send + Sync,
    C: Clock,
{
    /// What cannot be counted or kept is told by itself.
    pub(super) async fn gate(&self, order: &Order, told: &Told<'_>) -> Gate {
        let sink = &order.posting.destination.sink;
        let mut first = None;
        if !sinks::is_new(sink, told) {
            return Gate::Open(None);
        }
        for meter in &order.meters {
            let slot = meter.slot(self.clock.now());
            let has_thread = meter.is_group() && matches!(sink, Sink::Slack(_));
            if !self.is_too_much(meter, &slot).await {
                first = has_thread.then_some(slot).or(first);
                continue;
            }
            if has_thread && let Some(lead) = self.read_lead(&slot, sink).await {
                return Gate::Thread(lead);
            }
            if self.hold_back(order, meter, &slot).await {
                return Gate::Held;
            }
        }
        Gate::Open(first)
    }

    /// Keeps what the first message of a group has become, for those that follow to reply to.
    pub(super) async fn lead(&self, gate: &Gate, sink: &Sink, posted: Option<&Posted>) {
        if let (Gate::Open(Some(slot)), Some(posted)) = (gate, posted) {
            let row = Row::default().showing(Some(posted.clone()));
            self.write(&lead_key(slot, sink), &row, 0).await;
        }
    }

    async fn is_too_much(&self, meter: &Meter, slot: &Slot) -> bool {
        let counted = async {
            let count = self.table.count_message(slot).await?;
            let before = if meter.looks_back(count) {
                self.table.read_count(&slot.before()).await?
            } else {
                0
            };
            Ok(meter.holds(count, before))
        };
        counted.await.unwrap_or_else(|fault: picket_aws::Fault| {
            tracing::warn!(meter = slot.meter, error = %Chain(&fault), "posted without knowing how many others are");
            false
        })
    }

    async fn read_lead(&self, slot: &Slot, sink: &Sink) -> Option<Posted> {
        self.read(&lead_key(slot, sink)).await?.row.message
    }

    /// First the bundle, then what is in it: a message that is kept is in a bundle that will be told.
    async fn hold_back(&self, order: &Order, meter: &Meter, slot: &Slot) -> bool {
        let bundle = meter.bundle(slot);
        let (draft, now) = (&order.posting.draft, self.clock.now());
        let severity = order.posting.destination.severity;
        let held = Held::new(&order.key.alert, order.event, draft, severity, now);
        let kept = async {
            self.table.open_bundle(&bundle).await?;
            self.table.hold_message(&bundle, &held).await
        };
        match kept.await {
            Ok(()) => {
                let headline = &held.headline;
                tracing::info!(row = %order.key, bundle = bundle.id(), headline, "told with others");
                true
            }
            Err(fault) => {
                tracing::warn!(row = %order.key, error = %Chain(&fault), "posted by itself, since it could not be kept");
                false
            }
        }
    }
}

fn lead_key(slot: &Slot, sink: &Sink) -> RowKey {
    RowKey {
        alert: format!("lead/{}", slot.id()),
        part: sink.to_string(),
    }
}
