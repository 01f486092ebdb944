//! The picture of a message that stands in a channel: drawn, uploaded and shown after everything else of the invocation was sent, so
//! that it delays nothing. What goes wrong with it is said in the log, and the message stays as it is.

use std::time::Duration;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::{clock::Clock, report::ErrorChain};
use secrecy::SecretString;

use super::{Courier, Invocation, Order, SKEW};
use crate::{
    delivery::SendError,
    delivery_log::{Claim, Event, Row, RowKey, Stored, Written},
    draft::{Draft, chart::Chart, limits},
    incident::Step,
    ports::Ports,
    sinks::{
        self, Answer, NotASecret, Post, Posted, Request,
        upload::{self, NotUploaded, Shown, Ticket},
    },
};

/// How long each step may take. CloudWatch draws within a second, Slack answers within one.
const STEP: Duration = Duration::from_secs(4);
/// Between edits, until Slack has looked at the file, which takes it a second or two.
const PAUSE: Duration = Duration::from_millis(1_500);
/// What all edits and the pauses between them may take: so long another change of the alarm waits at most.
const SHOWING: Duration = Duration::from_secs(10);

/// A message that stands without its picture.
#[derive(Debug)]
pub(crate) struct Undrawn {
    key: RowKey,
    event: Event,
    sink: Sink,
    posted: Posted,
    draft: Draft,
    chart: Chart,
}

/// Why a message stays without its picture.
#[derive(Debug, thiserror::Error)]
enum NotDrawn {
    #[error("there was no time left")]
    NoTime,
    #[error("the message has changed since")]
    Overtaken,
    #[error("CloudWatch did not draw it")]
    Chart(#[source] Fault),
    #[error("the bot token could not be had")]
    Secret(#[source] SendError),
    #[error("the bot token cannot be used")]
    Token(#[from] NotASecret),
    #[error(transparent)]
    Upload(#[from] NotUploaded),
    #[error("Slack has not looked at the picture yet")]
    NotReady,
    #[error("the table could not be reached")]
    Table,
}

impl Undrawn {
    /// What is to be drawn for a message that was sent and recorded in `row`: one that can be edited, of metrics that are in this
    /// account.
    pub(super) fn after(
        order: &Order,
        step: Step,
        row: &Row,
        account: Option<&str>,
    ) -> Option<Self> {
        let sink = &order.posting.destination.sink;
        let chart = order.posting.draft.chart.clone()?;
        let is_over = matches!(step, Step::Late { .. } | Step::Silent(_));
        if !matches!(sink, Sink::Slack(_)) || is_over || account != Some(&chart.account) {
            return None;
        }
        Some(Self {
            key: order.key.clone(),
            event: order.event,
            sink: sink.clone(),
            posted: row.message.clone()?,
            draft: sinks::told(&order.told(step, None)),
            chart,
        })
    }

    /// The message with its picture.
    fn showing(&self, picture: &Posted) -> Post {
        let draft = Draft {
            picture: picture.picture.clone(),
            ..self.draft.clone()
        };
        Post::Edit(picture.clone(), limits::fit(draft))
    }

    /// Whether the message still says what it said.
    fn is_current(&self, row: &Row, now: Timestamp) -> bool {
        let is_busy = row.claim.as_ref().is_some_and(|claim| claim.until > now);
        row.shows(self.event, &self.posted) && !is_busy
    }
}

impl<P: Ports, C: Clock> Courier<P, C> {
    /// Draws the picture and shows it, or says in the log why not.
    pub(crate) async fn draw(&self, undrawn: Undrawn, invocation: Invocation<'_>) {
        let (key, account) = (undrawn.key.to_string(), undrawn.chart.account.clone());
        match self.try_draw(undrawn, invocation).await {
            Ok(()) => tracing::info!(row = key, "its chart is shown"),
            Err(error) => {
                tracing::warn!(row = key, account, error = %ErrorChain(&error), "the message stays without its chart");
            }
        }
    }

    async fn try_draw(&self, undrawn: Undrawn, invocation: Invocation<'_>) -> Result<(), NotDrawn> {
        let limit = self.time_for(STEP, invocation)?;
        let drawn = self.ports.render_chart(&undrawn.chart, limit).await;
        let token = self.secret(&undrawn.sink, invocation).await;
        let token = token.map_err(NotDrawn::Secret)?;
        let file = self
            .upload(drawn.map_err(NotDrawn::Chart)?, &token, invocation)
            .await?;
        let picture = Posted {
            picture: Some(file),
            ..undrawn.posted.clone()
        };
        let until = self.clock.now() + self.time_for(SHOWING, invocation)?;
        let (row, revision) = self.hold(&undrawn, until, invocation).await?;
        let edit = undrawn
            .showing(&picture)
            .request(&token, &self.places, false);
        let shown = match edit {
            Ok(edit) => self.show(&edit, until, invocation).await,
            Err(error) => Err(error.into()),
        };
        let standing = match &shown {
            Ok(()) => picture,
            Err(_) => undrawn.posted.clone(),
        };
        let row = Row { claim: None, ..row }.showing(Some(standing));
        self.write(&undrawn.key, &row, revision).await;
        shown
    }

    /// Slack's id of the picture.
    async fn upload(
        &self,
        picture: Vec<u8>,
        token: &SecretString,
        invocation: Invocation<'_>,
    ) -> Result<String, NotDrawn> {
        let ask = upload::ask(&self.places, token, picture.len())?;
        let answer = self.step(&ask, invocation).await?;
        let ticket = upload::ticket(&answer, &self.places)?;
        Ticket::taken(&self.step(&ticket.put(picture), invocation).await?)?;
        let complete = ticket.complete(&self.places, token)?;
        Ok(ticket.file(&self.step(&complete, invocation).await?)?)
    }

    /// Claims the row for as long as the edit takes, unless the message has changed.
    async fn hold(
        &self,
        undrawn: &Undrawn,
        until: Timestamp,
        invocation: Invocation<'_>,
    ) -> Result<(Row, u64), NotDrawn> {
        let read = self.read(&undrawn.key).await;
        let Stored { row, revision } = read.ok_or(NotDrawn::Table)?;
        let now = self.clock.now();
        if !undrawn.is_current(&row, now) {
            return Err(NotDrawn::Overtaken);
        }
        let held = Row {
            claim: Some(Claim {
                event: undrawn.event,
                owner: invocation.request.to_owned(),
                until: until + SKEW,
            }),
            ..row
        };
        match self.write(&undrawn.key, &held, revision).await {
            Some(Written::Written) => Ok((held, revision + 1)),
            Some(Written::Collided) => Err(NotDrawn::Overtaken),
            None => Err(NotDrawn::Table),
        }
    }

    /// Edits the message, again while Slack does not know the file.
    async fn show(
        &self,
        edit: &Request,
        until: Timestamp,
        invocation: Invocation<'_>,
    ) -> Result<(), NotDrawn> {
        loop {
            match upload::shown(&self.step(edit, invocation).await?) {
                Shown::Shown => return Ok(()),
                Shown::NotYet if self.clock.now() + PAUSE + STEP < until => {
                    self.clock.sleep(PAUSE).await;
                }
                Shown::NotYet => return Err(NotDrawn::NotReady),
                Shown::Refused(error) => return Err(error.into()),
            }
        }
    }

    async fn step(
        &self,
        request: &Request,
        invocation: Invocation<'_>,
    ) -> Result<Answer, NotDrawn> {
        let limit = self.time_for(STEP, invocation)?;
        Ok(self.ports.post(request, limit).await)
    }

    /// At most `longest` of what the invocation has left.
    fn time_for(
        &self,
        longest: Duration,
        invocation: Invocation<'_>,
    ) -> Result<Duration, NotDrawn> {
        let left = invocation.deadline.remaining(self.clock.now());
        if left.is_zero() {
            return Err(NotDrawn::NoTime);
        }
        Ok(left.min(longest))
    }
}
