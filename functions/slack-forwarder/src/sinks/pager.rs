//! PagerDuty's Events API v2: <https://developer.pagerduty.com/docs/events-api-v2/overview/>.

use picket_shared::Severity;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Effect, Notification};
use crate::{
    draft::{Draft, words::shortened},
    incident::Step,
};

/// Characters of `payload.summary`.
const SUMMARY: usize = 1_024;
/// Characters of `payload.source`; PagerDuty names no limit, and cuts what it shows.
const SOURCE: usize = 255;
/// Bytes of a whole event, 512 KB, with room for a routing key; beyond it the details are left out.
const EVENT: usize = 500_000;
/// Characters of an integration's key.
const ROUTING_KEY: usize = 32;
/// Links of an event. PagerDuty names no limit; a person follows a few.
const LINKS: usize = 5;

/// An event without the key that it is sent with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    #[serde(rename = "event_action")]
    action: Action,
    dedup_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Alert>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    client: &'static str,
}

/// The effect of an event on the incident of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Opens it, or is one more alert of it.
    Trigger,
    /// A person is working on it: it is not escalated further for the time that the service in PagerDuty sets.
    Acknowledge,
    /// Closes it; without one open it is dropped by PagerDuty.
    Resolve,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Alert {
    summary: String,
    source: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_details: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Link {
    href: String,
    text: String,
}

#[derive(Serialize)]
struct Sent<'a> {
    routing_key: &'a str,
    #[serde(flatten)]
    event: &'a Event,
}

/// Why a parameter's value is no integration key. Never holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its value is not an integration key of PagerDuty's Events API v2: 32 letters and digits")]
pub struct NotARoutingKey;

/// Whether a parameter holds an integration key.
pub(super) fn check(key: &SecretString) -> Result<(), NotARoutingKey> {
    let key = key.expose_secret().trim();
    let legal = key.len() == ROUTING_KEY && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    legal.then_some(()).ok_or(NotARoutingKey)
}

/// The actions for a notification, and the alert whose incident they change. Good news resolves and never triggers. An
/// incident that is over already is triggered and resolved, so that it is recorded. A message about an alarm opens no
/// incident of its own, and acknowledges that of the alarm if it says that a person is working on it. One that says
/// that the repair did not help triggers the open incident again: PagerDuty adds it to the incident's log.
pub(super) fn actions<'a>(notification: &Notification<'a>) -> (&'a str, &'static [Action]) {
    if let Some(about) = notification.about {
        let actions: &[Action] = match about.effect {
            Effect::TakenOn => &[Action::Acknowledge],
            Effect::Escalated if !about.is_over => &[Action::Trigger],
            Effect::Escalated | Effect::Noted => &[],
        };
        return (about.alert, actions);
    }
    if let (Step::Notice, Some(notice_incident)) = (notification.step, notification.notice_incident)
    {
        let actions: &[Action] = if notice_incident.is_good {
            &[Action::Resolve]
        } else {
            &[Action::Trigger]
        };
        return (&notice_incident.incident, actions);
    }
    let actions: &[Action] = match notification.step {
        Step::Open | Step::Flap | Step::FlapOn | Step::Continue | Step::Notice => {
            &[Action::Trigger]
        }
        Step::Resolve { .. } => &[Action::Resolve],
        Step::Late { .. } => &[Action::Trigger, Action::Resolve],
        Step::EndEarlier { .. } | Step::Silent(_) => &[],
    };
    (notification.alert, actions)
}

impl Event {
    /// The event of a draft. `alert` is what its repetitions share.
    pub fn new(action: Action, alert: &str, draft: &Draft, severity: Severity) -> Self {
        let payload = (action == Action::Trigger).then(|| Alert {
            summary: shortened(&draft.headline, SUMMARY),
            source: cut(alert, SOURCE),
            severity: match severity {
                Severity::Critical => "critical",
                Severity::Warning => "warning",
                Severity::Info => "info",
            },
            custom_details: Some(details(draft)),
        });
        let links = draft.links.iter().take(LINKS).filter_map(|link| {
            // An address has no spaces, so the last colon with one is the label's.
            let words = link.words();
            let (text, href) = words.rsplit_once(": ")?;
            Some(Link {
                href: href.to_owned(),
                text: text.to_owned(),
            })
        });
        Self {
            action,
            dedup_key: key(alert),
            links: if payload.is_some() {
                links.collect()
            } else {
                Vec::new()
            },
            payload,
            client: "Picket",
        }
    }

    /// The body to post; `plain` is without details.
    pub fn body(&self, routing_key: &SecretString, plain: bool) -> String {
        let routing_key = routing_key.expose_secret().trim();
        let write = |event: &Self| {
            serde_json::to_string(&Sent { routing_key, event })
                .expect("an event is strings, lists and maps of text: always JSON")
        };
        let whole = write(self);
        if !plain && whole.len() <= EVENT {
            return whole;
        }
        let mut bare = self.clone();
        if let Some(payload) = &mut bare.payload {
            payload.custom_details = None;
        }
        write(&bare)
    }
}

fn details(draft: &Draft) -> Value {
    let fields = draft
        .fields
        .iter()
        .map(|(label, value)| (label.clone(), Value::String(value.words())));
    let reason = ("Reason".to_owned(), Value::String(draft.reason.words()));
    fields
        .chain([reason])
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The dedup key of an alert's events. ARNs of alarms may be longer than a key, and may differ at any position.
fn key(alert: &str) -> String {
    hex::encode(Sha256::digest(alert))
}

fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests;
