//! The services of sinks: their abilities, and the meaning of their answers.

use std::time::Duration;

use picket_rules::routes::Sink;
use serde::Deserialize;

use super::{Answer, Posted};

/// A service that answers posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// A Slack incoming webhook: `ok`.
    Webhook,
    /// Slack's Web API: 200, and in its body `"ok": false` with a code where it refuses.
    Slack,
    /// PagerDuty's Events API: 202.
    PagerDuty,
}

/// The ability of a sink beyond one more message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Nothing: a webhook.
    Posts,
    /// Its messages are edited and have threads: a channel.
    Edits,
    /// It has incidents of its own, which an OK resolves whether or not we know of them: PagerDuty.
    Resolves,
}

/// Returns the ability of a sink.
pub const fn ability(sink: &Sink) -> Ability {
    match sink {
        Sink::Webhook(_) | Sink::Email(_) => Ability::Posts,
        Sink::Slack(_) => Ability::Edits,
        Sink::PagerDuty(_) => Ability::Resolves,
    }
}

/// The meaning of an answer.
pub(crate) enum Verdict {
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

/// Slack allows about a message a second to a webhook, and says how long to wait; this is for an answer that does not.
const RATE_PAUSE: Duration = Duration::from_secs(1);

impl Service {
    /// Returns the name for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Webhook | Self::Slack => "Slack",
            Self::PagerDuty => "PagerDuty",
        }
    }

    /// Returns the error code in a body, if it has one.
    pub(crate) fn error_code(self, body: &str) -> Option<String> {
        match self {
            Self::Slack => error(body).and_then(|error| code(&error)),
            Self::Webhook | Self::PagerDuty => code(body),
        }
    }

    /// Returns the meaning of a service's answer.
    pub(crate) fn verdict(self, answer: &Answer) -> Verdict {
        let Answer::Answered {
            status,
            retry_after,
            body,
        } = answer
        else {
            return Verdict::Transient;
        };
        match (self, status) {
            (_, 429) => Verdict::Limited(retry_after.unwrap_or(RATE_PAUSE)),
            (_, 500..) => Verdict::Transient,
            (Self::Webhook, 200) if body.trim() == "ok" => Verdict::Taken(None),
            (Self::Slack, 200) => slack(body),
            (Self::PagerDuty, 200..=299) => Verdict::Taken(None),
            (_, 401 | 403 | 404 | 410) => Verdict::Stale,
            (_, 400) => Verdict::Misformed,
            _ => Verdict::Final,
        }
    }

    /// Returns what to do about a refusal with this status, of a request in the `plain` form or not.
    pub(crate) fn remedy(self, status: u16, plain: bool, transient: bool) -> &'static str {
        match (self, status) {
            (_, 429) => {
                "it is limiting the rate, and there is no time left to wait; it is tried again"
            }
            (_, 500..) => "it is tried again",
            _ if transient => "it is tried again",
            (Self::Slack, 200..=299) => {
                "see whether the bot token is valid, may chat:write, and its app is in the channel"
            }
            (Self::Webhook, 200..=299) => {
                "which is not its \"ok\": see whether the URL is a Slack incoming webhook's"
            }
            (_, 400) if plain => {
                "even the plain form was refused: please report this with the event"
            }
            (Self::Webhook, 401 | 403 | 404 | 410) => {
                "the webhook is gone or forbidden: make a new one in Slack and put its URL into the parameter"
            }
            (Self::Webhook, _) => "see whether the URL is a Slack incoming webhook's",
            (Self::Slack, _) => "see whether the bot token and SLACK_API_URL are right",
            (Self::PagerDuty, _) => {
                "see whether the integration's key is right, and PAGERDUTY_URL is its account's region"
            }
        }
    }
}

/// Returns the meaning of a body of the Web API with status 200. One that cannot be read is a transient error.
fn slack(body: &str) -> Verdict {
    let Ok(answer) = serde_json::from_str::<WebApiAnswer>(body) else {
        return Verdict::Transient;
    };
    match (answer.ok, answer.error.as_deref().unwrap_or_default()) {
        (true, _) => Verdict::Taken(answer.channel.zip(answer.ts).map(|(channel, ts)| Posted {
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

/// The fields that are read of the Web API's answers.
#[derive(Deserialize)]
struct WebApiAnswer {
    ok: bool,
    error: Option<String>,
    channel: Option<String>,
    ts: Option<String>,
}

/// Returns the error code in a body of the Web API.
fn error(body: &str) -> Option<String> {
    serde_json::from_str::<WebApiAnswer>(body).ok()?.error
}

/// Slack's error code, where the body is one: `invalid_blocks`.
fn code(body: &str) -> Option<String> {
    let body = body.trim();
    let is_code = !body.is_empty()
        && body.len() <= 64
        && body
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_code.then(|| body.to_owned())
}
