//! Slack's markup as a type: text is escaped when it is written out, and a cut never falls inside an entity, a link or
//! a fence.

mod escape;
mod link;
mod span;

use span::{Span, Style};

use crate::draft::words::ELLIPSIS;

pub(crate) use escape::visible;
pub use link::Link;

/// A piece of text in Slack's markup, not yet written out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mrkdwn(Vec<Span>);

impl Mrkdwn {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text, escaped.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.with(Span::styled(Style::Text, text.as_ref()))
    }

    /// Text that may have been written for Slack: its code fences stay fences where each is closed. All else is
    /// text.
    #[must_use]
    pub fn authored(self, text: &str) -> Self {
        let parts: Vec<&str> = text.split("```").collect();
        if parts.len().is_multiple_of(2) {
            return self.text(text);
        }
        parts.iter().enumerate().fold(self, |out, (index, part)| {
            if index.is_multiple_of(2) {
                out.text(part)
            } else {
                out.fence(part.trim_matches('\n'))
            }
        })
    }

    /// Text in bold, on one line, escaped.
    #[must_use]
    pub fn bold(self, text: impl AsRef<str>) -> Self {
        self.with(Span::styled(Style::Bold, text.as_ref()))
    }

    /// Text in a code span, on one line, escaped.
    #[must_use]
    pub fn code(self, text: impl AsRef<str>) -> Self {
        self.with(Span::styled(Style::Code, text.as_ref()))
    }

    /// Lines in a code fence, escaped.
    #[must_use]
    pub fn fence(self, text: impl AsRef<str>) -> Self {
        self.with(Span::styled(Style::Fence, text.as_ref()))
    }

    /// A link, never cut.
    #[must_use]
    pub fn link(self, link: Link) -> Self {
        self.with(Span::Link(link))
    }

    /// This and then the other.
    #[must_use]
    pub fn append(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    fn with(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    /// Whether a reader would see nothing. Slack refuses an empty text.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(Span::is_blank)
    }

    /// Characters when written out whole.
    pub fn width(&self) -> usize {
        self.0.iter().map(Span::width).sum()
    }

    /// Whether [`Self::write`] would have to cut.
    pub fn exceeds(&self, limit: usize) -> bool {
        self.width() > limit
    }

    /// Written out in at most `limit` characters, with an ellipsis where it is cut.
    pub fn write(&self, limit: usize) -> String {
        let mut out = String::new();
        if !self.exceeds(limit) {
            self.0.iter().for_each(|span| span.write(&mut out));
        } else if let Some(room) = limit.checked_sub(1) {
            let (head, _) = self.clone().divide(room);
            head.0.iter().for_each(|span| span.write(&mut out));
            out.push_str(ELLIPSIS);
        }
        out
    }

    /// In pieces of at most `limit` characters each, at most `most` of them; the last one is longer where there is
    /// more.
    pub fn split(self, limit: usize, most: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = self;
        while rest.exceeds(limit) && pieces.len() + 1 < most {
            let (head, tail) = rest.divide(limit);
            rest = tail;
            if head.0.is_empty() {
                break;
            }
            pieces.push(head);
        }
        pieces.push(rest);
        pieces
    }

    /// The text without markup.
    pub fn words(&self) -> String {
        self.0.iter().map(Span::words).collect()
    }

    fn divide(self, limit: usize) -> (Self, Self) {
        let (mut head, mut tail) = (Self::new(), Self::new());
        let mut room = limit;
        let mut spans = self.0.into_iter();
        for span in spans.by_ref() {
            if let Some(rest) = room.checked_sub(span.width()) {
                room = rest;
                head.0.push(span);
                continue;
            }
            let (fitting, rest) = span.divide(room);
            head.0.extend(fitting);
            tail.0.push(rest);
            break;
        }
        tail.0.extend(spans);
        (head, tail)
    }
}

#[cfg(test)]
mod tests;
