//! Slack's markup as a type: text is escaped when it is written out, and a cut never falls inside an entity, a link or a fence.

/// A piece of text in Slack's markup, not yet written out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mrkdwn(Vec<Span>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Span {
    Text(String),
    Bold(String),
    Code(String),
    Fence(String),
    Link(Link),
}

/// A link that Slack can show: its address has passed [`Link::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    label: String,
    url: String,
}

/// The longest address of a link, in characters after escaping. Two of them fit into a section, and into the top-level text beside the headline.
const LONGEST_URL: usize = 950;
/// The longest label of a link, in characters.
const LONGEST_LABEL: usize = 60;
/// What stands where something was cut off.
const ELLIPSIS: char = '…';

impl Link {
    /// A link; `None` where the address is not plain `http(s)://…` without spaces, or too long for one.
    pub fn new(label: &str, url: &str) -> Option<Self> {
        let schemed = url.starts_with("https://") || url.starts_with("http://");
        let legal = |character: char| {
            character.is_ascii_graphic() && !matches!(character, '<' | '>' | '|' | '"' | '`' | '\\')
        };
        let fits = url.chars().map(width).sum::<usize>() <= LONGEST_URL;
        (schemed && url.chars().all(legal) && fits).then(|| Self {
            label: label
                .chars()
                .filter(|c| !matches!(c, '|' | '>' | '<'))
                .take(LONGEST_LABEL)
                .collect(),
            url: url.to_owned(),
        })
    }
}

impl Link {
    /// Label and address, without markup.
    pub fn words(&self) -> String {
        format!("{}: {}", self.label, self.url)
    }
}

impl Mrkdwn {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text, escaped.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.with(Span::Text(text.into()))
    }

    /// Text in bold, escaped.
    #[must_use]
    pub fn bold(self, text: impl Into<String>) -> Self {
        self.with(Span::Bold(text.into()))
    }

    /// Text in a code span, on one line, escaped.
    #[must_use]
    pub fn code(self, text: impl Into<String>) -> Self {
        self.with(Span::Code(text.into()))
    }

    /// Lines in a code fence, escaped.
    #[must_use]
    pub fn fence(self, text: impl Into<String>) -> Self {
        self.with(Span::Fence(text.into()))
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
        self.0.push(span.cleaned());
        self
    }

    /// Whether a reader would see nothing. Slack refuses an empty text.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(Span::is_blank)
    }

    /// Whether [`Self::write`] would have to cut.
    pub fn exceeds(&self, limit: usize) -> bool {
        self.width() > limit
    }

    /// Characters when written out whole.
    pub fn width(&self) -> usize {
        self.0.iter().map(Span::width).sum()
    }

    /// Written out in at most `limit` characters, with an ellipsis where it is cut.
    pub fn write(&self, limit: usize) -> String {
        let mut out = String::new();
        if !self.exceeds(limit) {
            self.0.iter().for_each(|span| span.write(&mut out));
            return out;
        }
        let Some(mut room) = limit.checked_sub(1) else {
            return out;
        };
        for span in &self.0 {
            match room.checked_sub(span.width()) {
                Some(rest) => {
                    span.write(&mut out);
                    room = rest;
                }
                None => {
                    if let Some(part) = span.cut(room) {
                        part.write(&mut out);
                    }
                    break;
                }
            }
        }
        out.push(ELLIPSIS);
        out
    }

    /// In pieces of at most `limit` characters each, at most `most` of them; the last one is longer where there is more.
    pub fn split(self, limit: usize, most: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = self;
        while rest.exceeds(limit) && pieces.len() + 1 < most {
            let (head, tail) = rest.divide(limit);
            if head.is_empty() {
                rest = tail;
                break;
            }
            pieces.push(head);
            rest = tail;
        }
        pieces.push(rest);
        pieces
    }

    /// What it says, without markup.
    pub fn words(&self) -> String {
        self.0
            .iter()
            .map(|span| match span {
                Span::Link(link) => link.words(),
                _ => span.content().to_owned(),
            })
            .collect()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
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
            match span.cut(room) {
                Some(part) => {
                    tail.0.push(span.after(&part));
                    head.0.push(part);
                }
                None => tail.0.push(span),
            }
            break;
        }
        tail.0.extend(spans);
        (head, tail)
    }
}

impl Span {
    fn delimiter(&self) -> (&'static str, &'static str) {
        match self {
            Self::Text(_) | Self::Link(_) => ("", ""),
            Self::Bold(_) => ("*", "*"),
            Self::Code(_) => ("`", "`"),
            Self::Fence(_) => ("```\n", "\n```"),
        }
    }

    fn content(&self) -> &str {
        match self {
            Self::Text(text) | Self::Bold(text) | Self::Code(text) | Self::Fence(text) => text,
            Self::Link(link) => &link.label,
        }
    }

    fn like(&self, content: String) -> Self {
        match self {
            Self::Text(_) | Self::Link(_) => Self::Text(content),
            Self::Bold(_) => Self::Bold(content),
            Self::Code(_) => Self::Code(content),
            Self::Fence(_) => Self::Fence(content),
        }
    }

    /// What Slack cannot show or would misread is replaced.
    fn cleaned(self) -> Self {
        let replace = |character: char| match (&self, character) {
            (Self::Code(_) | Self::Bold(_), '\n' | '\r' | '\t') => ' ',
            (Self::Code(_) | Self::Fence(_), '`') => '\'',
            (_, '\n' | '\t') => character,
            (_, control) if control.is_control() => ' ',
            _ => character,
        };
        match self {
            Self::Link(_) => self,
            _ => {
                let content = self.content().chars().map(replace).collect::<String>();
                self.like(unmentioned(&content))
            }
        }
    }

    fn is_blank(&self) -> bool {
        self.content()
            .chars()
            .all(|c| c.is_whitespace() || is_invisible(c))
    }

    fn width(&self) -> usize {
        if let Self::Link(link) = self {
            return 3
                + link.url.chars().map(width).sum::<usize>()
                + link.label.chars().map(width).sum::<usize>();
        }
        let (open, close) = self.delimiter();
        open.len() + self.content().chars().map(width).sum::<usize>() + close.len()
    }

    fn write(&self, out: &mut String) {
        if let Self::Link(link) = self {
            out.push('<');
            link.url.chars().for_each(|c| escape(c, out));
            out.push('|');
            link.label.chars().for_each(|c| escape(c, out));
            out.push('>');
            return;
        }
        let (open, close) = self.delimiter();
        out.push_str(open);
        self.content().chars().for_each(|c| escape(c, out));
        out.push_str(close);
    }

    /// Its longest beginning within `room` characters; `None` where not even one fits, and for a link.
    fn cut(&self, room: usize) -> Option<Self> {
        if matches!(self, Self::Link(_)) {
            return None;
        }
        let (open, close) = self.delimiter();
        let mut room = room.checked_sub(open.len() + close.len())?;
        let mut part = String::new();
        for character in self.content().chars() {
            let Some(rest) = room.checked_sub(width(character)) else {
                break;
            };
            room = rest;
            part.push(character);
        }
        (!part.is_empty()).then(|| self.like(part))
    }

    fn after(&self, part: &Self) -> Self {
        self.like(self.content()[part.content().len()..].to_owned())
    }
}

fn width(character: char) -> usize {
    match character {
        '&' => "&amp;".len(),
        '<' | '>' => "&lt;".len(),
        _ => 1,
    }
}

/// Slack's formatting page: these three characters, and nothing else.
fn escape(character: char, out: &mut String) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        _ => out.push(character),
    }
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// The words that Slack may read as a mention of everybody even without angle brackets.
const CALLS: [&str; 3] = ["channel", "here", "everyone"];
/// Joins without being seen, so that the word after `@` is no longer one of [`CALLS`].
const WORD_JOINER: char = '\u{2060}';

fn unmentioned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let calls = |word: &&str| {
            after
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if CALLS.iter().any(|word| calls(&word)) {
            out.push(WORD_JOINER);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
