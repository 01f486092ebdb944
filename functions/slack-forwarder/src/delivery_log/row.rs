//! What is known at one sink, and how long it is kept.

use std::time::Duration;

use jiff::Timestamp;
use picket_shared::{Severity, alarm::State};
use serde::{Deserialize, Serialize};

use super::{Claim, Event};
use crate::{
    delivery_log::Urgency,
    incident::{Change, History, Step},
    sinks::Posted,
};

/// The delivery state of an alert at one sink.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The alarm's changes that have been dealt with.
    #[serde(default)]
    pub history: History,
    /// Whether the message has been sent.
    #[serde(default)]
    pub sent: bool,
    /// The newest incident's message, where the sink can edit it.
    #[serde(default)]
    pub message: Option<Posted>,
    /// The invocation that is sending, or the last one that could not send.
    #[serde(default)]
    pub claim: Option<Claim>,
    /// Whether the open incident was sent with others, so that it has no message or page of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent_together: bool,
    /// In a group's row: how urgent the lead is that was posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// The severity of the newest ALARM at this sink, which its OK is sent with by whatever topic it comes.
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// The lifetime of a message's row: the failure queue's twelve hours, the hour before them, and a day of margin.
const MESSAGE_KEPT: Duration = Duration::from_hours(48);
/// The lifetime of the row of an alarm without an incident.
const QUIET_KEPT: Duration = Duration::from_hours(30 * 24);
/// … and with an incident open: longer than any stays so. An alarm that is deleted in its incident leaves a row no
/// longer than that.
const OPEN_KEPT: Duration = Duration::from_hours(400 * 24);

impl Row {
    /// Whether the event has been dealt with.
    pub fn has(&self, event: Event) -> bool {
        match event {
            Event::Change(change) => self.history.contains(&change),
            Event::Message => self.sent,
        }
    }

    /// Whether this message is the incident's, and this event is the last that it shows.
    pub fn shows(&self, event: Event, message: &Posted) -> bool {
        let is_last = match event {
            Event::Change(change) => self.history.ends_with(&change),
            Event::Message => self.sent,
        };
        is_last && self.message.as_ref() == Some(message)
    }

    /// After the event was dealt with.
    #[must_use]
    pub fn done(self, event: Event) -> Self {
        let row = Self {
            claim: None,
            ..self
        };
        match event {
            Event::Change(change) => Self {
                sent_together: row.sent_together && change.state != State::Ok,
                history: row.history.with(change),
                ..row
            },
            Event::Message => Self { sent: true, ..row },
        }
    }

    /// After the incident's message was posted.
    #[must_use]
    pub fn showing(self, message: Option<Posted>) -> Self {
        Self {
            message: message.or(self.message),
            ..self
        }
    }

    /// The row after the event was held for a bundle: an incident that begins so has no message or page of its own.
    #[must_use]
    pub fn held(self, event: Event, step: Step) -> Self {
        let begins = matches!(step, Step::Open | Step::Flap | Step::FlapOn);
        Self {
            message: self.message.clone().filter(|_| !begins),
            sent_together: begins || self.sent_together,
            ..self.done(event)
        }
    }

    /// After the event could not be sent: any invocation may take it over.
    #[must_use]
    pub fn released(self, now: Timestamp) -> Self {
        let over = |claim: Claim| Claim {
            until: claim.until.min(now),
            ..claim
        };
        Self {
            claim: self.claim.map(over),
            ..self
        }
    }

    /// With the severity that an ALARM has here.
    #[must_use]
    pub fn with_severity(self, event: Event, severity: Severity) -> Self {
        Self {
            severity: is_alarm(event).then_some(severity).or(self.severity),
            ..self
        }
    }

    /// Whether an OK has something to end here: an incident is open, or its ALARM is being sent or tried again.
    pub fn awaits_ok(&self) -> bool {
        let is_pending = |change: Change| change.state != State::Ok;
        self.is_open() || self.pending().is_some_and(is_pending)
    }

    /// Whether an incident is open, be it of missing data.
    pub fn is_open(&self) -> bool {
        self.history.is_open() || self.history.is_missing_data()
    }

    /// The alarm's change that is claimed and not recorded: it is being sent, or may have been sent, or is tried again.
    pub fn pending(&self) -> Option<Change> {
        let claim = self.claim.as_ref().filter(|claim| !self.has(claim.event))?;
        match claim.event {
            Event::Change(change) => Some(change),
            Event::Message => None,
        }
    }

    /// When the row may be forgotten.
    pub fn expires_at(&self, now: Timestamp) -> Timestamp {
        let kept = if self.history.is_open() {
            OPEN_KEPT
        } else if self.history == History::default() {
            MESSAGE_KEPT
        } else {
            QUIET_KEPT
        };
        now.checked_add(kept).unwrap_or(Timestamp::MAX)
    }
}

fn is_alarm(event: Event) -> bool {
    matches!(event, Event::Change(change) if change.state == State::Alarm)
}
