//! The stand-in for Slack: webhooks, and the methods of the Web API that a bot token calls. It takes messages, holds
//! them to Block Kit's limits, and answers as Slack answers.

mod files;
pub mod limits;
mod web_api;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

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

use crate::journal::{Journal, LineEvent};

use files::Files;

pub use web_api::TOKEN;

/// The stand-in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Slack {
    journal: Journal,
    trouble: Arc<Mutex<Vec<u16>>>,
    hangs: Arc<AtomicBool>,
    /// The messages that a bot posted, by their `ts`.
    messages: Arc<Mutex<HashSet<String>>>,
    files: Arc<Mutex<Files>>,
}

impl Slack {
    /// A Slack that writes what it takes into the journal.
    pub fn new(journal: Journal) -> Self {
        Self {
            journal,
            trouble: Arc::default(),
            hangs: Arc::default(),
            messages: Arc::default(),
            files: Arc::default(),
        }
    }

    /// Answers the next messages with these statuses, first one first, and takes none of them.
    pub fn fail_next(&self, statuses: &[u16]) {
        lock(&self.trouble).extend(statuses);
    }

    /// From now on takes requests and never answers them, or answers again. A request that was taken while it hung is
    /// lost.
    pub fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, Ordering::SeqCst);
    }

    /// Never ends while it hangs.
    async fn answers(&self) {
        if self.hangs.load(Ordering::SeqCst) {
            self.journal.write(SystemClock.now(), LineEvent::Unanswered);
            std::future::pending::<()>().await;
        }
    }

    /// Its routes: `POST /services/<webhook>` and `POST /api/<method>`, and what belongs to uploads.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/services/{webhook}", post(take))
            .merge(web_api::router())
            .with_state(self.clone())
    }

    /// The status to answer with instead of listening, and what it is taken for in the journal.
    fn trouble(&self) -> Option<StatusCode> {
        let mut trouble = lock(&self.trouble);
        let status = (!trouble.is_empty()).then(|| trouble.remove(0))?;
        drop(trouble);
        self.journal
            .write(SystemClock.now(), LineEvent::Trouble { status });
        Some(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }

    fn messages(&self) -> MutexGuard<'_, HashSet<String>> {
        lock(&self.messages)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        lock(&self.files)
    }

    fn answer(body: &[u8]) -> (StatusCode, String, Value) {
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The address of a webhook on the line's server.
pub fn webhook_url(server: &str, webhook: &str) -> String {
    format!("{server}/services/{webhook}")
}

async fn take(State(slack): State<Slack>, Path(webhook): Path<String>, body: Bytes) -> Response {
    slack.answers().await;
    if let Some(status) = slack.trouble() {
        return (status, "rollup_error").into_response();
    }
    let (status, answer, payload) = Slack::answer(&body);
    slack.journal.write(
        SystemClock.now(),
        LineEvent::Slack {
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
        let answer = |body: &[u8]| {
            let (status, answer, _) = Slack::answer(body);
            (status.as_u16(), answer)
        };
        assert_eq!(answer(br#"{"text":"hello"}"#), (200, "ok".into()));
        assert_eq!(answer(b"{}"), (400, "no_text".into()));
        assert_eq!(answer(b"hello"), (400, "invalid_payload".into()));
    }

    #[tokio::test]
    async fn what_comes_while_it_hangs_is_never_answered() {
        let journal = Journal::default();
        let slack = Slack::new(journal.clone());
        slack.hang(true);
        let taken = slack.answers();
        let mut taken = std::pin::pin!(taken);
        assert_eq!(futures::poll!(taken.as_mut()), std::task::Poll::Pending);
        slack.hang(false);
        assert_eq!(futures::poll!(taken.as_mut()), std::task::Poll::Pending);
        assert_eq!(
            futures::poll!(std::pin::pin!(slack.answers())),
            std::task::Poll::Ready(())
        );
        assert_eq!(journal.len(), 1);
    }

    #[test]
    fn trouble_comes_in_its_order_and_passes() {
        let slack = Slack::new(Journal::default());
        slack.fail_next(&[500, 429]);
        let next = || slack.trouble().map(|status| status.as_u16());
        assert_eq!([next(), next(), next()], [Some(500), Some(429), None]);
    }
}
