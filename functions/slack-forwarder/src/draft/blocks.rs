//! Slack's payload: the few parts of Block Kit that a message of ours is made of.
//!
//! Types of our own rather than a crate's: those at hand validate and refuse, where an alert must be cut and sent, none
//! knows the limit of the whole payload, and the one that is kept up brings a regex engine and two date libraries into
//! a cold start. Colour is an emoji in the header, not an attachment's bar: attachments are collapsed, and blocks
//! inside them come second.

use serde::Serialize;

/// The payload of a webhook. [`crate::draft::limits::fit`] alone makes it, so that it is within every limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payload {
    /// Shown by notifications, search and screen readers, and by itself in the plain form.
    pub(crate) text: String,
    /// Shown in the channel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) blocks: Vec<Block>,
    /// False: a preview of the console's sign-in page helps nobody.
    pub(crate) unfurl_links: bool,
    /// False, for the same reason.
    pub(crate) unfurl_media: bool,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
    Header(Header),
    Section(Section),
    Image(Image),
    Context(Context),
}

/// The headline, in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Header {
    pub(crate) text: Text,
}

/// A paragraph, or a grid of fields in two columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Section {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) fields: Vec<Text>,
}

/// A file that was uploaded to Slack: it exists as long as the message, unlike the content of a signed URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Image {
    pub(crate) slack_file: SlackFile,
    /// The text for screen readers.
    pub(crate) alt_text: String,
}

/// A file in Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SlackFile {
    pub(crate) id: String,
}

/// Small print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Context {
    pub(crate) elements: Vec<Text>,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Text {
    PlainText {
        text: String,
        /// Emoji are written as characters; a `:name:` in an alarm's name is part of the name.
        emoji: bool,
    },
    Mrkdwn {
        text: String,
        /// True: Slack makes no links or mentions out of words.
        verbatim: bool,
    },
}

impl Payload {
    pub(crate) fn new(text: String, blocks: Vec<Block>) -> Self {
        Self {
            text,
            blocks,
            unfurl_links: false,
            unfurl_media: false,
        }
    }

    /// The least that can be posted: the text alone.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self::new(self.text.clone(), Vec::new())
    }

    /// As it is posted.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self)
            .expect("a payload is strings, truth values and lists: always JSON")
    }
}

impl Text {
    pub(crate) fn plain(text: String) -> Self {
        Self::PlainText { text, emoji: false }
    }

    pub(crate) fn mrkdwn(text: String) -> Self {
        Self::Mrkdwn {
            text,
            verbatim: true,
        }
    }
}
