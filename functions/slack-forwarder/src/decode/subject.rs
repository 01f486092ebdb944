//! The properties of a message that routing and incidents read, for every kind.

use jiff::Timestamp;
use picket_rules::routes::Facts;
use picket_shared::{
    Severity,
    alarm::{Alarm, Metric, State, Watches},
    fleet::{Outcome, RemediationMessage},
};

use super::{Content, Decoded};
use crate::{decode::notice::Status, incident::Change, message::Message};

/// The incident of a notice that has later messages: a deployment, a group of Alertmanager's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeIncident {
    /// The key that all messages of the incident share; never an alarm's.
    pub incident: String,
    /// Whether the message reports success or recovery.
    pub is_good: bool,
}

impl Decoded {
    /// The key that later news of the same thing share: an alarm's ARN, a deployment's id. `None` where each message
    /// stands alone.
    pub fn incident(&self) -> Option<String> {
        match &self.content {
            Content::Alarm(alarm) => Some(alarm.incident()),
            Content::Remediation(remediation) => Some(remediation.alarm_arn.clone()),
            Content::Notice(notice) => notice.incident.clone(),
            Content::CostReport(_)
            | Content::HealthReport(_)
            | Content::Json(_)
            | Content::Text(_) => None,
        }
    }

    /// When it came to be as the message says.
    pub fn changed_at(&self) -> Option<Timestamp> {
        match &self.content {
            Content::Alarm(alarm) => Some(alarm.changed_at),
            Content::Remediation(remediation) => Some(remediation.state_changed_at),
            Content::Notice(notice) => notice.at,
            Content::CostReport(_)
            | Content::HealthReport(_)
            | Content::Json(_)
            | Content::Text(_) => None,
        }
    }

    /// The id that copies of the message share, if its service sends it more than once.
    pub fn copies(&self) -> Option<&str> {
        let Content::Notice(notice) = &self.content else {
            return None;
        };
        notice.copies.as_deref()
    }

    /// The incident of a notice, if later notices share it.
    pub fn notice_incident(&self) -> Option<NoticeIncident> {
        let Content::Notice(notice) = &self.content else {
            return None;
        };
        // A message names its incident itself: it must not be able to name an alarm.
        let incident = format!("notice/{}", notice.incident.as_ref()?);
        Some(NoticeIncident {
            incident,
            is_good: notice.status == Status::Good,
        })
    }

    /// The change that the message reports of an incident that has a history, with the key of that: an alarm's, or that
    /// of a notice whose service repeats its states.
    pub fn change(&self) -> Option<(String, Change)> {
        match &self.content {
            Content::Alarm(alarm) => {
                Some((alarm.incident(), Change::new(alarm.state, alarm.changed_at)))
            }
            Content::Notice(notice) => {
                let key = self.notice_incident()?.incident;
                Some((key, Change::new(notice.condition?, notice.at?)))
            }
            _ => None,
        }
    }

    /// The state before the change, if that is known. A notice of a service that repeats its states says nothing new
    /// of an open incident.
    pub fn came_from(&self) -> Option<State> {
        match &self.content {
            Content::Alarm(alarm) => alarm.previous_state,
            Content::Notice(notice) => notice.condition.filter(|state| *state == State::Alarm),
            _ => None,
        }
    }

    /// Whether it is good news of something that nothing was said of before: nothing that could be resolved.
    pub fn is_good_alone(&self) -> bool {
        matches!(&self.content, Content::Notice(notice) if notice.status == Status::Good && notice.incident.is_none())
    }

    /// The status that the message reports.
    pub fn status(&self) -> Status {
        match &self.content {
            Content::Alarm(alarm) => match alarm.state {
                State::Alarm => Status::Bad,
                State::Ok => Status::Good,
                State::InsufficientData => Status::Unknown,
            },
            Content::Remediation(remediation) => match remediation.outcome {
                Outcome::Failed | Outcome::Escalated => Status::Bad,
                Outcome::Done | Outcome::Verified | Outcome::Reverted => Status::Good,
                Outcome::Planned
                | Outcome::Diagnosed
                | Outcome::Refused
                | Outcome::AwaitingApproval
                | Outcome::Declined
                | Outcome::Expired
                | Outcome::Kept
                | Outcome::Other => Status::Neutral,
            },
            Content::Notice(notice) => notice.status,
            Content::HealthReport(report) if report.severity() == Severity::Warning => Status::Bad,
            Content::CostReport(_)
            | Content::HealthReport(_)
            | Content::Json(_)
            | Content::Text(_) => Status::Neutral,
        }
    }

    /// The alarm, where it is one.
    pub fn alarm(&self) -> Option<&Alarm> {
        match &self.content {
            Content::Alarm(alarm) => Some(alarm),
            _ => None,
        }
    }

    /// Our remediator's message, where it is one.
    pub fn remediation(&self) -> Option<&RemediationMessage> {
        match &self.content {
            Content::Remediation(remediation) => Some(remediation),
            _ => None,
        }
    }

    /// Returns the facts that routes match.
    pub fn facts<'a>(&'a self, message: &'a Message, severity: Severity) -> Facts<'a> {
        let mut facts = Facts {
            kind: Some(self.kind),
            severity: Some(severity),
            attributes: pairs(&message.attributes),
            ..Facts::default()
        };
        match &self.content {
            Content::Alarm(alarm) => of_alarm(alarm, &mut facts),
            Content::CostReport(report) => facts.account = report.account.as_deref(),
            Content::Remediation(remediation) => facts.alarm = Some(&remediation.alarm_name),
            Content::Notice(notice) => {
                facts.account = notice.location.account.as_deref();
                facts.region = notice.location.region.as_deref();
                let tags = notice.tags.iter();
                facts.tags = tags
                    .map(|(key, value)| (key.as_str(), value.as_str()))
                    .collect();
            }
            Content::Json(value) => {
                facts.account = value.get("account").and_then(serde_json::Value::as_str);
                facts.region = value.get("region").and_then(serde_json::Value::as_str);
            }
            Content::HealthReport(_) | Content::Text(_) => {}
        }
        facts
    }
}

fn of_alarm<'a>(alarm: &'a Alarm, facts: &mut Facts<'a>) {
    facts.account = Some(&alarm.account);
    facts.region = Some(&alarm.region);
    facts.alarm = Some(&alarm.name);
    facts.tags = alarm.tags.as_ref().map(pairs).unwrap_or_default();
    let metrics: &[Metric] = match &alarm.watches {
        Watches::Metric(metric, _) => std::slice::from_ref(metric),
        Watches::Expression { metrics, .. } => metrics,
        Watches::Composite { .. } | Watches::Unknown => &[],
    };
    facts.namespaces = metrics
        .iter()
        .map(|metric| metric.namespace.as_str())
        .collect();
    facts.dimensions = metrics
        .iter()
        .flat_map(|metric| &metric.dimensions)
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
}

fn pairs(map: &std::collections::BTreeMap<String, String>) -> Vec<(&str, &str)> {
    map.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
