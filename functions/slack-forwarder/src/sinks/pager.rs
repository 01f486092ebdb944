//! PagerDuty's Events API v2: <https://developer.pagerduty.com/docs/events-api-v2/overview/>.

use picket_shared::Severity;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{draft::Draft, incident::Step};

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

/// What an event does to the incident of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Opens it, or is one more alert of it.
    Trigger,
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

/// What is sent for a step: an incident that is over already is opened and closed, so that it is in the records.
pub(super) fn actions(step: &Step) -> &'static [Action] {
    match step {
        Step::Open | Step::Flap | Step::FlapOn | Step::Continue | Step::Notice => {
            &[Action::Trigger]
        }
        Step::Resolve { .. } => &[Action::Resolve],
        Step::Late { .. } => &[Action::Trigger, Action::Resolve],
        Step::Silent(_) => &[],
    }
}

impl Event {
    /// The event of a draft. `alert` is what its repetitions share.
    pub fn new(action: Action, alert: &str, draft: &Draft, severity: Severity) -> Self {
        let payload = (action == Action::Trigger).then(|| Alert {
            summary: cut(&draft.headline, SUMMARY),
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

/// What an alert's events share. Alarms' ARNs may be longer than a key, and may differ anywhere.
fn key(alert: &str) -> String {
    Sha256::digest(alert)
        .iter()
        .fold(String::new(), |key, byte| format!("{key}{byte:02x}"))
}

fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mrkdwn::{Link as DraftLink, Mrkdwn};

    fn draft() -> Draft {
        Draft {
            headline: "🔴 ALARM · critical · orders".to_owned(),
            reason: Mrkdwn::new().text("p99 5,230 ms > 5,000 ms"),
            fields: vec![("Region".to_owned(), Mrkdwn::new().code("eu-west-1"))],
            links: DraftLink::new("Alarm", "https://example.com/a?b=c:d")
                .into_iter()
                .collect(),
            ..Draft::default()
        }
    }

    fn routing_key() -> SecretString {
        SecretString::from("0123456789abcdef0123456789abcdef\n")
    }

    fn body(action: Action, draft: &Draft, plain: bool) -> Value {
        let event = Event::new(action, "arn:a", draft, Severity::Critical);
        serde_json::from_str(&event.body(&routing_key(), plain)).unwrap()
    }

    #[test]
    fn trigger_and_resolve_meet_in_their_keys() {
        let (trigger, resolve) = (
            body(Action::Trigger, &draft(), false),
            body(Action::Resolve, &draft(), false),
        );
        assert_eq!(trigger["dedup_key"], resolve["dedup_key"]);
        assert_eq!(trigger["dedup_key"].as_str().unwrap().len(), 64);
        assert_eq!(
            trigger["payload"],
            json!({"summary": "🔴 ALARM · critical · orders", "source": "arn:a", "severity": "critical",
                "custom_details": {"Region": "eu-west-1", "Reason": "p99 5,230 ms > 5,000 ms"}})
        );
        assert_eq!(
            trigger["links"],
            json!([{"href": "https://example.com/a?b=c:d", "text": "Alarm"}])
        );
        assert_eq!(resolve["event_action"], "resolve");
        assert!(resolve.get("payload").is_none() && resolve.get("links").is_none());
        assert_eq!(resolve["routing_key"], "0123456789abcdef0123456789abcdef");
    }

    #[test]
    fn long_alarms_that_differ_anywhere_have_keys_of_their_own() {
        let name = |middle: char| format!("arn:{}{middle}{}", "x".repeat(200), "y".repeat(200));
        assert_ne!(key(&name('a')), key(&name('b')));
    }

    #[test]
    fn an_event_is_inside_the_limits_and_gives_up_its_details_first() {
        let mut draft = draft();
        draft.headline = "é".repeat(5_000);
        draft
            .fields
            .push(("Long".to_owned(), Mrkdwn::new().text("x".repeat(600_000))));
        let event = Event::new(Action::Trigger, &"a".repeat(9_000), &draft, Severity::Info);
        let body = event.body(&routing_key(), false);
        assert!(body.len() <= 512 * 1_024);
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            body["payload"]["summary"].as_str().unwrap().chars().count(),
            1_024
        );
        assert!(body["payload"]["source"].as_str().unwrap().len() <= 255);
        assert!(body["payload"].get("custom_details").is_none());
        let plain = super::tests::body(Action::Trigger, &super::tests::draft(), true);
        assert!(plain["payload"].get("custom_details").is_none());
    }

    #[test]
    fn an_incident_that_is_over_is_opened_and_closed() {
        let moment = jiff::Timestamp::UNIX_EPOCH;
        for (step, expected) in [
            (Step::Open, &[Action::Trigger][..]),
            (
                Step::Resolve {
                    opened: moment,
                    flapping: false,
                },
                &[Action::Resolve],
            ),
            (
                Step::Late { closed: moment },
                &[Action::Trigger, Action::Resolve],
            ),
        ] {
            assert_eq!(actions(&step), expected);
        }
    }

    #[test]
    fn a_key_is_checked_and_never_told() {
        assert_eq!(check(&routing_key()), Ok(()));
        for wrong in [
            "",
            "short",
            "https://hooks.slack.com/services/T0/B0/secret",
            "0123456789abcdef0123456789abcde-",
        ] {
            assert!(
                !check(&SecretString::from(wrong))
                    .unwrap_err()
                    .to_string()
                    .contains("secret")
            );
        }
    }
}
