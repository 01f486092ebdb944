//! The Slack forwarder: turns the messages of the alert topics into Slack messages.
//!
//! **In**: SNS events of the three severity topics; EventBridge's "CloudWatch Alarm State Change" and an alarm's direct
//! action; SQS events of the failure queue, whose bodies are Lambda's on-failure records. Anything else is shown in a
//! generic form: any bytes become a message.
//!
//! **Out**: for each sink of the message's routes, a post to a Slack webhook, a message in a Slack channel (edited and
//! threaded by a bot token, with the metric's chart), an event to PagerDuty, or an e-mail. After twelve hours of failed
//! sends, plain text on the fallback topic.
//!
//! Once a day, a schedule has it check the metrics of workloads against their [expected values](health); the report goes
//! the way of a message of the warning or the info topic.
//!
//! An info message that no route takes is stored for the [daily digest](deferred::digest). Messages above a sink's
//! limit are stored in a [bundle](deferred::bundle), which a schedule sends every minute.
//!
//! **Errors**: the parameter that holds a webhook's URL is missing, Slack refuses or does not answer, or CloudWatch does
//! not confirm an OK. The invocation then fails; Lambda retries it and then sends it to the failure queue, which is an
//! event source of this function. The Alerts table records each send, so that a retry sends only what is missing; where
//! the table cannot be reached, every message is posted.
//!
//! The modules, in the order in which a message passes them:
//!
//! - [`decode`] opens the event and decodes each message into its kind and content ([`message`] is the raw form)
//! - [`route`] selects its sinks, [`render`] writes a [`draft`] for them, which [`draft::limits`] fits into Slack's
//!   limits
//! - [`delivery_log`] records what was sent to each sink, and [`incident`] interprets a change of an alarm by the
//!   changes before it
//! - [`confirmation`] judges an OK by what CloudWatch itself says of its alarm
//! - `delivery` sends one message to one sink, [`sinks`] writes the requests of each sink's service
//! - [`deferred`] holds what is sent later; [`handler`] runs an invocation, on the [`ports`] that [`adapters`]
//!   implement
//!
//! [`explain()`] is the whole path without its effects.

pub mod adapters;
pub mod config;
pub mod confirmation;
pub mod decode;
pub mod deferred;
mod delivery;
pub mod delivery_log;
pub mod draft;
pub mod error;
mod explain;
pub mod handler;
pub mod health;
pub mod incident;
pub mod message;
pub mod ports;
pub mod posting;
pub mod render;
pub mod route;
pub mod sinks;
#[cfg(test)]
mod testing;

pub use decode::envelope::{Input, Unrecognised, read};
pub use explain::{Explained, RouteExplained, SilenceExplained, explain, explain_by, sinks_of};
