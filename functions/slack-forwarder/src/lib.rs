//! Turns what arrives on the alert topics into Slack messages.
//!
//! **In**: SNS events of the three severity topics; EventBridge's "CloudWatch Alarm State Change" and an alarm's direct action;
//! SQS events of the failure queue, whose bodies are Lambda's on-failure records. Anything else is shown in a generic form: any
//! bytes become a message.
//!
//! **Out**: for each sink of the message's routes, a post to a Slack webhook, a message in a Slack channel (edited and threaded by a bot
//! token, with the metric's chart), or an event to PagerDuty. After twelve hours of failing, plain text on the
//! fallback topic.
//!
//! An info message that no route took is kept for the [`digest`], which a schedule asks for once a day. What would be too much for a
//! sink is kept in a [`bundle`], for which a schedule looks every minute.
//!
//! **What can go wrong**: the parameter that holds a webhook's URL is missing, or Slack refuses or does not answer. The invocation then
//! fails, Lambda tries it again and hands it to the failure queue, which is an event source of this function. What was sent stands in
//! the Alerts table, so that a retry sends only what was not sent; where the table cannot be reached, everything is posted.
//!
//! The rooms: [`envelope`] opens the event, [`decode`] says what each message is, [`route`] where it goes, [`render`] what it looks
//! like, [`limits`] brings it inside Slack's limits, [`ledger`] whether it was sent already, [`incident`] what an alarm's change means
//! after those before it, [`deliver`] decides about each answer of Slack's. [`explain()`] is all of it without the effects.

pub mod adapters;
pub mod blocks;
pub mod bundle;
pub mod chart;
pub mod config;
mod console;
mod courier;
pub mod decode;
pub mod deliver;
mod description;
pub mod digest;
pub mod draft;
pub mod envelope;
pub mod error;
mod explain;
mod fallback;
pub mod handler;
pub mod incident;
pub mod ledger;
pub mod limits;
mod look;
pub mod message;
pub mod mrkdwn;
pub mod notice;
mod number;
mod pace;
pub mod ports;
mod reason;
pub mod render;
pub mod route;
pub mod secrets;
pub mod silenced;
pub mod sinks;
#[cfg(test)]
mod testing;
pub mod webhook;

pub use envelope::{Input, Unrecognised, read};
pub use explain::{Explained, Posting, RouteExplained, SilenceExplained, explain, postings};
