//! What is sent to a sink for a step, and how it is written for the sink's service. Pure: the courier sends one form after the other.

mod pager;
mod place;
pub mod upload;
mod words;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::Severity;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};

use crate::{
    blocks::Payload,
    deliver::Service,
    draft::Draft,
    incident::Step,
    ledger::Ability,
    limits,
    webhook::{NotAWebhook, Webhook},
};

pub use pager::NotARoutingKey;
pub use place::{NotAPlace, PagerDutyUrl, Places, SlackApiUrl};

/// A message in a Slack channel, by which it is edited and has a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The channel's id.
    pub channel: String,
    /// Slack's id of the message in it.
    pub ts: String,
    /// Slack's id of the picture that it shows, where it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// What one request sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// To a webhook.
    Webhook(Payload),
    /// Into a channel, or into a thread of it.
    Message {
        /// The channel's id.
        channel: String,
        /// The `ts` of the thread's first message.
        thread: Option<String>,
        /// What it says.
        payload: Payload,
    },
    /// Over a message that stands in a channel.
    Edit(Posted, Payload),
    /// To PagerDuty.
    Page(pager::Event),
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

/// What is told, to whom.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What it means.
    pub step: Step,
    /// When the alarm changed; `None` for other messages.
    pub at: Option<Timestamp>,
    /// What its repetitions share.
    pub alert: &'a str,
    /// What it says.
    pub draft: &'a Draft,
    /// How loud.
    pub severity: Severity,
    /// The incident's message in the channel.
    pub message: Option<&'a Posted>,
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

/// What a sink can do beyond one more message.
pub const fn ability(sink: &Sink) -> Ability {
    match sink {
        Sink::Webhook(_) => Ability::Posts,
        Sink::Slack(_) => Ability::Edits,
        Sink::PagerDuty(_) => Ability::Resolves,
    }
}

/// The draft as a step tells it.
pub fn told(told: &Told<'_>) -> Draft {
    words::with_times(told)
}

/// What is sent for a step, in this order.
pub fn forms(sink: &Sink, told: &Told<'_>) -> Vec<Form> {
    let draft = self::told(told);
    match sink {
        Sink::Webhook(_) => vec![Form::Webhook(limits::fit(draft))],
        Sink::Slack(channel) => in_channel(channel, told, draft),
        Sink::PagerDuty(_) => pager::actions(&told.step)
            .iter()
            .map(|action| {
                Form::Page(pager::Event::new(
                    *action,
                    told.alert,
                    &draft,
                    told.severity,
                ))
            })
            .collect(),
    }
}

/// What goes on edits the incident's message and replies in its thread; what begins is a message.
fn in_channel(channel: &str, told: &Told<'_>, draft: Draft) -> Vec<Form> {
    let is_going_on = matches!(told.step, Step::Continue | Step::Resolve { .. });
    let message = |channel: &str, thread, draft| Form::Message {
        channel: channel.to_owned(),
        thread,
        payload: limits::fit(draft),
    };
    match told.message {
        Some(posted) if is_going_on => {
            let reply = words::reply(&draft);
            let draft = Draft {
                picture: posted.picture.clone(),
                ..draft
            };
            vec![
                Form::Edit(posted.clone(), limits::fit(draft)),
                message(&posted.channel, Some(posted.ts.clone()), reply),
            ]
        }
        // Another message about the incident: our remediator's.
        Some(posted) if told.at.is_none() => {
            vec![message(&posted.channel, Some(posted.ts.clone()), draft)]
        }
        _ => vec![message(channel, None, draft)],
    }
}

#[derive(Serialize)]
struct InChannel<'a> {
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<&'a str>,
    #[serde(flatten)]
    payload: &'a Payload,
}

impl Form {
    /// Whose answer it gets.
    pub const fn service(&self) -> Service {
        match self {
            Self::Webhook(_) => Service::Webhook,
            Self::Message { .. } | Self::Edit(..) => Service::Slack,
            Self::Page(_) => Service::PagerDuty,
        }
    }

    /// Whether its message is the incident's, which later steps edit.
    pub const fn stands(&self) -> bool {
        matches!(self, Self::Message { thread: None, .. })
    }

    /// Whether it changes a message, so that a reply can say the same.
    pub const fn is_edit(&self) -> bool {
        matches!(self, Self::Edit(..))
    }

    /// The request, with the sink's secret; `plain` is the least that can be said.
    pub fn request(
        &self,
        secret: &SecretString,
        places: &Places,
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
                Webhook::new(secret, &places.webhooks)?.into_secret(),
                None,
                form(payload).to_json(),
            )),
            Self::Message {
                channel,
                thread,
                payload,
            } => {
                let body = InChannel {
                    channel,
                    thread_ts: thread.as_deref(),
                    ts: None,
                    payload: &form(payload),
                };
                to_slack(&places.slack, "chat.postMessage", secret, &body)
            }
            Self::Edit(posted, payload) => {
                let body = InChannel {
                    channel: &posted.channel,
                    thread_ts: None,
                    ts: Some(&posted.ts),
                    payload: &form(payload),
                };
                to_slack(&places.slack, "chat.update", secret, &body)
            }
            Self::Page(event) => {
                pager::check(secret)?;
                Ok(Request::json(
                    places.pagerduty.enqueue().into(),
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
fn bot_token(secret: &SecretString) -> Result<SecretString, NotASecret> {
    let token = secret.expose_secret().trim();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !token.contains("xoxb-") || !token.bytes().all(legal) {
        return Err(NotASecret::Token);
    }
    Ok(SecretString::from(token))
}

#[cfg(test)]
mod tests;
