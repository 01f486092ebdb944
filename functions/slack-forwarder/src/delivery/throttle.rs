//! Throttling: whether a message is posted by itself, in the thread of its group, or held for a bundle.

use std::time::Duration;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::{alarm::State, clock::Clock, report::ErrorChain};

use super::{Delivery, DeliveryRequest, Invocation, SKEW};
use crate::{
    deferred::bundle::{self, Bundle, Held, Meter, Slot, Standing},
    delivery_log::{Claim, Event, Row, RowKey, Stored, Urgency, Written},
    incident::{Step, WINDOW},
    ports::Ports,
    sinks::{self, Notification, Posted},
};

/// How long a message waits for the lead of its group while another invocation posts it: as long as one post takes, and a little
/// more. Then it is posted by itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// From one reading of the lead to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// The decision on how a message is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Throttle {
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

/// The position of a message in its group, as the table has it.
enum GroupPosition {
    /// It has no group, or nothing is known of it.
    Alone,
    /// Behind a lead, which is a message in a channel or not.
    Behind(Option<Posted>),
    /// At the head, once the row is claimed.
    Head(RowKey, Stored),
}

impl Throttle {
    /// What it replies to.
    pub(super) fn lead(&self) -> Option<&Posted> {
        match self {
            Self::Thread(lead) => Some(lead),
            Self::Open(_) | Self::Held => None,
        }
    }
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// What cannot be counted or kept is posted by itself.
    pub(super) async fn throttle(
        &self,
        request: &DeliveryRequest,
        notification: &Notification<'_>,
        invocation: Invocation<'_>,
    ) -> Throttle {
        let sink = &request.posting.destination.sink;
        if !sinks::is_new(sink, notification) {
            return Throttle::Open(None);
        }
        let is_group = |meter: &&Meter| meter.is_group();
        // What is over already leads nobody, and waits for nobody.
        let is_over = matches!(notification.step, Step::Late { .. });
        let group = request.meters.iter().find(is_group).filter(|_| !is_over);
        let storm = request.meters.iter().find(|meter| !is_group(meter));
        let now = self.clock.now();
        let patience = now + PATIENCE.min(invocation.deadline.remaining(now));
        let mut is_counted = false;
        loop {
            let slot = group.map(|meter| meter.slot(self.clock.now()));
            let position = match &slot {
                Some(slot) => {
                    self.group_position(request, slot, invocation, patience)
                        .await
                }
                None => GroupPosition::Alone,
            };
            if let (GroupPosition::Behind(None), Some(meter), Some(slot)) =
                (&position, group, &slot)
                && self.hold_back(request, meter, slot).await
            {
                return Throttle::Held;
            }
            // Replies in a group's thread are messages too, and count.
            if let Some(meter) = storm.filter(|_| !is_counted) {
                let slot = meter.slot(self.clock.now());
                if self.is_too_much(meter, &slot).await
                    && self.hold_back(request, meter, &slot).await
                {
                    return Throttle::Held;
                }
                is_counted = true;
            }
            match position {
                GroupPosition::Alone | GroupPosition::Behind(None) => return Throttle::Open(None),
                GroupPosition::Behind(Some(lead)) => return Throttle::Thread(lead),
                GroupPosition::Head(key, stored) => {
                    if let Some(lead) = self.claim_lead(request, key, stored, invocation).await {
                        return Throttle::Open(Some(lead));
                    }
                }
            }
        }
    }

    /// Records the lead that was posted, for those that follow.
    pub(super) async fn record_lead(&self, throttle: &Throttle, posted: Option<&Posted>) {
        if let Throttle::Open(Some(lead)) = throttle {
            let row = Row {
                urgency: Some(lead.urgency),
                ..lead.row.as_ref().clone()
            };
            let row = row.done(Event::Message).showing(posted.cloned());
            self.write(&lead.key, &row, lead.revision).await;
        }
    }

    /// Gives up the lead that could not be posted: the next message of the group leads.
    pub(super) async fn release_lead(&self, throttle: &Throttle) {
        if let Throttle::Open(Some(lead)) = throttle {
            let row = lead.row.as_ref().clone().released(self.clock.now());
            self.write(&lead.key, &row, lead.revision).await;
        }
    }

    /// Reads where the message stands in its group, waiting for another invocation that posts the lead.
    async fn group_position(
        &self,
        request: &DeliveryRequest,
        slot: &Slot,
        invocation: Invocation<'_>,
        patience: Timestamp,
    ) -> GroupPosition {
        let sink = &request.posting.destination.sink;
        let key = lead_key(slot, sink);
        loop {
            let now = self.clock.now();
            let Some(stored) = self.read(&key).await else {
                return GroupPosition::Alone;
            };
            match bundle::standing(
                &stored.row,
                request.urgency(),
                &request.owner(invocation),
                now,
            ) {
                Standing::Leads => return GroupPosition::Head(key, stored),
                Standing::Follows => return GroupPosition::Behind(stored.row.message),
                Standing::Waits if now < patience => self.clock.sleep(PAUSE).await,
                Standing::Waits => return GroupPosition::Alone,
            }
        }
    }

    /// The group's row, claimed; `None` where somebody wrote in between. A row that cannot be written leads nobody.
    async fn claim_lead(
        &self,
        request: &DeliveryRequest,
        key: RowKey,
        stored: Stored,
        invocation: Invocation<'_>,
    ) -> Option<Lead> {
        let now = self.clock.now();
        let claim = Claim {
            event: Event::Message,
            owner: request.owner(invocation),
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
            urgency: request.urgency(),
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

    /// Holds an incident of an alarm that flaps, to send it if it lasts; returns whether it is held. Its end is not held.
    pub(super) async fn hold_flapping(&self, request: &DeliveryRequest) -> bool {
        let Event::Change(change) = request.event else {
            return true;
        };
        if change.state != State::Alarm {
            return true;
        }
        let meter = Meter::flapping(&request.posting.destination.sink);
        let now = self.clock.now();
        let slot = meter.slot((change.at.min(now) + WINDOW).max(now));
        self.hold_back(request, &meter, &slot).await
    }

    /// Whether the message is kept in a bundle. One partition key may take no more writes; another one may.
    async fn hold_back(&self, request: &DeliveryRequest, meter: &Meter, slot: &Slot) -> bool {
        let (draft, now) = (&request.posting.draft, self.clock.now());
        let severity = request.posting.destination.severity;
        let held = Held::new(&request.key.alert, request.event, draft, severity, now);
        for bundle in meter.bundles(slot, &held.alert) {
            match self.keep(&bundle, &held).await {
                Ok(()) => {
                    let headline = &held.headline;
                    tracing::info!(row = %request.key, bundle = bundle.id(), headline, "told with others");
                    return true;
                }
                Err(fault) => {
                    tracing::warn!(row = %request.key, bundle = bundle.id(), error = %ErrorChain(&fault), "the message could not be kept");
                }
            }
        }
        tracing::warn!(row = %request.key, "posted by itself, since it could not be kept");
        false
    }

    /// Writes first the bundle, then its content: a message that is held is in a bundle that will be sent.
    async fn keep(&self, bundle: &Bundle, held: &Held) -> Result<(), Fault> {
        if !self.opened.contains(bundle) {
            self.ports.open_bundle(bundle).await?;
            self.opened.remember(bundle);
        }
        self.ports.hold_message(bundle, held).await
    }
}

impl DeliveryRequest {
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
