//! PagerDuty's Events API v2, as far as the forwarder uses it: it takes events, holds them to its limits, and forgets
//! what resolves nothing.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use picket_shared::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::journal::{Journal, LineEvent};

// PagerDuty's documentation of the Events API v2.
const ROUTING_KEY: usize = 32;
const DEDUP_KEY: usize = 255;
const SUMMARY: usize = 1_024;
const BODY: usize = 512_000;

/// An integration key that is accepted.
pub const KEY: &str = "00000000000000000000000000picket";

/// The stand-in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PagerDuty {
    journal: Journal,
    open: Arc<Mutex<HashSet<String>>>,
}

impl PagerDuty {
    /// One without an incident that writes what it takes into the journal.
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            open: Arc::default(),
        }
    }

    /// Its route: `POST /v2/enqueue`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v2/enqueue", post(enqueue))
            .with_state(self.clone())
    }

    /// The key of the incident that the event is about; else what is wrong with it.
    fn take(&self, body: &[u8]) -> Result<String, String> {
        let event = read(body)?;
        let key = event["dedup_key"].as_str().unwrap_or_default().to_owned();
        let action = event["event_action"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recorded = match action.as_str() {
            "trigger" => {
                open.insert(key.clone());
                true
            }
            "resolve" => open.remove(&key),
            _ => open.contains(&key),
        };
        drop(open);
        if is_recorded {
            let summary = event["payload"]["summary"].as_str().map(str::to_owned);
            let severity = event["payload"]["severity"].as_str().map(str::to_owned);
            self.journal.write(
                SystemClock.now(),
                LineEvent::Page {
                    action,
                    key: key.clone(),
                    summary,
                    severity,
                },
            );
        }
        Ok(key)
    }
}

async fn enqueue(State(pagerduty): State<PagerDuty>, body: Bytes) -> Response {
    match pagerduty.take(&body) {
        Ok(key) => {
            let answer =
                json!({"status": "success", "message": "Event processed", "dedup_key": key});
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
        Err(error) => {
            tracing::warn!("PagerDuty refuses an event: {error}");
            let answer = json!({"status": "invalid event", "message": "Event object is invalid", "errors": [error]});
            (StatusCode::BAD_REQUEST, Json(answer)).into_response()
        }
    }
}

fn read(body: &[u8]) -> Result<Value, String> {
    if body.len() > BODY {
        return Err(format!("the event is longer than {BODY} bytes"));
    }
    let event: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let bounded = |text: &Value, most: usize| {
        text.as_str()
            .is_some_and(|text| (1..=most).contains(&text.chars().count()))
    };
    if event["routing_key"].as_str().map(str::len) != Some(ROUTING_KEY) {
        return Err("'routing_key' is missing or has the wrong length".to_owned());
    }
    if !bounded(&event["dedup_key"], DEDUP_KEY) {
        return Err("'dedup_key' is missing or too long".to_owned());
    }
    match event["event_action"].as_str() {
        Some("acknowledge" | "resolve") => Ok(event),
        Some("trigger") => {
            let payload = &event["payload"];
            let severity = payload["severity"].as_str().unwrap_or_default();
            if !bounded(&payload["summary"], SUMMARY) {
                Err("'payload.summary' is missing or too long".to_owned())
            } else if !bounded(&payload["source"], usize::MAX) {
                Err("'payload.source' is missing or blank".to_owned())
            } else if ["critical", "error", "warning", "info"].contains(&severity) {
                Ok(event)
            } else {
                Err("'payload.severity' is invalid".to_owned())
            }
        }
        _ => Err("'event_action' is invalid".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(action: &str) -> Value {
        json!({"routing_key": KEY, "event_action": action, "dedup_key": "k",
            "payload": {"summary": "s", "source": "a", "severity": "critical"}})
    }

    #[test]
    fn an_event_is_taken_up_to_each_limit_and_refused_above() {
        let pagerduty = PagerDuty::new(Journal::default());
        let taken = |event: &Value| pagerduty.take(event.to_string().as_bytes()).is_ok();
        assert!(taken(&event("trigger")));
        for (path, legal, illegal) in [
            ("/routing_key", "k".repeat(32), "k".repeat(31)),
            ("/dedup_key", "k".repeat(255), "k".repeat(256)),
            ("/payload/summary", "é".repeat(1_024), "é".repeat(1_025)),
            (
                "/payload/severity",
                "warning".to_owned(),
                "fatal".to_owned(),
            ),
            ("/payload/source", "x".to_owned(), String::new()),
            ("/event_action", "resolve".to_owned(), "close".to_owned()),
        ] {
            for (value, expected) in [(legal, true), (illegal, false)] {
                let mut event = event("trigger");
                *event.pointer_mut(path).unwrap() = value.clone().into();
                assert_eq!(taken(&event), expected, "{path} {}", value.len());
            }
        }
    }

    #[test]
    fn what_resolves_nothing_is_not_recorded() {
        let journal = Journal::default();
        let pagerduty = PagerDuty::new(journal.clone());
        for (action, recorded) in [
            ("resolve", 0),
            ("acknowledge", 0),
            ("trigger", 1),
            ("acknowledge", 2),
            ("resolve", 3),
            ("resolve", 3),
        ] {
            pagerduty
                .take(event(action).to_string().as_bytes())
                .unwrap();
            assert_eq!(journal.len(), recorded, "{action}");
        }
    }
}
