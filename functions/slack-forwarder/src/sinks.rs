//! What is sent to a sink for a step, and how it is written for the sink's service. Pure: the courier sends one form after the other.

mod ability;
mod answer;
mod email;
mod pager;
mod place;
mod post;
pub mod upload;
pub mod webhook;
mod words;

use jiff::Timestamp;
use picket_rules::routes::Sink;
use picket_shared::Severity;
use serde::{Deserialize, Serialize};

use crate::{
    decode::News,
    draft::{Draft, limits},
    incident::Step,
};

pub use ability::{Ability, ability};
pub use answer::{Answer, Service};
pub use email::Email;
pub use place::{EmailTopics, NotAPlace, PagerDutyUrl, Places, SlackApiUrl};
pub use post::{NotARoutingKey, NotASecret, Post, Request};

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
    /// Slack's id of the picture that it shows, where it shows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

impl Posted {
    /// The `ts` of the first message of the thread it is in, or would begin.
    pub(crate) fn root(&self) -> &str {
        self.thread.as_deref().unwrap_or(&self.ts)
    }
}

/// What is sent at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// By HTTPS.
    Post(Post),
    /// By SNS, to the topic of this ARN.
    Email(String, Email),
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
    /// The first message of its group in the channel, to whose thread a new one goes.
    pub lead: Option<&'a Posted>,
    /// The alert that it is about, without being a change of it.
    pub about: Option<About<'a>>,
    /// What it is news of, where it is no alarm's change.
    pub news: Option<&'a News>,
}

/// Another alert, and what a message says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About<'a> {
    /// What that alert's repetitions share.
    pub alert: &'a str,
    /// Somebody has taken it on: a repair was made.
    pub taken_on: bool,
}

/// Whether a step is one more message or page that people see come, rather than an edit, a reply or an end.
pub fn is_new(sink: &Sink, told: &Told<'_>) -> bool {
    match sink {
        Sink::Webhook(_) | Sink::Email(_) => true,
        Sink::Slack(_) => !is_going_on(told) && !is_about(told),
        // An alarm's incident; its end and other messages are sent as they are.
        Sink::PagerDuty(_) => told.at.is_some() && is_beginning(told.step),
    }
}

/// The draft as a step tells it.
pub fn told(told: &Told<'_>) -> Draft {
    words::with_times(told)
}

/// What is sent for a step, in this order.
pub fn forms(sink: &Sink, told: &Told<'_>, places: &Places) -> Vec<Form> {
    let draft = self::told(told);
    match sink {
        Sink::Webhook(_) => vec![Form::Post(Post::Webhook(limits::fit(draft)))],
        Sink::Slack(channel) => in_channel(channel, told, draft)
            .into_iter()
            .map(Form::Post)
            .collect(),
        Sink::PagerDuty(_) => pages(told, &draft, places.pagerduty.as_ref()),
        Sink::Email(severity) => {
            let topic = places.email.arn(*severity).to_owned();
            vec![Form::Email(topic, Email::of(&draft))]
        }
    }
}

fn pages(told: &Told<'_>, draft: &Draft, place: Option<&PagerDutyUrl>) -> Vec<Form> {
    let (alert, actions) = pager::actions(told);
    let event = |action: &_| pager::Event::new(*action, alert, draft, told.severity);
    let pages = actions.iter().map(event);
    place
        .into_iter()
        .flat_map(|place| pages.clone().map(|page| Post::Page(place.clone(), page)))
        .map(Form::Post)
        .collect()
}

const fn is_beginning(step: Step) -> bool {
    matches!(step, Step::Open | Step::Flap | Step::FlapOn)
}

fn is_going_on(told: &Told<'_>) -> bool {
    told.message.is_some() && matches!(told.step, Step::Continue | Step::Resolve { .. })
}

fn is_about(told: &Told<'_>) -> bool {
    told.message.is_some() && told.about.is_some()
}

/// What goes on edits the incident's message and replies in its thread; what begins is a message, or a reply in its group's thread.
fn in_channel(channel: &str, told: &Told<'_>, draft: Draft) -> Vec<Post> {
    let message = |channel: &str, thread: Option<&str>, stands, draft| Post::Message {
        channel: channel.to_owned(),
        thread: thread.map(str::to_owned),
        stands,
        payload: limits::fit(draft),
    };
    match (told.message, told.lead) {
        (Some(posted), _) if is_going_on(told) => {
            let reply = words::reply(&draft);
            let draft = Draft {
                picture: posted.picture.clone(),
                ..draft
            };
            vec![
                Post::Edit(posted.clone(), limits::fit(draft)),
                message(&posted.channel, Some(posted.root()), false, reply),
            ]
        }
        // Another message about the incident: our remediator's.
        (Some(posted), _) if is_about(told) => {
            vec![message(&posted.channel, Some(posted.root()), false, draft)]
        }
        (_, Some(lead)) => vec![message(&lead.channel, Some(lead.root()), true, draft)],
        (_, None) => vec![message(channel, None, true, draft)],
    }
}

#[cfg(test)]
mod tests;
