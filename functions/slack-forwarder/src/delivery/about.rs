//! The incident that a message is about, without being a change of it.

use std::time::Duration;

use picket_rules::routes::Sink;
use picket_shared::clock::Clock;

use super::{Delivery, Invocation};
use crate::{
    delivery_log::{Event, Row, RowKey},
    ports::Ports,
    sinks::{Ability, Effect, ability},
};

/// How long a message waits for the one of its incident. The remediator answers an alarm within a second, and Slack takes
/// one message a second to a channel: an alarm of a small storm is posted within five.
const PATIENCE: Duration = Duration::from_secs(5);
/// The interval of looking.
const INTERVAL: Duration = Duration::from_millis(500);

/// The incident.
pub(crate) struct About {
    /// Its row at the same sink.
    pub(crate) key: RowKey,
    /// The change of its alarm that the message is about.
    pub(crate) change: Event,
    /// What the message means for it.
    pub(crate) effect: Effect,
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// The row of an incident; `None` where it cannot be read. The alarm's message may be under way in another
    /// invocation: one to a sink with threads or incidents waits for it for a while.
    pub(super) async fn incident(
        &self,
        about: &About,
        sink: &Sink,
        invocation: Invocation<'_>,
    ) -> Option<Row> {
        let started = self.clock.now();
        loop {
            let read = self.within(invocation, self.read(&about.key)).await;
            let row = read.ok().flatten()?.row;
            let now = self.clock.now();
            let waited = Duration::try_from(now.duration_since(started)).unwrap_or(PATIENCE);
            let is_late = waited >= PATIENCE || !invocation.has_time(now);
            if row.has(about.change) || is_late || ability(sink) == Ability::Posts {
                return Some(row);
            }
            self.clock.sleep(INTERVAL).await;
        }
    }
}
