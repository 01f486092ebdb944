//! Storms: more messages in a minute to one sink than the routes allow.

use picket_aws::Fault;
use picket_shared::{clock::Clock, report::ErrorChain};

use super::super::Delivery;
use crate::{
    deferred::bundle::{Meter, Slot},
    ports::Ports,
};

/// The number of messages that one counted message stands for, where another could not be counted. A key that takes no
/// more writes has taken hundreds of them in a second, of which few are counted by then: a quarter of the limit is
/// enough.
const FACTOR: u64 = 4;

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Whether a storm holds the message back. Where the table does not answer, the last known count decides.
    pub(super) async fn is_too_much(&self, meter: &Meter, slot: &Slot) -> bool {
        if self.storms.is_on(slot) {
            return true;
        }
        let held = async {
            let (count, is_counted) = match self.ports.count_message(slot).await {
                // A key that takes no more writes can still be read.
                Err(fault) if fault.is_transient() => (self.ports.read_count(slot).await?, false),
                counted => (counted?, true),
            };
            if meter.is_above(count) {
                self.storms.remember(slot);
            } else if !self.storms.holds(slot) {
                let before = slot.before();
                let earlier = self.ports.read_count(&before).await?;
                if meter.is_above(earlier) {
                    self.storms.remember(&before);
                } else if !is_counted && meter.is_above(FACTOR * count.saturating_add(earlier)) {
                    self.storms.remember(slot);
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
