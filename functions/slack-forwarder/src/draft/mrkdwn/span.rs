use super::{Link, escape};
use crate::draft::words;

/// A run of one kind of markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Span {
    Styled(Style, String),
    Link(Link),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Text,
    Bold,
    Code,
    Fence,
}

impl Style {
    const fn delimiters(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("", ""),
            Self::Bold => ("*", "*"),
            Self::Code => ("`", "`"),
            Self::Fence => ("```\n", "\n```"),
        }
    }

    const fn width(self) -> usize {
        let (open, close) = self.delimiters();
        open.len() + close.len()
    }

    /// Replaces characters that Slack cannot show or would misread.
    fn clean(self, content: &str) -> String {
        let replace = |character: char| match (self, character) {
            (Self::Code | Self::Bold, '\n' | '\t') => ' ',
            (Self::Code | Self::Fence, '`') => '\'',
            (_, '\n' | '\t') => character,
            (_, control) if control.is_control() => ' ',
            _ => character,
        };
        let replaced: String = escape::visible(content).chars().map(replace).collect();
        // Two backticks in a row mean nothing, and a third would open a fence.
        escape::without_mentions(&replaced).replace("``", "''")
    }
}

impl Span {
    pub(super) fn styled(style: Style, content: &str) -> Self {
        Self::Styled(style, style.clean(content))
    }

    fn shown(&self) -> &str {
        match self {
            Self::Styled(_, content) => content,
            Self::Link(link) => link.label(),
        }
    }

    /// The text without markup.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Styled(_, content) => content.clone(),
            Self::Link(link) => link.words(),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.shown().chars().all(escape::is_invisible)
    }

    pub(super) fn width(&self) -> usize {
        match self {
            Self::Styled(style, content) => style.width() + escape::width(content),
            Self::Link(link) => link.width(),
        }
    }

    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Styled(style, content) => {
                let (open, close) = style.delimiters();
                out.push_str(open);
                escape::write(content, out);
                out.push_str(close);
            }
            Self::Link(link) => link.write(out),
        }
    }

    /// In two, the first as long as `room` characters allow; the whole as the second where not even one of them fits,
    /// and for a link.
    pub(super) fn divide(self, room: usize) -> (Option<Self>, Self) {
        let Self::Styled(style, content) = self else {
            return (None, self);
        };
        let at = room
            .checked_sub(style.width())
            .map_or(0, |room| escape::fitting(&content, room));
        let at = words::boundary(&content, at);
        if at == 0 {
            return (None, Self::Styled(style, content));
        }
        let (head, tail) = content.split_at(at);
        (
            Some(Self::Styled(style, head.to_owned())),
            Self::Styled(style, tail.to_owned()),
        )
    }
}
