//! HTTPS requests: what they send, and how they are written for a sink's service.

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Serialize;

use super::{Endpoints, PagerDutyUrl, Posted, SlackApiUrl, pager};
use crate::{
    draft::blocks::Payload,
    sinks::{
        Service,
        webhook::{NotAWebhook, Webhook},
    },
};

pub use pager::NotARoutingKey;

/// The content of one HTTPS request.
#[derive(Debug, Clone, PartialEq)]
pub enum Post {
    /// To a webhook.
    Webhook(Payload),
    /// Into a channel, or into a thread of it.
    Message {
        /// The channel's id.
        channel: String,
        /// The `ts` of the thread's first message.
        thread: Option<String>,
        /// Whether the reply is shown in the channel too.
        broadcast: bool,
        /// Whether it is the incident's, which later steps edit.
        stands: bool,
        /// The message.
        payload: Payload,
    },
    /// Over a message that stands in a channel.
    Edit(Posted, Payload),
    /// To PagerDuty, at its address.
    Page(PagerDutyUrl, pager::Event),
}

/// An HTTPS request: all of it is secret.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) url: SecretString,
    pub(crate) token: Option<SecretString>,
    pub(crate) content_type: &'static str,
    pub(crate) body: SecretSlice<u8>,
}

impl Request {
    /// Where it goes: some addresses are secrets themselves.
    pub const fn url(&self) -> &SecretString {
        &self.url
    }

    /// The body.
    pub const fn body(&self) -> &SecretSlice<u8> {
        &self.body
    }

    /// JSON to an address.
    pub(crate) fn json(url: SecretString, token: Option<SecretString>, body: String) -> Self {
        Self {
            url,
            token,
            content_type: "application/json; charset=utf-8",
            body: body.into_bytes().into(),
        }
    }
}

/// Why a parameter's value cannot be used. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotASecret {
    /// Not a webhook's URL.
    #[error(transparent)]
    Webhook(#[from] NotAWebhook),
    /// Not a PagerDuty key.
    #[error(transparent)]
    RoutingKey(#[from] NotARoutingKey),
    /// Not a bot token.
    #[error("its value is not a bot token of a Slack app, which begins with xoxb-")]
    Token,
}

#[derive(Serialize)]
struct InChannel<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    // https://docs.slack.dev/reference/methods/chat.postMessage
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reply_broadcast: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<&'a str>,
    #[serde(flatten)]
    payload: &'a Payload,
}

impl Post {
    /// Whose answer it gets.
    pub const fn service(&self) -> Service {
        match self {
            Self::Webhook(_) => Service::Webhook,
            Self::Message { .. } | Self::Edit(..) => Service::Slack,
            Self::Page(..) => Service::PagerDuty,
        }
    }

    /// The incident's message, which later steps edit, where this has become it at `posted`.
    pub fn group_role(&self, posted: Option<Posted>) -> Option<Posted> {
        match self {
            Self::Message {
                stands: true,
                thread,
                ..
            } => posted.map(|posted| Posted {
                thread: thread.clone(),
                ..posted
            }),
            Self::Message { .. } | Self::Edit(..) | Self::Webhook(_) | Self::Page(..) => None,
        }
    }

    /// Whether it changes a message, so that a reply can say the same.
    pub const fn is_edit(&self) -> bool {
        matches!(self, Self::Edit(..))
    }

    /// The request, with the sink's secret; `plain` is the least that can be said.
    pub fn request(
        &self,
        secret: &SecretString,
        endpoints: &Endpoints,
        plain: bool,
    ) -> Result<Request, NotASecret> {
        let form = |payload: &Payload| {
            if plain {
                payload.plain()
            } else {
                payload.clone()
            }
        };
        match self {
            Self::Webhook(payload) => Ok(Request::json(
                Webhook::new(secret, &endpoints.webhooks)?.into_secret(),
                None,
                form(payload).to_json(),
            )),
            Self::Message {
                channel,
                thread,
                broadcast,
                payload,
                ..
            } => {
                let body = InChannel {
                    channel,
                    thread_ts: thread.as_deref(),
                    reply_broadcast: *broadcast,
                    ts: None,
                    payload: &form(payload),
                };
                to_slack(&endpoints.slack, "chat.postMessage", secret, &body)
            }
            Self::Edit(posted, payload) => {
                let body = InChannel {
                    channel: &posted.channel,
                    thread_ts: None,
                    reply_broadcast: false,
                    ts: Some(&posted.ts),
                    payload: &form(payload),
                };
                to_slack(&endpoints.slack, "chat.update", secret, &body)
            }
            Self::Page(place, event) => {
                pager::check(secret)?;
                Ok(Request::json(
                    place.enqueue().into(),
                    None,
                    event.body(secret, plain),
                ))
            }
        }
    }
}

fn to_slack(
    api: &SlackApiUrl,
    method: &str,
    secret: &SecretString,
    body: &InChannel<'_>,
) -> Result<Request, NotASecret> {
    let body = serde_json::to_string(body)
        .expect("a body is strings, truth values and lists: always JSON");
    Ok(Request::json(
        api.method(method).into(),
        Some(bot_token(secret)?),
        body,
    ))
}

/// The bot token that a parameter holds.
pub(super) fn bot_token(secret: &SecretString) -> Result<SecretString, NotASecret> {
    let token = secret.expose_secret().trim();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !token.contains("xoxb-") || !token.bytes().all(legal) {
        return Err(NotASecret::Token);
    }
    Ok(SecretString::from(token))
}
