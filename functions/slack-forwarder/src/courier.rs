//! One message to one sink: claimed in the ledger, posted, recorded. It does what [`crate::ledger`] and [`crate::deliver`] say.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{clock::Clock, deadline::Deadline, report::Chain};

use crate::{
    deliver::{Delivery, LONGEST_POST, Next},
    error::SendError,
    explain::Posting,
    incident::Silence,
    ledger::{self, Event, Left, Plan, Row, RowKey, Stored, Written},
    pace::Pace,
    ports::{PostMessage, ReadParameter, ReadRow, WriteRow},
    webhooks::Webhooks,
};

/// How far apart the clocks of two sandboxes may be.
const SKEW: Duration = Duration::from_secs(2);

/// Looks at a row before its delivery is left to a retry: each is a change of the same alarm by another invocation, or half a second
/// of waiting for one.
const COLLISIONS: u32 = 40;

/// Posts, with a memory of what was posted.
pub(crate) struct Courier<P, S, T, C> {
    pub(crate) webhooks: Webhooks<P>,
    pub(crate) slack: S,
    pub(crate) table: T,
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
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Posted,
    Silent(Silence),
    Left(Left),
}

enum Claimed {
    Nothing(Outcome),
    /// The row, and how often it has been written now.
    Send(Row, u64),
    /// The table cannot be reached.
    Stateless,
}

impl<P, S, T, C> Courier<P, S, T, C>
where
    P: ReadParameter + Send + Sync,
    S: PostMessage + Send + Sync,
    T: ReadRow + WriteRow + Send + Sync,
    C: Clock,
{
    pub(crate) async fn deliver(
        &self,
        order: &Order,
        invocation: Invocation<'_>,
    ) -> Result<Outcome, SendError> {
        let (row, revision) = match self.claim(order, invocation).await? {
            Claimed::Nothing(outcome) => return Ok(outcome),
            Claimed::Stateless => {
                self.send(&order.posting, invocation.deadline).await?;
                return Ok(Outcome::Posted);
            }
            Claimed::Send(row, revision) => (row, revision),
        };
        match self.send(&order.posting, invocation.deadline).await {
            Ok(()) => {
                self.write(order, &row.done(order.event), revision).await;
                Ok(Outcome::Posted)
            }
            Err(error) => {
                self.write(order, &row.released(), revision).await;
                Err(error)
            }
        }
    }

    async fn claim(&self, order: &Order, invocation: Invocation<'_>) -> Result<Claimed, SendError> {
        let webhook = || order.posting.destination.webhook.clone();
        let mut tried = None;
        for _ in 0..COLLISIONS {
            let now = self.clock.now();
            let left = invocation.deadline.remaining(now);
            if left.is_zero() {
                return Err(SendError::NoTime { webhook: webhook() });
            }
            let Some(Stored { row, revision }) = self.read(order).await else {
                return Ok(Claimed::Stateless);
            };
            if let Some(claim) = tried.take().filter(|claim| *claim == row) {
                return Ok(Claimed::Send(claim, revision));
            }
            let until = now.checked_add(left + SKEW).unwrap_or(Timestamp::MAX);
            match ledger::plan(&row, order.event, invocation.request, now, until) {
                Plan::Leave(left) => return Ok(Claimed::Nothing(Outcome::Left(left))),
                Plan::Wait(pause) if pause < left => self.clock.sleep(pause).await,
                Plan::Wait(_) => return Err(SendError::Busy { webhook: webhook() }),
                Plan::Record(silence, row) => match self.write(order, &row, revision).await {
                    Some(Written::Written) => {
                        return Ok(Claimed::Nothing(Outcome::Silent(silence)));
                    }
                    Some(Written::Collided) => {}
                    None => return Ok(Claimed::Stateless),
                },
                Plan::Send(_, row) => match self.write(order, &row, revision).await {
                    Some(Written::Written) => return Ok(Claimed::Send(row, revision + 1)),
                    // Perhaps with itself: the answer was lost, and the SDK wrote again.
                    Some(Written::Collided) => tried = Some(row),
                    None => return Ok(Claimed::Stateless),
                },
            }
        }
        Err(SendError::Busy { webhook: webhook() })
    }

    /// The row; `None` where it cannot be read, which is said in the log and stops nothing.
    async fn read(&self, order: &Order) -> Option<Stored> {
        match self.table.read_row(&order.key).await {
            Ok(stored) => Some(stored),
            Err(fault) => {
                tracing::warn!(row = %order.key, error = %Chain(&fault), "posted without knowing whether it was posted before");
                None
            }
        }
    }

    /// What became of writing; `None` where it could not be written, which is said in the log and stops nothing.
    async fn write(&self, order: &Order, row: &Row, over: u64) -> Option<Written> {
        let expires_at = row.expires_at(self.clock.now());
        match self
            .table
            .write_row(&order.key, row, over, expires_at)
            .await
        {
            Ok(written) => Some(written),
            Err(fault) => {
                tracing::warn!(row = %order.key, error = %Chain(&fault), "what was posted could not be recorded; a retry may post it again");
                None
            }
        }
    }

    async fn send(&self, posting: &Posting, deadline: Deadline) -> Result<(), SendError> {
        let name = &posting.destination.webhook;
        let mut webhook = self.webhooks.get(name).await?;
        let mut delivery = Delivery::new(posting.payload.clone());
        let pause = self.pace.pause(name, self.clock.now());
        self.clock
            .sleep(pause.min(deadline.remaining(self.clock.now())))
            .await;
        loop {
            let limit = deadline.remaining(self.clock.now());
            if limit.is_zero() {
                return Err(SendError::NoTime {
                    webhook: name.clone(),
                });
            }
            let answer = self
                .slack
                .post(&webhook, delivery.body(), limit.min(LONGEST_POST))
                .await;
            match delivery.next(answer, deadline.remaining(self.clock.now())) {
                Next::Delivered => return Ok(()),
                Next::Wait(pause) => self.clock.sleep(pause).await,
                Next::ReadAgain => webhook = self.webhooks.read(name).await?,
                Next::Plain => tracing::warn!(
                    webhook = name,
                    "Slack refused the blocks; sending the plain form"
                ),
                Next::GiveUp(source) => {
                    return Err(SendError::Refused {
                        webhook: name.clone(),
                        source,
                    });
                }
            }
        }
    }
}
