//! Claims: a row of the delivery log is claimed before a post.

use std::time::Duration;

use picket_shared::{alarm::State, clock::Clock, report::ErrorChain};

use super::{Delivery, DeliveryOutcome, DeliveryRequest, Invocation};
use crate::{
    delivery::SendError,
    delivery_log::{self, Claim, Event, Plan, Row, RowKey, Stored, Written},
    incident::{Silence, Step},
    ports::Ports,
    sinks,
};

/// How far apart the clocks of two sandboxes may be.
pub(super) const SKEW: Duration = Duration::from_secs(2);

/// Looks at a row before its delivery is left to a retry: each is a change of the same alarm by another invocation, or
/// half a second of waiting for one.
const COLLISIONS: u32 = 40;

/// The result of claiming a row.
pub(super) enum Claimed {
    Nothing(DeliveryOutcome),
    /// The row, and how often it has been written now.
    Send(Step, Box<Row>, u64),
    /// The table cannot be reached.
    Stateless,
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    pub(super) async fn claim(
        &self,
        request: &DeliveryRequest,
        invocation: Invocation<'_>,
    ) -> Result<Claimed, SendError> {
        let sink = &request.posting.destination.sink;
        let mut tried = None;
        for _ in 0..COLLISIONS {
            let now = self.clock.now();
            let left = invocation.deadline.remaining(now);
            if invocation.time_to_send(now).is_zero() {
                return Err(SendError::NoTime { sink: sink.clone() });
            }
            let Some(Stored { row, revision }) = self.read(&request.key).await else {
                return Ok(Claimed::Stateless);
            };
            if let Some((step, claimed)) = tried.take().filter(|(_, claimed)| *claimed == row) {
                return Ok(self.after_oks(request, step, claimed, revision).await);
            }
            let claim = Claim {
                event: request.event,
                owner: invocation.request.to_owned(),
                until: invocation.over(now),
            };
            let ability = sinks::ability(sink);
            let mut plan = delivery_log::plan(&row, claim.clone(), ability, request.came_from, now);
            if matches!(plan, Plan::Record(..)) {
                // Perhaps because nothing is known here of the OK before it.
                let with_oks = self.with_oks(request, row.clone()).await;
                plan = delivery_log::plan(&with_oks, claim, ability, request.came_from, now);
                if let Plan::Send(_, claimed) = &mut plan
                    && row.shows_incident()
                {
                    claimed.history = row.history.clone();
                }
            }
            match plan {
                Plan::Leave(left) => return Ok(Claimed::Nothing(DeliveryOutcome::Skipped(left))),
                Plan::Wait(pause) if pause < left => self.clock.sleep(pause).await,
                Plan::Wait(_) => return Err(SendError::Busy { sink: sink.clone() }),
                // If the incident lasts, it is sent when the window for flapping is over.
                Plan::Record(Silence::Flapping, _) if !self.hold_flapping(request).await => {
                    return Ok(Claimed::Stateless);
                }
                Plan::Record(silence, recorded) => {
                    let recorded = unended(&row, recorded, request.event);
                    match self.write(&request.key, &recorded, revision).await {
                        Some(Written::Written) => {
                            return Ok(Claimed::Nothing(DeliveryOutcome::Silent(silence)));
                        }
                        Some(Written::Collided) => {}
                        None => return Ok(Claimed::Stateless),
                    }
                }
                Plan::Send(step, row) => match self.write(&request.key, &row, revision).await {
                    Some(Written::Written) => {
                        return Ok(self.after_oks(request, step, row, revision + 1).await);
                    }
                    // Perhaps with itself: the answer was lost, and the SDK wrote again.
                    Some(Written::Collided) => tried = Some((step, row)),
                    None => return Ok(Claimed::Stateless),
                },
            }
        }
        Err(SendError::Busy { sink: sink.clone() })
    }

    /// Records that a message was sent, where another message said it too.
    pub(crate) async fn record_sent(&self, key: &RowKey) {
        if let Some(Stored { row, revision }) = self.read(key).await {
            self.write(key, &row.done(Event::Message), revision).await;
        }
    }

    /// The step of a claimed ALARM, with the OKs that arrived at other sinks. An OK is recorded before it looks for
    /// claims: one of the two sees the other.
    async fn after_oks(
        &self,
        request: &DeliveryRequest,
        step: Step,
        claimed: Row,
        revision: u64,
    ) -> Claimed {
        let row = self.with_oks(request, claimed.clone()).await;
        let ability = sinks::ability(&request.posting.destination.sink);
        let claim = claimed.claim.clone().filter(|_| row != claimed);
        let plan = claim.map(|claim| {
            delivery_log::plan(&row, claim, ability, request.came_from, self.clock.now())
        });
        match plan {
            // Where an incident is shown, its OK is still to be sent here.
            Some(Plan::Send(step, _)) if claimed.shows_incident() => {
                Claimed::Send(step, Box::new(claimed), revision)
            }
            Some(Plan::Send(step, row)) => Claimed::Send(step, Box::new(row), revision),
            Some(Plan::Record(Silence::Flapping, _)) if !self.hold_flapping(request).await => {
                Claimed::Stateless
            }
            Some(Plan::Record(silence, recorded)) => {
                let recorded = unended(&claimed, recorded, request.event);
                self.write(&request.key, &recorded, revision).await;
                Claimed::Nothing(DeliveryOutcome::Silent(silence))
            }
            // The claim is its own.
            Some(Plan::Leave(_) | Plan::Wait(_)) | None => {
                Claimed::Send(step, Box::new(claimed), revision)
            }
        }
    }

    /// A row with the OKs of its alarm, where the event is an ALARM.
    async fn with_oks(&self, request: &DeliveryRequest, row: Row) -> Row {
        match request.event {
            Event::Change(change) if change.state == State::Alarm => {
                let oks = self.read(&RowKey::oks(&request.key.alert)).await;
                let oks = oks.unwrap_or_default().row.history;
                Row {
                    history: row.history.clone().with_oks_of(&oks),
                    ..row
                }
            }
            Event::Change(_) | Event::Message => row,
        }
    }

    /// Records an OK for the ALARMs before it that are still to come. Where it cannot be recorded, they are sent as if
    /// it had not come.
    pub(crate) async fn record_ok(&self, alert: &str, event: Event) {
        let key = RowKey::oks(alert);
        for _ in 0..COLLISIONS {
            let Some(Stored { row, revision }) = self.read(&key).await else {
                return;
            };
            if row.has(event) {
                return;
            }
            match self.write(&key, &row.done(event), revision).await {
                Some(Written::Written) | None => return,
                Some(Written::Collided) => {}
            }
        }
    }

    /// The row; `None` where it cannot be read, which is said in the log and stops nothing.
    pub(crate) async fn read(&self, key: &RowKey) -> Option<Stored> {
        match self.ports.read_row(key).await {
            Ok(stored) => Some(stored),
            Err(fault) => {
                tracing::warn!(row = %key, error = %ErrorChain(&fault), "posted without knowing whether it was posted before");
                None
            }
        }
    }

    /// Writes a row; `None` if it could not be written, which is logged and stops nothing.
    pub(super) async fn write(&self, key: &RowKey, row: &Row, over: u64) -> Option<Written> {
        let expires_at = row.expires_at(self.clock.now());
        match self.ports.write_row(key, row, over, expires_at).await {
            Ok(written) => Some(written),
            Err(fault) => {
                tracing::warn!(row = %key, error = %ErrorChain(&fault), "what was posted could not be recorded; a retry may post it again");
                None
            }
        }
    }
}

/// The row of an ALARM that is not sent. If an incident is shown, its OK is still to be sent here, even if it arrived at
/// another sink already.
fn unended(row: &Row, recorded: Row, event: Event) -> Row {
    if row.shows_incident() {
        row.clone().done(event)
    } else {
        recorded
    }
}
