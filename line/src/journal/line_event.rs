use std::fmt;

use picket_shared::fleet::{CostReport, RemediationMessage};
use serde::Serialize;
use serde_json::Value;

use super::seen::{AlarmState, SeriesPoints, SilencedAlarm};

/// An event on the line.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LineEvent {
    /// A sentence about the work in progress.
    Note {
        /// The sentence.
        text: String,
    },
    /// A step of the scenario begins.
    StepBegan {
        /// Its name.
        step: String,
    },
    /// The expected result of a step arrived.
    StepSeen {
        /// Its name.
        step: String,
        /// The result.
        seen: String,
        /// Seconds since it began.
        seconds: f64,
    },
    /// The expected result of a step did not arrive.
    StepMissed {
        /// Its name.
        step: String,
        /// The reason.
        reason: String,
    },
    /// Events were put into the stream.
    Sent {
        /// How many in this put.
        events: u64,
        /// How many of them report an error.
        errors: u64,
        /// How many since the line started.
        total: u64,
    },
    /// Metric datapoints, newest state of each series' minutes.
    Datapoints {
        /// The series.
        series: Vec<SeriesPoints>,
    },
    /// An alarm's state, at the start or after a change.
    Alarm(AlarmState),
    /// The states of alarms that no event was about before.
    Alarms {
        /// The alarms.
        alarms: Vec<AlarmState>,
    },
    /// The alarms that are silenced from now on; all others are not.
    Silenced {
        /// The alarms.
        alarms: Vec<SilencedAlarm>,
    },
    /// The scenario is over, or there is none: from now on traffic goes on, and every alarm is evaluated each minute.
    Live {
        /// How many steps there were.
        steps: usize,
        /// How many of them had their result.
        seen: usize,
    },
    /// A message came to Slack.
    Slack {
        /// The webhook's name.
        webhook: String,
        /// The posted payload.
        payload: Value,
        /// Slack's answer: `ok`, or an error.
        answer: String,
    },
    /// A bot's message came to a Slack channel, or a message there was edited.
    Message {
        /// The channel's id.
        channel: String,
        /// Slack's id of the message; empty where it was refused.
        ts: String,
        /// The message under which it is, where it is in a thread.
        thread: Option<String>,
        /// Whether it is an edit.
        edited: bool,
        /// The posted payload.
        payload: Value,
        /// Slack's answer: `ok`, or an error.
        answer: String,
    },
    /// Slack answered with a status of a simulated outage.
    Trouble {
        /// The status.
        status: u16,
    },
    /// Slack took a request and does not answer it.
    Unanswered,
    /// An e-mail came.
    Email {
        /// Its subject.
        subject: String,
        /// Its text.
        body: String,
    },
    /// An event came to PagerDuty.
    Page {
        /// `trigger`, `acknowledge`, `resolve`.
        action: String,
        /// The incident's key.
        key: String,
        /// Its summary.
        summary: Option<String>,
        /// Its severity.
        severity: Option<String>,
    },
    /// The remediator published a message.
    Plan {
        /// The message.
        message: Box<RemediationMessage>,
    },
    /// The cost reporter published a report.
    Report {
        /// The report.
        report: Box<CostReport>,
    },
}

impl fmt::Display for LineEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note { text } => f.write_str(text),
            Self::StepBegan { step } => write!(f, "{step} …"),
            Self::StepSeen {
                step,
                seen,
                seconds,
            } => write!(f, "{step}: {seen} ({seconds:.1} s)"),
            Self::StepMissed { step, reason } => write!(f, "{step}: not seen: {reason}"),
            Self::Sent {
                events, errors: 0, ..
            } => write!(f, "{events} events sent"),
            Self::Sent { events, errors, .. } => {
                write!(f, "{events} events sent, {errors} of them errors")
            }
            Self::Datapoints { series } => write!(f, "{} series have datapoints", series.len()),
            Self::Alarm(alarm) => write!(
                f,
                "alarm {} is {}: {}",
                alarm.name,
                alarm.state.as_str(),
                alarm.reason
            ),
            Self::Alarms { alarms } => write!(f, "{} more alarms are evaluated", alarms.len()),
            Self::Silenced { alarms } if alarms.is_empty() => f.write_str("no alarm is silenced"),
            Self::Silenced { alarms } => {
                let names: Vec<&str> = alarms.iter().map(|one| one.alarm.as_str()).collect();
                write!(f, "silenced: {}", names.join(", "))
            }
            Self::Live { steps, seen } => write!(f, "{seen} of {steps} steps were seen"),
            Self::Slack {
                webhook,
                payload,
                answer,
            } => {
                write!(
                    f,
                    "Slack, #{webhook}: {} ({answer})",
                    payload["text"].as_str().unwrap_or("a message")
                )
            }
            Self::Message {
                channel,
                thread,
                edited,
                payload,
                answer,
                ..
            } => {
                let how = match (edited, thread) {
                    (true, _) => ", edited",
                    (false, Some(_)) => ", in a thread",
                    (false, None) => "",
                };
                let text = payload["text"].as_str().unwrap_or("a message");
                write!(f, "Slack, #{channel}{how}: {text} ({answer})")
            }
            Self::Trouble { status } => write!(f, "Slack answered {status}"),
            Self::Unanswered => f.write_str("Slack does not answer"),
            Self::Email { subject, .. } => write!(f, "e-mail: {subject}"),
            Self::Page {
                action, summary, ..
            } => match summary {
                Some(summary) => write!(f, "PagerDuty, {action}: {summary}"),
                None => write!(f, "PagerDuty, {action}"),
            },
            Self::Plan { message } => write!(f, "remediation: {}", message.text),
            Self::Report { report } => match report.total {
                Some(total) => write!(f, "cost of {}: {total} {}", report.date, report.currency),
                None => write!(f, "cost of {}: unknown", report.date),
            },
        }
    }
}
