//! One message to one sink: claimed in the ledger, posted, recorded. It does what [`crate::ledger`] and [`crate::deliver`] say.

mod picture;

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{clock::Clock, deadline::Deadline, report::Chain};

use picket_rules::routes::Sink;

use crate::{
    deliver::{Delivery, LONGEST_POST, Next},
    error::SendError,
    explain::Posting,
    incident::{Silence, Step},
    ledger::{self, Claim, Event, Left, Plan, Row, RowKey, Stored, Written},
    pace::Pace,
    ports::{PostMessage, ReadParameter, ReadRow, WriteRow},
    secrets::Secrets,
    sinks::{self, Form, Places, Posted, Told},
};

pub(crate) use picture::Undrawn;

/// How far apart the clocks of two sandboxes may be.
const SKEW: Duration = Duration::from_secs(2);

/// Looks at a row before its delivery is left to a retry: each is a change of the same alarm by another invocation, or half a second
/// of waiting for one.
const COLLISIONS: u32 = 40;

/// Posts, with a memory of what was posted.
pub(crate) struct Courier<P, S, T, G, C> {
    pub(crate) secrets: Secrets<P>,
    pub(crate) places: Places,
    pub(crate) slack: S,
    pub(crate) table: T,
    pub(crate) charts: G,
    /// The account whose metrics can be drawn.
    pub(crate) account: Option<String>,
    pub(crate) clock: C,
    pub(crate) pace: Pace,
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
    /// The row of the incident that the message is about, without being a change of it.
    pub(crate) about: Option<RowKey>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Posted,
    Silent(Silence),
    Left(Left),
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
        }
    }
}

enum Claimed {
    Nothing(Outcome),
    /// The row, and how often it has been written now.
    Send(Step, Row, u64),
    /// The table cannot be reached.
    Stateless,
}

impl<P, S, T, G, C> Courier<P, S, T, G, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    T: ReadRow + WriteRow + Send + Sync,
    G: Send + Sync,
    C: Clock,
{
    pub(crate) async fn deliver(
        &self,
        order: &Order,
        invocation: Invocation<'_>,
    ) -> Result<(Outcome, Option<Undrawn>), SendError> {
        let (step, row, revision) = match self.claim(order, invocation).await? {
            Claimed::Nothing(outcome) => return Ok((outcome, None)),
            Claimed::Stateless => {
                let step = ledger::without_history(order.event);
                self.tell(order, step, None, invocation.deadline).await?;
                return Ok((Outcome::Posted, None));
            }
            Claimed::Send(step, row, revision) => (step, row, revision),
        };
        let message = match &order.about {
            Some(about) => self.read(about).await.and_then(|stored| stored.row.message),
            None => row.message.clone(),
        };
        match self
            .tell(order, step, message.as_ref(), invocation.deadline)
            .await
        {
            Ok(posted) => {
                let row = row.done(order.event).showing(posted);
                self.write(&order.key, &row, revision).await;
                let undrawn = Undrawn::after(order, step, &row, self.account.as_deref());
                Ok((Outcome::Posted, undrawn))
            }
            Err(error) => {
                self.write(&order.key, &row.released(), revision).await;
                Err(error)
            }
        }
    }

    async fn claim(&self, order: &Order, invocation: Invocation<'_>) -> Result<Claimed, SendError> {
        let sink = &order.posting.destination.sink;
        let mut tried = None;
        for _ in 0..COLLISIONS {
            let now = self.clock.now();
            let left = invocation.deadline.remaining(now);
            if left.is_zero() {
                return Err(SendError::NoTime { sink: sink.clone() });
            }
            let Some(Stored { row, revision }) = self.read(&order.key).await else {
                return Ok(Claimed::Stateless);
            };
            if let Some((step, claimed)) = tried.take().filter(|(_, claimed)| *claimed == row) {
                return Ok(Claimed::Send(step, claimed, revision));
            }
            let claim = Claim {
                event: order.event,
                owner: invocation.request.to_owned(),
                until: now.checked_add(left + SKEW).unwrap_or(Timestamp::MAX),
            };
            match ledger::plan(&row, claim, sinks::ability(sink), now) {
                Plan::Leave(left) => return Ok(Claimed::Nothing(Outcome::Left(left))),
                Plan::Wait(pause) if pause < left => self.clock.sleep(pause).await,
                Plan::Wait(_) => return Err(SendError::Busy { sink: sink.clone() }),
                Plan::Record(silence, row) => match self.write(&order.key, &row, revision).await {
                    Some(Written::Written) => {
                        return Ok(Claimed::Nothing(Outcome::Silent(silence)));
                    }
                    Some(Written::Collided) => {}
                    None => return Ok(Claimed::Stateless),
                },
                Plan::Send(step, row) => match self.write(&order.key, &row, revision).await {
                    Some(Written::Written) => return Ok(Claimed::Send(step, row, revision + 1)),
                    // Perhaps with itself: the answer was lost, and the SDK wrote again.
                    Some(Written::Collided) => tried = Some((step, row)),
                    None => return Ok(Claimed::Stateless),
                },
            }
        }
        Err(SendError::Busy { sink: sink.clone() })
    }

    /// The row; `None` where it cannot be read, which is said in the log and stops nothing.
    async fn read(&self, key: &RowKey) -> Option<Stored> {
        match self.table.read_row(key).await {
            Ok(stored) => Some(stored),
            Err(fault) => {
                tracing::warn!(row = %key, error = %Chain(&fault), "posted without knowing whether it was posted before");
                None
            }
        }
    }

    /// What became of writing; `None` where it could not be written, which is said in the log and stops nothing.
    async fn write(&self, key: &RowKey, row: &Row, over: u64) -> Option<Written> {
        let expires_at = row.expires_at(self.clock.now());
        match self.table.write_row(key, row, over, expires_at).await {
            Ok(written) => Some(written),
            Err(fault) => {
                tracing::warn!(row = %key, error = %Chain(&fault), "what was posted could not be recorded; a retry may post it again");
                None
            }
        }
    }

    /// Sends each form of a step; the message that stands in a channel afterwards.
    async fn tell(
        &self,
        order: &Order,
        step: Step,
        message: Option<&Posted>,
        deadline: Deadline,
    ) -> Result<Option<Posted>, SendError> {
        let destination = &order.posting.destination;
        let told = order.told(step, message);
        let mut standing = None;
        for form in sinks::forms(&destination.sink, &told) {
            match self.send(&destination.sink, &form, deadline).await {
                // What is over already is edited no more, and another incident's message may stand.
                Ok(posted) if form.stands() && !matches!(step, Step::Late { .. }) => {
                    standing = posted;
                }
                Ok(_) => {}
                Err(SendError::Refused { source, .. })
                    if form.is_edit() && !source.is_passing() =>
                {
                    tracing::warn!(row = %order.key, error = %source, "the message could not be edited; the reply says it");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(standing)
    }

    async fn send(
        &self,
        sink: &Sink,
        form: &Form,
        deadline: Deadline,
    ) -> Result<Option<Posted>, SendError> {
        let mut secret = self.secrets.get(sink).await?;
        let mut delivery = Delivery::new(form.service());
        let pause = self.pace.pause(&sink.to_string(), self.clock.now());
        self.clock
            .sleep(pause.min(deadline.remaining(self.clock.now())))
            .await;
        loop {
            let limit = deadline.remaining(self.clock.now());
            if limit.is_zero() {
                return Err(SendError::NoTime { sink: sink.clone() });
            }
            let request = form
                .request(&secret, &self.places, delivery.is_plain())
                .map_err(|source| SendError::NotASecret {
                    sink: sink.clone(),
                    parameter: self.secrets.parameter(sink),
                    source,
                });
            let request = match request {
                Ok(request) => request,
                // What was read once and is wrong may have been put right since.
                Err(error) => {
                    self.secrets.forget(sink).await;
                    return Err(error);
                }
            };
            let answer = self.slack.post(&request, limit.min(LONGEST_POST)).await;
            match delivery.next(answer, deadline.remaining(self.clock.now())) {
                Next::Delivered(posted) => return Ok(posted),
                Next::Wait(pause) => self.clock.sleep(pause).await,
                Next::ReadAgain => secret = self.secrets.read(sink).await?,
                Next::Plain => {
                    tracing::warn!(%sink, "the form was refused; sending the plain one");
                }
                Next::GiveUp(source) => {
                    return Err(SendError::Refused {
                        sink: sink.clone(),
                        source,
                    });
                }
            }
        }
    }
}
