//! The chart of a message in a channel: rendered, uploaded and shown after everything else of the invocation was sent,
//! so that it delays nothing. What goes wrong with it is said in the log, and the message stays as it is.

use std::time::Duration;

use jiff::Timestamp;
use picket_aws::Fault;
use picket_rules::routes::Sink;
use picket_shared::{clock::Clock, report::ErrorChain};
use secrecy::SecretString;

use super::{Delivery, DeliveryRequest, Invocation, SKEW};
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
/// The maximum time of all edits and the pauses between them: another change of the alarm waits at most as long.
const SHOWING: Duration = Duration::from_secs(10);

/// A message in a channel whose chart is not shown yet.
#[derive(Debug)]
pub(crate) struct PendingChart {
    key: RowKey,
    event: Event,
    sink: Sink,
    posted: Posted,
    draft: Draft,
    chart: Chart,
}

/// The reason why a message stays without its chart.
#[derive(Debug, thiserror::Error)]
enum ChartError {
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
    #[error("Slack has not looked at the chart yet")]
    NotReady,
    #[error("the table could not be reached")]
    Table,
}

impl PendingChart {
    /// The chart of a message that was sent and recorded in `row`, if the message can be edited and the metrics are in
    /// this account.
    pub(super) fn after(
        request: &DeliveryRequest,
        step: Step,
        row: &Row,
        account: Option<&str>,
    ) -> Option<Self> {
        let sink = &request.posting.destination.sink;
        let chart = request.posting.draft.chart.clone()?;
        let is_over = matches!(
            step,
            Step::Late { .. } | Step::EndEarlier { .. } | Step::Silent(_)
        );
        if !matches!(sink, Sink::Slack(_)) || is_over || account != Some(&chart.account) {
            return None;
        }
        Some(Self {
            key: request.key.clone(),
            event: request.event,
            sink: sink.clone(),
            posted: row.message.clone()?,
            draft: sinks::draft(&request.notification(step, None, false)),
            chart,
        })
    }

    /// Returns the edit of the message that shows its chart.
    fn showing(&self, shown: &Posted) -> Post {
        let draft = Draft {
            chart_file: shown.chart_file.clone(),
            ..self.draft.clone()
        };
        Post::Edit(shown.clone(), limits::fit(draft))
    }

    /// Whether the message still says what it said.
    fn is_current(&self, row: &Row, now: Timestamp) -> bool {
        let is_busy = row.claim.as_ref().is_some_and(|claim| claim.until > now);
        row.shows(self.event, &self.posted) && !is_busy
    }
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Renders the chart and shows it, or logs why not.
    pub(crate) async fn show_chart(&self, pending: PendingChart, invocation: Invocation<'_>) {
        let (key, account) = (pending.key.to_string(), pending.chart.account.clone());
        match self.try_show_chart(pending, invocation).await {
            Ok(()) => tracing::info!(row = key, "its chart is shown"),
            Err(error) => {
                tracing::warn!(row = key, account, error = %ErrorChain(&error), "the message stays without its chart");
            }
        }
    }

    async fn try_show_chart(
        &self,
        pending: PendingChart,
        invocation: Invocation<'_>,
    ) -> Result<(), ChartError> {
        let limit = self.time_for(STEP, invocation)?;
        let drawn = self.ports.render_chart(&pending.chart, limit).await;
        let token = self.secret(&pending.sink, invocation).await;
        let token = token.map_err(ChartError::Secret)?;
        let file = self
            .upload(drawn.map_err(ChartError::Chart)?, &token, invocation)
            .await?;
        let chart = Posted {
            chart_file: Some(file),
            ..pending.posted.clone()
        };
        let until = self.clock.now() + self.time_for(SHOWING, invocation)?;
        let (row, revision) = self.hold(&pending, until, invocation).await?;
        let edit = pending
            .showing(&chart)
            .request(&token, &self.endpoints, false);
        let shown = match edit {
            Ok(edit) => self.show(&edit, until, invocation).await,
            Err(error) => Err(error.into()),
        };
        let root = match &shown {
            Ok(()) => chart,
            Err(_) => pending.posted.clone(),
        };
        let row = Row {
            claim: None,
            message: Some(root),
            ..row
        };
        self.write(&pending.key, &row, revision).await;
        shown
    }

    /// Uploads the chart and returns Slack's id of the file.
    async fn upload(
        &self,
        chart: Vec<u8>,
        token: &SecretString,
        invocation: Invocation<'_>,
    ) -> Result<String, ChartError> {
        let ask = upload::ask(&self.endpoints, token, chart.len())?;
        let answer = self.step(&ask, invocation).await?;
        let ticket = upload::ticket(&answer, &self.endpoints)?;
        Ticket::taken(&self.step(&ticket.put(chart), invocation).await?)?;
        let complete = ticket.complete(&self.endpoints, token)?;
        Ok(ticket.file(&self.step(&complete, invocation).await?)?)
    }

    /// Claims the row for as long as the edit takes, unless the message has changed.
    async fn hold(
        &self,
        pending: &PendingChart,
        until: Timestamp,
        invocation: Invocation<'_>,
    ) -> Result<(Row, u64), ChartError> {
        let read = self.read(&pending.key).await;
        let Stored { row, revision } = read.ok_or(ChartError::Table)?;
        let now = self.clock.now();
        if !pending.is_current(&row, now) {
            return Err(ChartError::Overtaken);
        }
        let held = Row {
            claim: Some(Claim {
                event: pending.event,
                owner: invocation.request.to_owned(),
                until: until + SKEW,
            }),
            ..row
        };
        match self.write(&pending.key, &held, revision).await {
            Some(Written::Written) => Ok((held, revision + 1)),
            Some(Written::Collided) => Err(ChartError::Overtaken),
            None => Err(ChartError::Table),
        }
    }

    /// Edits the message, again while Slack does not know the file.
    async fn show(
        &self,
        edit: &Request,
        until: Timestamp,
        invocation: Invocation<'_>,
    ) -> Result<(), ChartError> {
        loop {
            match upload::shown(&self.step(edit, invocation).await?) {
                Shown::Shown => return Ok(()),
                Shown::NotYet if self.clock.now() + PAUSE + STEP < until => {
                    self.clock.sleep(PAUSE).await;
                }
                Shown::NotYet => return Err(ChartError::NotReady),
                Shown::Refused(error) => return Err(error.into()),
            }
        }
    }

    async fn step(
        &self,
        request: &Request,
        invocation: Invocation<'_>,
    ) -> Result<Answer, ChartError> {
        let limit = self.time_for(STEP, invocation)?;
        Ok(self.ports.post(request, limit).await)
    }

    /// At most `longest` of what the invocation has left.
    fn time_for(
        &self,
        longest: Duration,
        invocation: Invocation<'_>,
    ) -> Result<Duration, ChartError> {
        let left = invocation.deadline.remaining(self.clock.now());
        if left.is_zero() {
            return Err(ChartError::NoTime);
        }
        Ok(left.min(longest))
    }
}
