//! Deliveries: one message to one sink, claimed in the delivery log, posted, recorded.

mod about;
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
use picket_rules::routes::Sink;
use picket_shared::{Severity, alarm::State, clock::Clock, deadline::Deadline};

use claim::{Claimed, SKEW};
use throttle::Throttle;

pub(crate) use about::About;
pub(crate) use chart::PendingChart;
pub(crate) use error::SendError;

use crate::{
    decode::NoticeIncident,
    deferred::bundle::{Meter, Opened, Storms},
    delivery::{pace::Pace, secrets::Secrets},
    delivery_log::{self, Event, RowKey, Skipped, Urgency},
    draft::Draft,
    incident::{Silence, Step},
    ports::Ports,
    posting::Posting,
    route::Destination,
    sinks::{self, Endpoints, Notification, Posted},
};

/// Sends postings to sinks, and records them in the delivery log.
pub(crate) struct Delivery<P, C> {
    pub(crate) ports: P,
    pub(crate) secrets: Secrets,
    pub(crate) endpoints: Endpoints,
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

/// The maximum time of reading silences, rows and notes before a message is sent: three calls of the table, of two
/// seconds at most.
const PREPARING: Duration = Duration::from_secs(6);

impl Invocation<'_> {
    /// When the invocation is over by every clock, however it ends.
    pub(crate) fn over(self, now: Timestamp) -> Timestamp {
        let left = self.deadline.remaining(now) + SKEW;
        now.checked_add(left).unwrap_or(Timestamp::MAX)
    }

    /// The time that is left for sending at `now`; zero if the rest is needed for recording.
    fn time_to_send(&self, now: Timestamp) -> Duration {
        self.deadline.remaining(now).saturating_sub(RECORDING)
    }

    /// Whether there is time to begin with another message.
    pub(crate) fn has_time(&self, now: Timestamp) -> bool {
        self.time_to_send(now) > PREPARING
    }
}

/// A request to deliver a posting to its sink.
pub(crate) struct DeliveryRequest {
    pub(crate) key: RowKey,
    pub(crate) event: Event,
    pub(crate) posting: Posting,
    /// The incident that the message is about, without being a change of it.
    pub(crate) about: Option<About>,
    /// The incident of a notice.
    pub(crate) notice_incident: Option<NoticeIncident>,
    /// The alarm's state before, if the message names it.
    pub(crate) came_from: Option<State>,
    /// The meters that count it, where it may be held for a bundle.
    pub(crate) meters: Vec<Meter>,
    /// Its urgency in its group.
    pub(crate) urgency: Urgency,
}

impl DeliveryRequest {
    /// Creates the request for a message of the forwarder's own, `message/<id>` in the delivery log: it changes no
    /// incident of an alarm, and no meter counts it.
    pub(crate) fn own(id: &str, sink: Sink, draft: Draft, severity: Severity) -> Self {
        Self {
            key: RowKey {
                alert: format!("message/{id}"),
                part: sink.to_string(),
            },
            event: Event::Message,
            posting: Posting {
                destination: Destination {
                    sink,
                    ..Destination::unrouted(severity)
                },
                draft,
            },
            about: None,
            notice_incident: None,
            came_from: None,
            meters: Vec::new(),
            urgency: Urgency::of(Event::Message, severity),
        }
    }
}

/// The outcome of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryOutcome {
    Posted,
    /// Held for a bundle.
    Held,
    Silent(Silence),
    Skipped(Skipped),
}

impl<P: Ports, C: Clock> Delivery<P, C> {
    /// Posts a message of Picket's own whose sender has a claim of another kind.
    pub(crate) async fn post_own(
        &self,
        request: &DeliveryRequest,
        invocation: Invocation<'_>,
    ) -> Result<(), SendError> {
        let notification = request.notification(Step::Notice, None, false);
        let sink = &request.posting.destination.sink;
        self.send(sink, &notification, invocation).await.map(|_| ())
    }

    pub(crate) async fn deliver(
        &self,
        request: &DeliveryRequest,
        invocation: Invocation<'_>,
    ) -> Result<(DeliveryOutcome, Option<PendingChart>), SendError> {
        let sink = &request.posting.destination.sink;
        let no_time = |_| SendError::NoTime { sink: sink.clone() };
        let claimed = self
            .within(invocation, self.claim(request, invocation))
            .await;
        let (step, row, revision) = match claimed.map_err(no_time)?? {
            Claimed::Nothing(outcome) => return Ok((outcome, None)),
            Claimed::Stateless => {
                let step = delivery_log::without_history(request.event);
                let notification = request.notification(step, None, false);
                self.send(sink, &notification, invocation).await?;
                return Ok((DeliveryOutcome::Posted, None));
            }
            Claimed::Send(step, row, revision) => (step, row, revision),
        };
        let row = row.with_severity(request.event, request.posting.destination.severity);
        let incident = match &request.about {
            Some(about) => self.incident(about, sink, invocation).await,
            None => None,
        };
        // Where the row cannot be read, the incident may be open.
        let is_over = incident.as_ref().is_some_and(|row| !row.is_open());
        let message = match &request.about {
            Some(_) => incident.and_then(|row| row.message),
            None if matches!(step, Step::EndEarlier { .. }) => {
                row.overtaken_by_next(request.event).cloned()
            }
            None => row.message.clone(),
        };
        let notification = request.notification(step, message.as_ref(), is_over);
        let throttle = self
            .within(
                invocation,
                self.throttle(request, &notification, invocation),
            )
            .await;
        // Where the time is over, the post says so.
        let throttle = throttle.unwrap_or(Throttle::Open(None));
        if throttle == Throttle::Held {
            let row = row.held(request.event, step);
            self.write(&request.key, &row, revision).await;
            return Ok((DeliveryOutcome::Held, None));
        }
        let notification = Notification {
            lead: throttle.lead(),
            ..notification
        };
        match self.send(sink, &notification, invocation).await {
            Ok(posted) => {
                self.record_lead(&throttle, posted.as_ref()).await;
                let row = row.posted(request.event, posted);
                self.write(&request.key, &row, revision).await;
                let pending = PendingChart::after(request, step, &row, self.account.as_deref());
                Ok((DeliveryOutcome::Posted, pending))
            }
            Err(error) => {
                self.release_lead(&throttle).await;
                let row = row.released(self.clock.now());
                self.write(&request.key, &row, revision).await;
                Err(error)
            }
        }
    }
}

impl DeliveryRequest {
    /// `is_over`: whether the incident that the message is about is known to be over.
    fn notification<'a>(
        &'a self,
        step: Step,
        message: Option<&'a Posted>,
        is_over: bool,
    ) -> Notification<'a> {
        Notification {
            step,
            at: self.event.at(),
            alert: &self.key.alert,
            draft: &self.posting.draft,
            severity: self.posting.destination.severity,
            message,
            lead: None,
            about: self.about.as_ref().map(|about| sinks::About {
                alert: &about.key.alert,
                effect: about.effect,
                is_over,
            }),
            notice_incident: self.notice_incident.as_ref(),
        }
    }
}
