//! The meaning of each service's answers.

use std::time::Duration;

use serde::Deserialize;

use super::RATE_PAUSE;
use crate::sinks::{Answer, Posted, Service};

/// The meaning of an answer.
pub(super) enum Verdict {
    /// It is taken.
    Taken(Option<Posted>),
    /// Not before this pause.
    Limited(Duration),
    /// Perhaps later.
    Transient,
    /// The secret is no longer good.
    Stale,
    /// The form is found fault with.
    Misformed,
    /// It will be refused again.
    Final,
}

/// Returns the meaning of a service's answer.
pub(super) fn verdict(service: Service, answer: &Answer) -> Verdict {
    let Answer::Answered {
        status,
        retry_after,
        body,
    } = answer
    else {
        return Verdict::Transient;
    };
    match (service, status) {
        (_, 429) => Verdict::Limited(retry_after.unwrap_or(RATE_PAUSE)),
        (_, 500..) => Verdict::Transient,
        (Service::Webhook, 200) if body.trim() == "ok" => Verdict::Taken(None),
        (Service::Slack, 200) => slack(body),
        (Service::PagerDuty, 200..=299) => Verdict::Taken(None),
        (_, 401 | 403 | 404 | 410) => Verdict::Stale,
        (_, 400) => Verdict::Misformed,
        _ => Verdict::Final,
    }
}

/// What the Web API says in a body of status 200. A body that does not read says nothing, and the message is tried again.
fn slack(body: &str) -> Verdict {
    let Ok(said) = serde_json::from_str::<Said>(body) else {
        return Verdict::Transient;
    };
    match (said.ok, said.error.as_deref().unwrap_or_default()) {
        (true, _) => Verdict::Taken(said.channel.zip(said.ts).map(|(channel, ts)| Posted {
            channel,
            ts,
            thread: None,
            chart_file: None,
        })),
        (false, "ratelimited" | "rate_limited" | "message_limit_exceeded") => {
            Verdict::Limited(RATE_PAUSE)
        }
        (
            false,
            "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout"
            | "team_added_to_org",
        ) => Verdict::Transient,
        (
            false,
            "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive",
        ) => Verdict::Stale,
        (
            false,
            "invalid_blocks"
            | "invalid_blocks_format"
            | "msg_blocks_too_long"
            | "msg_too_long"
            | "no_text",
        ) => Verdict::Misformed,
        (false, _) => Verdict::Final,
    }
}

/// What is read of the Web API's answers.
#[derive(Deserialize)]
struct Said {
    ok: bool,
    error: Option<String>,
    channel: Option<String>,
    ts: Option<String>,
}

/// The code of a refusal in the body of status 200.
pub(super) fn error(body: &str) -> Option<String> {
    serde_json::from_str::<Said>(body).ok()?.error
}
