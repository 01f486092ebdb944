//! Explanations: what would be posted, and where, without effects.

use std::collections::BTreeSet;

use jiff::Timestamp;
use picket_rules::routes::{AlertKind, Routes, Sink};
use picket_shared::{
    Severity,
    alarm::{Alarm, State},
};
use serde::Serialize;

use crate::{
    decode::{
        Decoded, decode,
        envelope::{self, Unrecognised},
    },
    deferred::digest,
    draft::{blocks::Payload, limits},
    message::Message,
    posting::postings,
    render,
    route::{self, Destination, Topics},
};

/// A message explained. As JSON it is a line of `picket explain`, which adds the file and the playbook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The kind of the alert.
    pub kind: AlertKind,
    /// False where the generic form has to serve.
    pub dedicated: bool,
    /// The severity at its first destination.
    pub severity: Severity,
    /// The key that a later change of the same thing shares: an alarm's ARN.
    pub incident: Option<String>,
    /// Where it goes.
    pub route: Vec<RouteExplained>,
    /// The route file's silence that holds it back, so that it goes nowhere; left out where none does. The table's are
    /// not known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<SilenceExplained>,
    /// The payload for the first of them.
    pub slack: Payload,
    /// The alarm, where it is one.
    #[serde(skip)]
    pub alarm: Option<Alarm>,
}

/// A silence that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SilenceExplained {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

/// A step of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteExplained {
    /// The route's name; `None` where none took the message.
    pub name: Option<String>,
    /// The sink, as a route writes it: `"webhook": "critical"`.
    #[serde(flatten)]
    pub sink: Sink,
    /// The severity there.
    pub severity: Severity,
    /// Who is mentioned.
    pub mentions: Vec<String>,
}

/// Explains every message of an event by the built-in routes, as at `now`. Any bytes will do. Topics are known by their
/// names alone.
pub fn explain(event: &[u8], now: Timestamp) -> Vec<Explained> {
    explain_by(route::built_in(), event, now)
}

/// Explains every message of an event by routes, as [`explain`] does by the built-in ones.
pub fn explain_by(routes: &Routes, event: &[u8], now: Timestamp) -> Vec<Explained> {
    let input = envelope::read(event).unwrap_or_else(Unrecognised::into_generic);
    input
        .messages()
        .map(|message| explain_message(message, routes, now))
        .collect()
}

/// The sinks that the messages of an event go to, by their names in the Alerts table, such as `webhook critical`; none
/// where they wait for the digest. With `pages` false, PagerDuty is left out, as in a stack without it. Silences are not
/// applied.
pub fn sinks_of(event: &[u8], topics: &Topics, routes: &Routes, pages: bool) -> BTreeSet<String> {
    let input = envelope::read(event).unwrap_or_else(Unrecognised::into_generic);
    let postings = input
        .messages()
        .flat_map(|message| postings(message, &decode(message), topics, routes, pages));
    postings
        .filter(|posting| sends_at_once(&posting.destination))
        .map(|posting| posting.destination.sink.to_string())
        .collect()
}

/// Whether a message is sent by itself, and does not wait for the digest.
fn sends_at_once(destination: &Destination) -> bool {
    destination.route.is_some() || !digest::takes(destination.severity)
}

fn explain_message(message: &Message, routes: &Routes, now: Timestamp) -> Explained {
    let topics = Topics::default();
    let decoded = decode(message);
    let postings = postings(message, &decoded, &topics, routes, true);
    let severity = topics.severity(message);
    let (severity, slack) = match postings.first() {
        Some(first) => (first.destination.severity, limits::fit(first.draft.clone())),
        None => (
            severity,
            limits::fit(render::draft(message, &decoded, severity)),
        ),
    };
    Explained {
        kind: decoded.kind,
        dedicated: decoded.kind.is_dedicated(),
        severity,
        incident: decoded.incident(),
        silence: silence(routes, message, &decoded, now),
        route: postings
            .into_iter()
            .filter(|posting| sends_at_once(&posting.destination))
            .map(|posting| explain_route(posting.destination))
            .collect(),
        slack,
        alarm: decoded.alarm().cloned(),
    }
}

/// An OK is never held back.
fn silence(
    routes: &Routes,
    message: &Message,
    decoded: &Decoded,
    now: Timestamp,
) -> Option<SilenceExplained> {
    if decoded
        .alarm()
        .is_some_and(|alarm| alarm.state == State::Ok)
    {
        return None;
    }
    let severity = Topics::default().severity(message);
    let silence = routes.silenced(&decoded.facts(message, severity), now)?;
    Some(SilenceExplained {
        name: silence.name.clone(),
        reason: silence.reason.clone(),
        until: silence.until,
    })
}

fn explain_route(destination: Destination) -> RouteExplained {
    RouteExplained {
        name: destination.route,
        sink: destination.sink,
        severity: destination.severity,
        mentions: destination
            .mentions
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{message::Body, testing};

    #[test]
    fn the_sinks_of_an_alarm_are_those_of_its_topics_severity() {
        let topics = Topics {
            critical: Some("arn:aws:sns:eu-west-1:123456789012:one".to_owned()),
            info: Some("arn:aws:sns:eu-west-1:123456789012:two".to_owned()),
            ..Topics::default()
        };
        let routes = route::built_in();
        let to = |topic: &str, pages: bool| {
            let body = testing::alarm_body("orders-slow", "aws", "eu-west-1");
            let event = serde_json::json!({"Records": [{"EventSource": "aws:sns", "Sns": {
                "MessageId": "1", "TopicArn": format!("arn:aws:sns:eu-west-1:123456789012:{topic}"),
                "Message": body.to_string(),
            }}]});
            let sinks = sinks_of(event.to_string().as_bytes(), &topics, routes, pages);
            sinks.into_iter().collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            to("one", true),
            "email critical, pagerduty on-call, webhook critical"
        );
        assert_eq!(to("one", false), "email critical, webhook critical");
        assert_eq!(to("two", true), "", "it waits for the digest");
    }

    #[test]
    fn a_silence_of_the_route_file_is_said_while_it_lasts() {
        let text = "routes: [{ name: a, sinks: [{ webhook: x }] }]
silences: [{ name: migration, match: { alarm: orders-* }, until: 2026-12-01T06:00:00Z, reason: they move }]";
        let routes = picket_rules::routes::parse("test", text).unwrap();
        let said = |name: &str, now: &str| {
            let body = testing::alarm_body(name, "aws", "eu-west-1");
            let message = Message::bare(Body::Json(body));
            let explained = explain_message(&message, &routes, now.parse().unwrap());
            explained.silence.map(|silence| silence.name)
        };
        let before = "2026-12-01T05:59:59Z";
        assert_eq!(said("orders-slow", before).as_deref(), Some("migration"));
        assert_eq!(said("payments", before), None);
        assert_eq!(said("orders-slow", "2026-12-01T06:00:00Z"), None);
    }
}
