//! The lead of a group: the message in whose thread the others follow.

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::clock::Clock;

use super::{
    super::{Delivery, DeliveryRequest, Invocation},
    Throttle,
};
use crate::{
    deferred::bundle::{self, GroupRole, Slot},
    delivery_log::{Claim, Event, Row, RowKey, Stored, Urgency, Written},
    ports::Ports,
    sinks::Posted,
};

/// How long a message waits for the lead of its group while another invocation posts it: as long as one post takes, and
/// a little more. Then it is posted by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// From one reading of the lead to the next.
const PAUSE: Duration = Duration::from_millis(500);

/// A group's row that this invocation has claimed, to post the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::delivery) struct Lead {
    key: RowKey,
    row: Box<Row>,
    revision: u64,
    urgency: Urgency,
}

/// The position of a message in its group, as the table has it.
pub(super) enum GroupPosition {
    /// It has no group, or nothing is known of it.
    Alone,
    /// Behind a lead, which is a message in a channel or not.
    Behind(Option<Posted>),
    /// At the head, once the row is claimed.
    Head(RowKey, Stored),
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Records the lead that was posted, for those that follow.
    pub(in crate::delivery) async fn record_lead(
        &self,
        throttle: &Throttle,
        posted: Option<&Posted>,
    ) {
        if let Throttle::Open(Some(lead)) = throttle {
            let row = Row {
                urgency: Some(lead.urgency),
                ..lead.row.as_ref().clone()
            };
            let row = row.posted(Event::Message, posted.cloned());
            self.write(&lead.key, &row, lead.revision).await;
        }
    }

    /// Gives up the lead that could not be posted: the next message of the group leads.
    pub(in crate::delivery) async fn release_lead(&self, throttle: &Throttle) {
        if let Throttle::Open(Some(lead)) = throttle {
            let row = lead.row.as_ref().clone().released(self.clock.now());
            self.write(&lead.key, &row, lead.revision).await;
        }
    }

    /// Reads where the message stands in its group, waiting for another invocation that posts the lead.
    pub(super) async fn group_position(
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
            match bundle::group_role(
                &stored.row,
                request.urgency,
                &request.owner(invocation),
                now,
            ) {
                GroupRole::Leads => return GroupPosition::Head(key, stored),
                GroupRole::Follows => return GroupPosition::Behind(stored.row.message),
                GroupRole::Waits if now < patience => self.clock.sleep(PAUSE).await,
                GroupRole::Waits => return GroupPosition::Alone,
            }
        }
    }

    /// The group's row, claimed; `None` where another invocation wrote in between. A row that cannot be written leads
    /// nobody.
    pub(super) async fn claim_lead(
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
            until: invocation.over(now),
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
            urgency: request.urgency,
        })
    }
}

fn lead_key(slot: &Slot, sink: &Sink) -> RowKey {
    RowKey {
        alert: format!("lead/{}", slot.id()),
        part: sink.to_string(),
    }
}
