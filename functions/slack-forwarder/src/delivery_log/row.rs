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
    /// The messages of earlier incidents that were followed by another before their OKs, which are still to be sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overtaken: Vec<Overtaken>,
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

/// The message of an incident that was followed by another before its OK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overtaken {
    /// The message.
    pub message: Posted,
    /// The last ALARM that it shows.
    pub after: Timestamp,
    /// The ALARM of the next incident: the OK is between the two.
    pub before: Timestamp,
}

/// Overtaken messages of a row. More are of an alarm that flaps, or of one whose OKs are lost.
const OVERTAKEN: usize = 5;
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
            Event::Change(change) => {
                let mut overtaken = row.overtaken;
                overtaken.retain(|other| !other.ends_with(&change));
                Self {
                    sent_together: row.sent_together && change.state != State::Ok,
                    history: row.history.with(change),
                    overtaken,
                    ..row
                }
            }
            Event::Message => Self { sent: true, ..row },
        }
    }

    /// After the event was sent, which posted this message as its incident's, where the sink can edit it.
    #[must_use]
    pub fn posted(self, event: Event, message: Option<Posted>) -> Self {
        match message {
            None => self.done(event),
            Some(message) => Self {
                message: Some(message),
                ..self.without_message(event).done(event)
            },
        }
    }

    /// Without the message of the incident before this event, which is kept for its OK where that was not sent.
    fn without_message(mut self, event: Event) -> Self {
        let alarm = self.history.newest().copied();
        let alarm = alarm.filter(|last| last.state == State::Alarm);
        if let (Some(message), Some(alarm), Some(before)) = (self.message.take(), alarm, event.at())
        {
            let after = alarm.at;
            let overtaken = Overtaken {
                message,
                after,
                before,
            };
            self.overtaken.push(overtaken);
            let excess = self.overtaken.len().saturating_sub(OVERTAKEN);
            self.overtaken.drain(..excess);
        }
        self
    }

    /// The message that an OK ends although its incident is not the newest.
    pub fn overtaken_by_next(&self, event: Event) -> Option<&Posted> {
        let Event::Change(change) = event else {
            return None;
        };
        let mut overtaken = self.overtaken.iter();
        let ended = overtaken.find(|other| other.ends_with(&change));
        ended.map(|ended| &ended.message)
    }

    /// The row after the event was held for a bundle: an incident that begins so has no message or page of its own.
    #[must_use]
    pub fn held(self, event: Event, step: Step) -> Self {
        let begins = matches!(step, Step::Open | Step::Flap | Step::FlapOn);
        let row = if begins {
            self.without_message(event)
        } else {
            self
        };
        Self {
            sent_together: begins || row.sent_together,
            ..row.done(event)
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

    /// Whether an OK has something to end here: an incident is shown, or its ALARM is being sent or tried again.
    pub fn awaits_ok(&self) -> bool {
        let is_pending = |change: Change| change.state != State::Ok;
        self.shows_incident() || self.pending().is_some_and(is_pending)
    }

    /// Whether an incident is open, or an earlier one is shown as open: its OK is still to be sent here.
    pub fn shows_incident(&self) -> bool {
        self.is_open() || !self.overtaken.is_empty()
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

impl Overtaken {
    /// Whether this change is the OK of its incident.
    fn ends_with(&self, change: &Change) -> bool {
        change.state == State::Ok && self.after < change.at && change.at <= self.before
    }
}

fn is_alarm(event: Event) -> bool {
    matches!(event, Event::Change(change) if change.state == State::Alarm)
}
