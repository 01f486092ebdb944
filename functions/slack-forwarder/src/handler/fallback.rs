//! The plain text that the fallback topic is sent when sinks could not be.

use picket_rules::routes::Sink;

use super::read::Read;
use crate::{
    config::Config,
    draft::{Draft, words::shortened},
};

/// SNS takes 256 KB of message, and an e-mail is read to the end by nobody: the beginning, in characters of up to four
/// bytes.
const LONGEST: usize = 20_000;

/// The text of the message, without Slack's markup, and the sinks that lack it.
pub(super) fn text(read: &Read<'_>, lacking: &[Sink], config: &Config) -> String {
    let severity = config.topics.severity(read.message);
    words(&read.draft(severity), lacking, config)
}

/// The text of the draft, and the sinks that lack it.
pub(crate) fn words(draft: &Draft, lacking: &[Sink], config: &Config) -> String {
    let words = shortened(&draft.words(), LONGEST);
    let (stack, environment) = (&config.stack, &config.environment);
    let sinks: Vec<String> = lacking.iter().map(ToString::to_string).collect();
    let sinks = sinks.join(", ");
    format!(
        "{words}\n\nThis could not be delivered to {sinks} for twelve hours (stack {stack}, {environment}): see the errors in the forwarder's log."
    )
}
