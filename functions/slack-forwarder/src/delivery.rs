//! One message to one sink: claimed in the ledger, posted, recorded. It does what [`crate::delivery_log`] and [`crate::delivery::attempts`] say.

pub(crate) mod attempts;
mod chart;
mod claim;
mod error;
pub(crate) mod pace;
pub(crate) mod secrets;
mod send;
mod throttle;
mod within;

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{clock::Clock, deadline::Deadline};

use claim::{Claimed, SKEW};
use throttle::Gate;

pub(crate) use chart::Undrawn;
pub(crate) use error::SendError;

use crate::{
    decode::News,
    deferred::bundle::{Meter, Opened, Storms},
    delivery::{pace::Pace, secrets::Secrets},
    delivery_log::{self, Event, Left, RowKey},
    incident::{Silence, Step},
    ports::Ports,
    posting::Posting,
    sinks::{self, Places, Posted, Told},
};

/// Posts, with a memory of what was posted.
pub(crate) struct Courier<P, C> {
    pub(crate) ports: P,
    pub(crate) secrets: Secrets,
    pub(crate) places: Places,
    /// The account whose metrics can be drawn.
    pub(crate) account: Option<String>,
    pub(crate) clock: C,
    pub(crate) pace: Pace,
    pub(crate) storms: Storms,
    pub(crate) opened: Opened,
}

/// The invocation that a delivery is part of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invocation<'a> {
    /// Lambda's id of it; a retry has the same.
    pub(crate) request: &'a str,
    pub(crate) deadline: Deadline,
}

/// Kept back from everything that is sent, to record what came of it: a write to the table takes at most two seconds.
const RECORDING: Duration = Duration::from_secs(2);

/// What reading silences, rows and notes may take before a message is sent: three calls of the table, of two seconds at most.
const PREPARING: Duration = Duration::from_secs(6);

impl Invocation<'_> {
    /// What is left to send in at `now`; zero when the rest belongs to recording.
    fn time_to_send(&self, now: Timestamp) -> Duration {
        self.deadline.remaining(now).saturating_sub(RECORDING)
    }

    /// Whether there is time to begin with another message.
    pub(crate) fn has_time(&self, now: Timestamp) -> bool {
        self.time_to_send(now) > PREPARING
    }
}

/// What is to be delivered.
pub(crate) struct Order {
    pub(crate) key: RowKey,
    pub(crate) event: Event,
    pub(crate) posting: Posting,
    /// The incident that the message is about, without being a change of it.
    pub(crate) about: Option<About>,
    /// What it is news of, where it is no alarm's change.
    pub(crate) news: Option<News>,
    /// What counts it, where it may be told together with others.
    pub(crate) meters: Vec<Meter>,
}

/// The incident that a message is about.
pub(crate) struct About {
    /// Its row at the same sink.
    pub(crate) key: RowKey,
    /// Whether somebody has taken it on.
    pub(crate) taken_on: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Posted,
    /// Put aside, to be told with others.
    Held,
    Silent(Silence),
    Left(Left),
}

impl<P: Ports, C: Clock> Courier<P, C> {
    pub(crate) async fn deliver(
        &self,
        order: &Order,
        invocation: Invocation<'_>,
    ) -> Result<(Outcome, Option<Undrawn>), SendError> {
        let sink = &order.posting.destination.sink;
        let no_time = |_| SendError::NoTime { sink: sink.clone() };
        let claimed = self.within(invocation, self.claim(order, invocation)).await;
        let (step, row, revision) = match claimed.map_err(no_time)?? {
            Claimed::Nothing(outcome) => return Ok((outcome, None)),
            Claimed::Stateless => {
                let told = order.told(delivery_log::without_history(order.event), None);
                self.tell(sink, &told, invocation).await?;
                return Ok((Outcome::Posted, None));
            }
            Claimed::Send(step, row, revision) => (step, row, revision),
        };
        let row = row.with_severity(order.event, order.posting.destination.severity);
        let message = match &order.about {
            Some(about) => {
                let read = self.within(invocation, self.read(&about.key)).await;
                read.ok().flatten().and_then(|stored| stored.row.message)
            }
            None => row.message.clone(),
        };
        let told = order.told(step, message.as_ref());
        let gate = self
            .within(invocation, self.gate(order, &told, invocation))
            .await;
        // Where the time is over, the post says so.
        let gate = gate.unwrap_or(Gate::Open(None));
        if gate == Gate::Held {
            let row = row.held(order.event, step);
            self.write(&order.key, &row, revision).await;
            return Ok((Outcome::Held, None));
        }
        let told = Told {
            lead: gate.lead(),
            ..told
        };
        match self.tell(sink, &told, invocation).await {
            Ok(posted) => {
                self.record_lead(&gate, posted.as_ref()).await;
                let row = row.done(order.event).showing(posted);
                self.write(&order.key, &row, revision).await;
                let undrawn = Undrawn::after(order, step, &row, self.account.as_deref());
                Ok((Outcome::Posted, undrawn))
            }
            Err(error) => {
                self.release_lead(&gate).await;
                let row = row.released(self.clock.now());
                self.write(&order.key, &row, revision).await;
                Err(error)
            }
        }
    }
}

impl Order {
    fn told<'a>(&'a self, step: Step, message: Option<&'a Posted>) -> Told<'a> {
        Told {
            step,
            at: self.event.at(),
            alert: &self.key.alert,
            draft: &self.posting.draft,
            severity: self.posting.destination.severity,
            message,
            lead: None,
            about: self.about.as_ref().map(|about| sinks::About {
                alert: &about.key.alert,
                taken_on: about.taken_on,
            }),
            news: self.news.as_ref(),
        }
    }
}
