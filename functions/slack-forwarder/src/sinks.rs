//! What is sent to a sink for a step, and how it is written for the sink's service. Pure: the delivery sends one form
//! after the other.

mod answer;
mod email;
mod endpoint;
mod pager;
mod post;
mod service;
pub mod upload;
pub mod webhook;
mod words;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::Severity;
use serde::{Deserialize, Serialize};

use crate::{
    decode::NoticeIncident,
    draft::{Draft, limits},
    incident::Step,
};

pub use answer::Answer;
pub use email::Email;
pub use endpoint::{EmailTopics, Endpoints, InvalidEndpoint, PagerDutyUrl, SlackApiUrl};
pub use post::{NotARoutingKey, NotASecret, Post, Request};
pub(crate) use service::Verdict;
pub use service::{Ability, Service, ability};

/// A message in a Slack channel, by which it is edited and has a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The channel's id.
    pub channel: String,
    /// Slack's id of the message in it.
    pub ts: String,
    /// The `ts` of the thread's first message, where it is a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Slack's id of the chart's file, if the message shows a chart. The stored name is `picture`.
    #[serde(default, rename = "picture", skip_serializing_if = "Option::is_none")]
    pub chart_file: Option<String>,
}

impl Posted {
    /// The `ts` of the first message of the thread it is in, or would begin.
    pub(crate) fn root(&self) -> &str {
        self.thread.as_deref().unwrap_or(&self.ts)
    }
}

/// A request to a sink.
#[derive(Debug, Clone, PartialEq)]
pub enum SinkRequest {
    /// By HTTPS.
    Post(Post),
    /// By SNS, to the topic of this ARN.
    Email(String, Email),
}

/// A notification: a step of an incident, or a message, for one sink.
#[derive(Debug, Clone, Copy)]
pub struct Notification<'a> {
    /// The step of the incident that the message belongs to.
    pub step: Step,
    /// When the alarm changed; `None` for other messages.
    pub at: Option<Timestamp>,
    /// The id that the repetitions of the alert share.
    pub alert: &'a str,
    /// The content of the message.
    pub draft: &'a Draft,
    /// The severity.
    pub severity: Severity,
    /// The incident's message in the channel.
    pub message: Option<&'a Posted>,
    /// The first message of its group in the channel, to whose thread a new one goes.
    pub lead: Option<&'a Posted>,
    /// The alert that it is about, without being a change of it.
    pub about: Option<About<'a>>,
    /// The incident of a notice.
    pub notice_incident: Option<&'a NoticeIncident>,
}

/// Another alert, and what a message says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'a> {
    /// The id that the repetitions of that alert share.
    pub alert: &'a str,
    /// What the message means for its incident.
    pub effect: Effect,
    /// Whether its incident is known to be over.
    pub is_over: bool,
}

/// What a message about an incident means for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A repair was made: it is acknowledged.
    TakenOn,
    /// A repair did not help: a person has to act.
    Escalated,
    /// Nothing.
    Noted,
}

/// Whether a step is one more message or page that people see come, rather than an edit, a reply or an end.
pub fn is_new(sink: &Sink, notification: &Notification<'_>) -> bool {
    match sink {
        Sink::Webhook(_) | Sink::Email(_) => true,
        Sink::Slack(_) => !is_going_on(notification) && !is_about(notification),
        // An alarm's incident; its end and other messages are sent as they are.
        Sink::PagerDuty(_) => notification.at.is_some() && is_beginning(notification.step),
    }
}

/// Returns the draft with the additions of its step.
pub fn draft(notification: &Notification<'_>) -> Draft {
    words::with_times(notification)
}

/// The requests of a step, in the order in which they are sent.
pub fn requests(
    sink: &Sink,
    notification: &Notification<'_>,
    endpoints: &Endpoints,
) -> Vec<SinkRequest> {
    let draft = self::draft(notification);
    match sink {
        Sink::Webhook(_) => vec![SinkRequest::Post(Post::Webhook(limits::fit(draft)))],
        Sink::Slack(channel) => in_channel(channel, notification, draft)
            .into_iter()
            .map(SinkRequest::Post)
            .collect(),
        Sink::PagerDuty(_) => pages(notification, &draft, endpoints.pagerduty.as_ref()),
        Sink::Email(severity) => {
            let topic = endpoints.email.arn(*severity).to_owned();
            vec![SinkRequest::Email(topic, Email::of(&draft))]
        }
    }
}

fn pages(
    notification: &Notification<'_>,
    draft: &Draft,
    place: Option<&PagerDutyUrl>,
) -> Vec<SinkRequest> {
    let (alert, actions) = pager::actions(notification);
    let event = |action: &_| pager::Event::new(*action, alert, draft, notification.severity);
    let pages = actions.iter().map(event);
    place
        .into_iter()
        .flat_map(|place| pages.clone().map(|page| Post::Page(place.clone(), page)))
        .map(SinkRequest::Post)
        .collect()
}

const fn is_beginning(step: Step) -> bool {
    matches!(step, Step::Open | Step::Flap | Step::FlapOn)
}

fn is_going_on(notification: &Notification<'_>) -> bool {
    notification.message.is_some()
        && matches!(
            notification.step,
            Step::Continue | Step::Resolve { .. } | Step::EndEarlier { .. }
        )
}

fn is_about(notification: &Notification<'_>) -> bool {
    notification.message.is_some() && notification.about.is_some()
}

/// A later step edits the incident's message and replies in its thread; a first step posts a message, or a reply in its
/// group's thread.
fn in_channel(channel: &str, notification: &Notification<'_>, draft: Draft) -> Vec<Post> {
    let message = |channel: &str, thread: Option<&str>, stands, draft| Post::Message {
        channel: channel.to_owned(),
        thread: thread.map(str::to_owned),
        broadcast: false,
        stands,
        payload: limits::fit(draft),
    };
    match (notification.message, notification.lead) {
        (Some(posted), _) if is_going_on(notification) => {
            let reply = words::reply(&draft);
            let draft = Draft {
                chart_file: posted.chart_file.clone(),
                ..draft
            };
            let edit = Post::Edit(posted.clone(), limits::fit(draft));
            // A reply would be below what is newer.
            if matches!(notification.step, Step::EndEarlier { .. }) {
                return vec![edit];
            }
            let reply = message(&posted.channel, Some(posted.root()), false, reply);
            vec![edit, reply]
        }
        // Another message about the incident: our remediator's.
        (Some(posted), _) if is_about(notification) => {
            let escalates = |about: About<'_>| about.effect == Effect::Escalated;
            vec![Post::Message {
                channel: posted.channel.clone(),
                thread: Some(posted.root().to_owned()),
                broadcast: notification.about.is_some_and(escalates),
                stands: false,
                payload: limits::fit(draft),
            }]
        }
        (_, Some(lead)) => vec![message(&lead.channel, Some(lead.root()), true, draft)],
        (_, None) => vec![message(channel, None, true, draft)],
    }
}

#[cfg(test)]
mod tests;
