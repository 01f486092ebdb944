//! Whether a message is posted by itself, in the thread of its group, or together with others.

use std::time::Duration;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::{alarm::State, clock::Clock, report::ErrorChain};

use super::{Courier, Invocation, Order, SKEW};
use crate::{
    deferred::bundle::{self, Bundle, Held, Meter, Slot, Standing},
    delivery_log::{Claim, Event, Row, RowKey, Stored, Urgency, Written},
    incident::{Step, WINDOW},
    ports::Ports,
    sinks::{self, Posted, Told},
};

/// How long a message waits for the lead of its group while another invocation posts it: as long as one post takes, and a little
/// more. Then it is posted by itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// From one reading of the lead to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// How a message is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gate {
    /// By itself; as the lead of its group, where it is one.
    Open(Option<Lead>),
    /// As a reply to the lead of its group.
    Thread(Posted),
    /// Together with others: it is kept.
    Held,
}

/// A group's row that this invocation has claimed, to post the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lead {
    key: RowKey,
    row: Box<Row>,
    revision: u64,
    urgency: Urgency,
}

/// Where a message stands in its group, as the table says.
enum Place {
    /// It has no group, or nothing is known of it.
    Alone,
    /// Behind a lead, which is a message in a channel or not.
    Behind(Option<Posted>),
    /// At the head, once the row is claimed.
    Head(RowKey, Stored),
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

impl<P: Ports, C: Clock> Courier<P, C> {
    /// What cannot be counted or kept is posted by itself.
    pub(super) async fn gate(
        &self,
        order: &Order,
        told: &Told<'_>,
        invocation: Invocation<'_>,
    ) -> Gate {
        let sink = &order.posting.destination.sink;
        if !sinks::is_new(sink, told) {
            return Gate::Open(None);
        }
        let is_group = |meter: &&Meter| meter.is_group();
        // What is over already leads nobody, and waits for nobody.
        let is_over = matches!(told.step, Step::Late { .. });
        let group = order.meters.iter().find(is_group).filter(|_| !is_over);
        let storm = order.meters.iter().find(|meter| !is_group(meter));
        let now = self.clock.now();
        let patience = now + PATIENCE.min(invocation.deadline.remaining(now));
        let mut is_counted = false;
        loop {
            let slot = group.map(|meter| meter.slot(self.clock.now()));
            let place = match &slot {
                Some(slot) => self.place(order, slot, invocation, patience).await,
                None => Place::Alone,
            };
            if let (Place::Behind(None), Some(meter), Some(slot)) = (&place, group, &slot)
                && self.hold_back(order, meter, slot).await
            {
                return Gate::Held;
            }
            // Replies in a group's thread are messages too, and count.
            if let Some(meter) = storm.filter(|_| !is_counted) {
                let slot = meter.slot(self.clock.now());
                if self.is_too_much(meter, &slot).await && self.hold_back(order, meter, &slot).await
                {
                    return Gate::Held;
                }
                is_counted = true;
            }
            match place {
                Place::Alone | Place::Behind(None) => return Gate::Open(None),
                Place::Behind(Some(lead)) => return Gate::Thread(lead),
                Place::Head(key, stored) => {
                    if let Some(lead) = self.claim_lead(order, key, stored, invocation).await {
                        return Gate::Open(Some(lead));
                    }
                }
            }
        }
    }

    /// Records the lead that was posted, for those that follow.
    pub(super) async fn record_lead(&self, gate: &Gate, posted: Option<&Posted>) {
        if let Gate::Open(Some(lead)) = gate {
            let row = Row {
                urgency: Some(lead.urgency),
                ..lead.row.as_ref().clone()
            };
            let row = row.done(Event::Message).showing(posted.cloned());
            self.write(&lead.key, &row, lead.revision).await;
        }
    }

    /// Gives up the lead that could not be posted: the next message of the group leads.
    pub(super) async fn release_lead(&self, gate: &Gate) {
        if let Gate::Open(Some(lead)) = gate {
            let row = lead.row.as_ref().clone().released(self.clock.now());
            self.write(&lead.key, &row, lead.revision).await;
        }
    }

    /// Reads where the message stands in its group, waiting for another invocation that posts the lead.
    async fn place(
        &self,
        order: &Order,
        slot: &Slot,
        invocation: Invocation<'_>,
        patience: Timestamp,
    ) -> Place {
        let sink = &order.posting.destination.sink;
        let key = lead_key(slot, sink);
        loop {
            let now = self.clock.now();
            let Some(stored) = self.read(&key).await else {
                return Place::Alone;
            };
            match bundle::standing(&stored.row, order.urgency(), &order.owner(invocation), now) {
                Standing::Leads => return Place::Head(key, stored),
                Standing::Follows => return Place::Behind(stored.row.message),
                Standing::Waits if now < patience => self.clock.sleep(PAUSE).await,
                Standing::Waits => return Place::Alone,
            }
        }
    }

    /// The group's row, claimed; `None` where somebody wrote in between. A row that cannot be written leads nobody.
    async fn claim_lead(
        &self,
        order: &Order,
        key: RowKey,
        stored: Stored,
        invocation: Invocation<'_>,
    ) -> Option<Lead> {
        let now = self.clock.now();
        let claim = Claim {
            event: Event::Message,
            owner: order.owner(invocation),
            until: now + invocation.deadline.remaining(now) + SKEW,
        };
        let row = Row {
            claim: Some(claim),
            ..stored.row
        };
        let revision = match self.write(&key, &row, stored.revision).await {
            // The message is posted all the same; what follows it is then posted by itself.
            Some(Written::Written) | None => stored.revision + 1,
            // Perhaps with itself: the answer was lost, and the SDK wrote again.
            Some(Written::Collided) => {
                let found = self.read(&key).await?;
                (found.row == row).then_some(found.revision)?
            }
        };
        Some(Lead {
            key,
            row: Box::new(row),
            revision,
            urgency: order.urgency(),
        })
    }

    /// Whether a storm holds the message back. Where the table does not answer, the last known count decides.
    async fn is_too_much(&self, meter: &Meter, slot: &Slot) -> bool {
        if self.storms.is_on(slot) {
            return true;
        }
        let counted = match self.ports.count_message(slot).await {
            // A key that takes no more writes can still be read.
            Err(fault) if fault.is_transient() => self.ports.read_count(slot).await,
            counted => counted,
        };
        let held = async {
            if meter.is_above(counted?) {
                self.storms.remember(slot);
            } else if !self.storms.holds(slot) {
                let before = slot.before();
                if meter.is_above(self.ports.read_count(&before).await?) {
                    self.storms.remember(&before);
                }
            }
            Ok(self.storms.holds(slot))
        };
        held.await.unwrap_or_else(|fault: Fault| {
            tracing::warn!(meter = slot.meter, error = %ErrorChain(&fault), "the messages of this minute could not be counted");
            self.storms.holds(slot)
        })
    }

    /// Whether an incident of an alarm that flaps is kept, to be told should it last. Its end needs no keeping.
    pub(super) async fn hold_flapping(&self, order: &Order) -> bool {
        let Event::Change(change) = order.event else {
            return true;
        };
        if change.state != State::Alarm {
            return true;
        }
        let meter = Meter::flapping(&order.posting.destination.sink);
        let now = self.clock.now();
        let slot = meter.slot((change.at.min(now) + WINDOW).max(now));
        self.hold_back(order, &meter, &slot).await
    }

    /// Whether the message is kept in a bundle. One partition key may take no more writes; another one may.
    async fn hold_back(&self, order: &Order, meter: &Meter, slot: &Slot) -> bool {
        let (draft, now) = (&order.posting.draft, self.clock.now());
        let severity = order.posting.destination.severity;
        let held = Held::new(&order.key.alert, order.event, draft, severity, now);
        for bundle in meter.bundles(slot, &held.alert) {
            match self.keep(&bundle, &held).await {
                Ok(()) => {
                    let headline = &held.headline;
                    tracing::info!(row = %order.key, bundle = bundle.id(), headline, "told with others");
                    return true;
                }
                Err(fault) => {
                    tracing::warn!(row = %order.key, bundle = bundle.id(), error = %ErrorChain(&fault), "the message could not be kept");
                }
            }
        }
        tracing::warn!(row = %order.key, "posted by itself, since it could not be kept");
        false
    }

    /// First the bundle, then what is in it: a message that is kept is in a bundle that will be told.
    async fn keep(&self, bundle: &Bundle, held: &Held) -> Result<(), Fault> {
        if !self.opened.contains(bundle) {
            self.ports.open_bundle(bundle).await?;
            self.opened.remember(bundle);
        }
        self.ports.hold_message(bundle, held).await
    }
}

impl Order {
    fn urgency(&self) -> Urgency {
        Urgency::of(self.event, self.posting.destination.severity)
    }

    /// Who claims the lead: this message, in this invocation or in a retry of it.
    fn owner(&self, invocation: Invocation<'_>) -> String {
        format!("{} {}", invocation.request, self.key.alert)
    }
}

fn lead_key(slot: &Slot, sink: &Sink) -> RowKey {
    RowKey {
        alert: format!("lead/{}", slot.id()),
        part: sink.to_string(),
    }
}
