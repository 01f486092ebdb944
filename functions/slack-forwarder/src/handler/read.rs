//! A message of an event: its subject, and its delivery requests.

use std::time::Duration;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::{Severity, alarm::State, fleet, usage::UsageDigest};

use crate::{
    confirmation::Confirmation,
    decode::{Decoded, decode},
    deferred::bundle::Meter,
    delivery::{About, DeliveryRequest},
    delivery_log::{Event, Row, RowKey, Urgency, bounded},
    draft::Draft,
    incident::Change,
    message::Message,
    posting::Posting,
    render,
    route::Destination,
    sinks::Effect,
};

/// A decoded message of an event, with its subject.
pub(super) struct Read<'a> {
    /// For the log: SNS's id of it, or its position in the event.
    pub(super) id: String,
    pub(super) message: &'a Message,
    pub(super) decoded: Decoded,
    /// The id that its repetitions and later changes share.
    pub(super) alert: String,
    pub(super) event: Event,
    /// What CloudWatch says of an OK that it does not confirm.
    pub(super) confirmation: Option<Confirmation>,
    /// The day's usage of language models, for the alarm on its cost.
    pub(super) usage: Option<UsageDigest>,
}

impl<'a> Read<'a> {
    pub(super) fn new(message: &'a Message, origin: &str, place: usize, now: Timestamp) -> Self {
        let decoded = decode(message);
        let (alert, event) = subject(message, &decoded, || format!("{origin}/{place}"), now);
        let id = message.id.clone();
        Self {
            id: id.unwrap_or_else(|| format!("{} of the event", place + 1)),
            message,
            decoded,
            alert,
            event,
            confirmation: None,
            usage: None,
        }
    }

    /// The OK as a message of its own, the same by every carrier, which changes no history.
    pub(super) fn unconfirmed(&self, confirmation: Confirmation) -> Self {
        let at = self.event.at().unwrap_or_default();
        Self {
            id: self.id.clone(),
            message: self.message,
            decoded: self.decoded.clone(),
            alert: bounded(format!("unconfirmed/{at}/{}", self.alert)),
            event: Event::Message,
            confirmation: Some(confirmation),
            usage: None,
        }
    }

    /// What is shown of it.
    pub(super) fn draft(&self, severity: Severity) -> Draft {
        let draft = render::draft(self.message, &self.decoded, severity);
        self.completed(draft, severity)
    }

    /// The draft with what was read for it: what CloudWatch says of an OK, and the day's usage.
    pub(super) fn completed(&self, draft: Draft, severity: Severity) -> Draft {
        let draft = match &self.usage {
            Some(usage) => render::with_usage(draft, usage),
            None => draft,
        };
        match self.confirmation {
            Some(confirmation) => render::unconfirmed(&self.decoded, severity, confirmation, draft),
            None => draft,
        }
    }

    /// Whether it is an alarm's change that changes no history: an OK that is not confirmed, or a change of a time that
    /// has not come yet.
    pub(super) fn is_apart(&self) -> bool {
        self.decoded.alarm().is_some() && self.event == Event::Message
    }

    pub(super) fn is_alarm(&self) -> bool {
        let alarm = self.decoded.alarm();
        alarm.is_some_and(|alarm| alarm.state == State::Alarm)
    }

    pub(super) fn is_ok(&self) -> bool {
        matches!(self.event, Event::Change(change) if change.state == State::Ok)
    }

    /// The sinks that wait for this OK, besides those that it goes to.
    pub(super) fn ends(
        &self,
        rows: &[(RowKey, Row)],
        postings: &[Posting],
        severity: Severity,
    ) -> Vec<Posting> {
        let is_own = |sink: &Sink| {
            let mut own = postings.iter().map(|posting| &posting.destination.sink);
            own.any(|own| own == sink)
        };
        let waiting = rows
            .iter()
            .filter(|(_, row)| self.is_ok() && row.awaits_ok());
        waiting
            .filter_map(|(key, row)| {
                let sink = key.part.parse().ok().filter(|sink| !is_own(sink))?;
                let severity = row.severity.unwrap_or(severity);
                Some(Posting {
                    destination: Destination {
                        sink,
                        ..Destination::unrouted(severity)
                    },
                    draft: render::draft(self.message, &self.decoded, severity),
                })
            })
            .collect()
    }

    pub(super) fn request(&self, posting: Posting, storm: u32) -> DeliveryRequest {
        let part = posting.destination.sink.to_string();
        let at_sink = |alert: &str| RowKey {
            alert: alert.to_owned(),
            part: part.clone(),
        };
        // Our remediator's messages are about an incident without being changes of it.
        let about = self.decoded.remediation().map(|remediation| About {
            key: at_sink(&remediation.alarm_arn),
            change: Event::Change(Change::new(State::Alarm, remediation.state_changed_at)),
            effect: match remediation.outcome {
                fleet::Outcome::Done => Effect::TakenOn,
                fleet::Outcome::Escalated => Effect::Escalated,
                _ => Effect::Noted,
            },
        });
        let meters = meters(&posting.destination, storm);
        let came_from = self.decoded.came_from();
        // An OK that changes no history leads no group either.
        let urgency = if self.is_apart() && !self.is_alarm() {
            Urgency::Ok
        } else {
            Urgency::of(self.event, posting.destination.severity)
        };
        DeliveryRequest {
            came_from,
            urgency,
            meters,
            key: at_sink(&self.alert),
            event: self.event,
            posting,
            about,
            notice_incident: self.decoded.notice_incident(),
        }
    }
}

/// The counters of a message to a destination: its group first, since messages that a group holds back do not count
/// towards a storm.
fn meters(destination: &Destination, storm: u32) -> Vec<Meter> {
    let Destination {
        sink, route, group, ..
    } = destination;
    let group = group.as_ref().and_then(|(values, window)| {
        Meter::group(sink, route.as_deref().unwrap_or_default(), values, *window)
    });
    let storm = Meter::storm(sink, storm);
    group.into_iter().chain([storm]).collect()
}

/// How far the clock of CloudWatch may be ahead of ours. A change of a later time is sent, and is no part of its
/// alarm's history: it would be newer than every change until then.
const AHEAD: Duration = Duration::from_mins(1);

/// The subject of a message: an alarm's change, the same by every carrier, or a notice's whose service repeats its
/// states; a notice of which its service sends copies; or else the message itself. No two kinds share a key: an
/// alarm's begins with `arn:` or `alarm/`, a notice's with `notice/`, that of an OK that is not confirmed with
/// `unconfirmed/`, that of copies with `copies/`, SNS's id of a message with `sns/`, and Lambda's id of a request
/// with `message/`, as the ids of Picket's own messages do. Others begin with `bundle`, `count/`, `lead/`,
/// `digest/`, `silence`.
fn subject(
    message: &Message,
    decoded: &Decoded,
    origin: impl FnOnce() -> String,
    now: Timestamp,
) -> (String, Event) {
    if let Some((incident, change)) = decoded.change()
        && now
            .checked_add(AHEAD)
            .is_ok_and(|latest| change.at <= latest)
    {
        return (bounded(incident), Event::Change(change));
    }
    if let Some(copies) = decoded.copies() {
        return (bounded(format!("copies/{copies}")), Event::Message);
    }
    let alert = match &message.id {
        Some(id) => format!("sns/{id}"),
        None => format!("message/{}", origin()),
    };
    (bounded(alert), Event::Message)
}
