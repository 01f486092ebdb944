//! Throttling: whether a message is posted by itself, in the thread of its group, or held for a bundle.

mod hold;
mod lead;
mod storm;

use picket_shared::clock::Clock;

use super::{Delivery, DeliveryRequest, Invocation};
use crate::{
    deferred::bundle::Meter,
    incident::Step,
    ports::Ports,
    sinks::{self, Notification, Posted},
};
use lead::{GroupPosition, Lead, PATIENCE};

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

impl Throttle {
    /// The message to reply to.
    pub(super) fn lead(&self) -> Option<&Posted> {
        match self {
            Self::Thread(lead) => Some(lead),
            Self::Open(_) | Self::Held => None,
        }
    }
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Posts a message by itself if it cannot be counted or kept.
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
        // An alarm that is over already does not lead a group, and does not wait for a lead.
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
                if self.is_too_much(meter, &slot).await {
                    let slot = meter.holding_slot(self.clock.now());
                    if self.hold_back(request, meter, &slot).await {
                        return Throttle::Held;
                    }
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
}

impl DeliveryRequest {
    /// Who claims the lead: this message, in this invocation or in a retry of it.
    fn owner(&self, invocation: Invocation<'_>) -> String {
        format!("{} {}", invocation.request, self.key.alert)
    }
}
