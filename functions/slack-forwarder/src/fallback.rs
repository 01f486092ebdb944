//! The plain text that the fallback topic is told when Slack could not be.

use crate::{config::Config, decode::decode, draft::Draft, message::Message, render};

/// SNS takes 256 KB of message, and an e-mail is read to the end by nobody: the beginning, in characters of up to four bytes.
const LONGEST: usize = 20_000;

/// What the message says, without Slack's markup.
pub(crate) fn text(message: &Message, config: &Config) -> String {
    let decoded = decode(message);
    words(
        &render::draft(message, &decoded, config.topics.severity(message)),
        config,
    )
}

/// What the draft says.
pub(crate) fn words(draft: &Draft, config: &Config) -> String {
    let words: String = draft.words().chars().take(LONGEST).collect();
    let (stack, environment) = (&config.stack, &config.environment);
    format!(
        "{words}\n\nThis could not be posted to Slack for twelve hours (stack {stack}, {environment}): see the errors in the forwarder's log."
    )
}
