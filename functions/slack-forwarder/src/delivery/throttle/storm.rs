//! Storms: more messages in a minute to one sink than the routes allow.

use picket_aws::Fault;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::super::Delivery;
use crate::{
    deferred::bundle::{Meter, Slot},
    ports::Ports,
};

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Whether a storm holds the message back. Where the table does not answer, the last known count decides.
    pub(super) async fn is_too_much(&self, meter: &Meter, slot: &Slot) -> bool {
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
}
