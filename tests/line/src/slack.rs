//! Slack, as far as a webhook sees it: it takes messages, holds them to Block Kit's limits, and answers as Slack answers.

pub mod limits;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use picket_shared::clock::{Clock, SystemClock};
use serde_json::Value;

use crate::journal::{Happening, Journal};

/// The stand-in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Slack {
    journal: Journal,
    trouble: Arc<Mutex<Vec<u16>>>,
}

impl Slack {
    /// A Slack that writes what it takes into the journal.
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            trouble: Arc::default(),
        }
    }

    /// Answers the next messages with these statuses, first one first, and takes none of them.
    pub fn fail_next(&self, statuses: &[u16]) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.extend(statuses);
    }

    /// Its routes: `POST /services/<webhook>`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/services/{webhook}", post(take))
            .with_state(self.clone())
    }

    fn answer(&self, body: &[u8]) -> (StatusCode, String, Value) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if !trouble.is_empty() {
            let status = StatusCode::from_u16(trouble.remove(0))
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return (status, "rollup_error".to_owned(), Value::Null);
        }
        let Ok(payload) = serde_json::from_slice::<Value>(body) else {
            return (
                StatusCode::BAD_REQUEST,
                "invalid_payload".to_owned(),
                Value::Null,
            );
        };
        match limits::check(&payload) {
            Ok(()) => (StatusCode::OK, "ok".to_owned(), payload),
            Err(refusal) => {
                tracing::warn!("Slack refuses a message: {refusal}");
                (StatusCode::BAD_REQUEST, refusal.code.to_owned(), payload)
            }
        }
    }
}

/// The address of a webhook on the line's server.
pub fn webhook_url(server: &str, webhook: &str) -> String {
    format!("{server}/services/{webhook}")
}

async fn take(State(slack): State<Slack>, Path(webhook): Path<String>, body: Bytes) -> Response {
    let (status, answer, payload) = slack.answer(&body);
    slack.journal.write(
        SystemClock.now(),
        Happening::Slack {
            webhook,
            payload,
            answer: answer.clone(),
        },
    );
    (status, answer).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_as_slack_answers() {
        let slack = Slack::new(Journal::default());
        let answer = |body: &[u8]| {
            let (status, answer, _) = slack.answer(body);
            (status.as_u16(), answer)
        };
        assert_eq!(answer(br#"{"text":"hello"}"#), (200, "ok".into()));
        assert_eq!(answer(b"{}"), (400, "no_text".into()));
        assert_eq!(answer(b"hello"), (400, "invalid_payload".into()));
        slack.fail_next(&[500, 429]);
        assert_eq!(answer(br#"{"text":"hello"}"#).0, 500);
        assert_eq!(answer(br#"{"text":"hello"}"#).0, 429);
        assert_eq!(answer(br#"{"text":"hello"}"#).0, 200);
    }
}
