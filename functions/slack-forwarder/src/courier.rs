//! One message to one sink: claimed in the ledger, posted, recorded. It does what [`crate::ledger`] and [`crate::deliver`] say.

mod claim;
mod gate;
mod picture;
mod tell;

use picket_shared::{clock::Clock, deadline::Deadline};

use claim::{Claimed, SKEW};
use gate::Gate;

pub(crate) use picture::Undrawn;

use crate::{
    bundle::{Meter, Opened, Storms},
    error::SendError,
    explain::Posting,
    incident::{Silence, Step},
    ledger::{self, Event, Left, RowKey},
    pace::Pace,
    ports::{PostMessage, PublishEmail, ReadParameter, Table},
    secrets::Secrets,
    sinks::{self, Places, Posted, Told},
};

/// Posts, with a memory of what was posted.
pub(crate) struct Courier<P, S, F, T, G, C> {
    pub(crate) secrets: Secrets<P>,
    pub(crate) places: Places,
    pub(crate) slack: S,
    pub(crate) topics: F,
    pub(crate) table: T,
    pub(crate) charts: G,
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

/// What is to be delivered.
pub(crate) struct Order {
    pub(crate) key: RowKey,
    pub(crate) event: Event,
    pub(crate) posting: Posting,
    /// The incident that the message is about, without being a change of it.
    pub(crate) about: Option<About>,
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

impl<P, S, F, T, G, C> Courier<P, S, F, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    F: PublishEmail + Send + Sync,
    T: Table,
    G: Send + Sync,
    C: Clock,
{
    pub(crate) async fn deliver(
        &self,
        order: &Order,
        invocation: Invocation<'_>,
    ) -> Result<(Outcome, Option<Undrawn>), SendError> {
        let sink = &order.posting.destination.sink;
        let (step, row, revision) = match self.claim(order, invocation).await? {
            Claimed::Nothing(outcome) => return Ok((outcome, None)),
            Claimed::Stateless => {
                let told = order.told(ledger::without_history(order.event), None);
                self.tell(sink, &told, invocation.deadline).await?;
                return Ok((Outcome::Posted, None));
            }
            Claimed::Send(step, row, revision) => (step, row, revision),
        };
        let message = match &order.about {
            Some(about) => self
                .read(&about.key)
                .await
                .and_then(|stored| stored.row.message),
            None => row.message.clone(),
        };
        let told = order.told(step, message.as_ref());
        let gate = self.gate(order, &told, invocation).await;
        if gate == Gate::Held {
            let row = row.held(order.event, step);
            self.write(&order.key, &row, revision).await;
            return Ok((Outcome::Held, None));
        }
        let told = Told {
            lead: gate.lead(),
            ..told
        };
        match self.tell(sink, &told, invocation.deadline).await {
            Ok(posted) => {
                self.record_lead(&gate, posted.as_ref()).await;
                let row = row.done(order.event).showing(posted);
                self.write(&order.key, &row, revision).await;
                let undrawn = Undrawn::after(order, step, &row, self.account.as_deref());
                Ok((Outcome::Posted, undrawn))
            }
            Err(error) => {
                self.release_lead(&gate).await;
                self.write(&order.key, &row.released(), revision).await;
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
        }
    }
}
