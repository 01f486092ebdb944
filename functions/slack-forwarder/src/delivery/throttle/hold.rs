//! Messages that are held for a bundle.

use std::time::Duration;

use picket_aws::Fault;
use picket_shared::{alarm::State, clock::Clock, report::ErrorChain};

use super::super::{Delivery, DeliveryRequest};
use crate::{
    deferred::bundle::{Bundle, HeldMessage, Meter, Slot},
    delivery_log::Event,
    incident::WINDOW,
    ports::Ports,
};

/// How often a message is put into the bundles of its window before it is posted by itself.
const ROUNDS: u8 = 2;

/// The pause between two rounds. Where a window begins in the middle of a storm, all execution environments put its
/// bundles on the list at once; a partition key takes its next writes within the second.
const PAUSE: Duration = Duration::from_secs(1);

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Holds an incident of an alarm that flaps, to send it if it lasts; returns whether it is held. Its end is not
    /// held.
    pub(in crate::delivery) async fn hold_flapping(&self, request: &DeliveryRequest) -> bool {
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
    pub(super) async fn hold_back(
        &self,
        request: &DeliveryRequest,
        meter: &Meter,
        slot: &Slot,
    ) -> bool {
        let (draft, now) = (&request.posting.draft, self.clock.now());
        let severity = request.posting.destination.severity;
        let held = HeldMessage::new(&request.key.alert, request.event, draft, severity, now);
        for round in 0..ROUNDS {
            if round > 0 {
                self.clock.sleep(PAUSE).await;
            }
            for bundle in meter.bundles(slot, &held.alert) {
                match self.keep(&bundle, &held).await {
                    Ok(()) => {
                        let headline = &held.headline;
                        tracing::info!(row = %request.key, bundle = bundle.id(), headline, "held for a bundle");
                        return true;
                    }
                    Err(fault) => {
                        tracing::warn!(row = %request.key, bundle = bundle.id(), error = %ErrorChain(&fault), "the message could not be kept");
                    }
                }
            }
        }
        tracing::warn!(row = %request.key, "posted by itself, since it could not be kept");
        false
    }

    /// Writes first the bundle, then its content: a message that is held is in a bundle that will be sent.
    async fn keep(&self, bundle: &Bundle, held: &HeldMessage) -> Result<(), Fault> {
        if !self.opened.contains(bundle) {
            self.open(bundle).await?;
        }
        self.ports.hold_message(bundle, held).await
    }

    /// Puts a bundle on the list. In a storm many sandboxes do that at once, and the list is one partition key: where
    /// it takes no more writes it can still be read, and most bundles are on it already.
    async fn open(&self, bundle: &Bundle) -> Result<(), Fault> {
        match self.ports.open_bundle(bundle).await {
            Ok(()) => self.opened.remember(bundle),
            Err(fault) if fault.is_transient() => {
                let listed = self.ports.list_bundles().await?;
                for known in &listed {
                    self.opened.remember(known);
                }
                if !listed.contains(bundle) {
                    return Err(fault);
                }
            }
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}
