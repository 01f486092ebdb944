//! Concatenated events of a text: JSON values (a line each, separated by commas, or by nothing), the elements of a list
//! of objects, and lines of text. Shippers that batch write such records.
//!
//! The split is part of the chain's format: it may not depend on rules.

use std::fmt;

use memchr::memmem;
use serde::{
    Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::looks_like_json;

/// The events' texts, in order; one at least where the text has anything but white space.
#[derive(Debug)]
pub(super) struct ConcatenatedEvents<'a> {
    rest: &'a str,
    /// Whether `rest` begins inside a list whose elements are the events.
    in_list: bool,
}

/// A place between two events of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextCheckpoint {
    /// The bytes of the text that have not been split yet. `new` removes none at the end of a text that
    /// [`Decoder`](super::Decoder) trimmed.
    remaining: usize,
    in_list: bool,
}

impl<'a> ConcatenatedEvents<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text.trim_matches(is_between),
            in_list: false,
        }
    }

    /// Returns the events from a checkpoint of the same text on.
    pub(super) fn resume(text: &'a str, checkpoint: TextCheckpoint) -> Self {
        Self {
            rest: &text[text.len() - checkpoint.remaining..],
            in_list: checkpoint.in_list,
        }
    }

    /// Returns the place before the next event.
    pub(super) fn checkpoint(&self) -> TextCheckpoint {
        TextCheckpoint {
            remaining: self.rest.len(),
            in_list: self.in_list,
        }
    }

    /// Returns the text that has not been split yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    fn json(&mut self) -> &'a str {
        let end = match value(self.rest) {
            Ok(end) => end,
            Err(broken) => return self.take(broken),
        };
        if self.in_list {
            let piece = self.take(end);
            self.rest = after_separators(self.rest);
            if let Some(after) = self.rest.strip_prefix(']') {
                self.in_list = false;
                self.rest = after_separators(after);
            }
            return piece;
        }
        let line = self.rest[end..].lines().next().unwrap_or_default();
        let same_line = after_separators(line);
        if !(same_line.is_empty() || looks_like_json(same_line)) {
            // A value with something else behind it on its line is a line that is no JSON.
            return self.take(end + line.len());
        }
        if is_list_of_objects(&self.rest[..end]) {
            self.rest = after_separators(&self.rest[1..]);
            self.in_list = true;
            return self.json();
        }
        let piece = self.take(end);
        self.rest = after_separators(self.rest);
        piece
    }

    /// Takes a line of text with the indented lines after it: a stack trace.
    fn line(&mut self) -> &'a str {
        let mut end = 0;
        for line in self.rest.split_inclusive('\n') {
            if end > 0 && !line.starts_with([' ', '\t']) {
                break;
            }
            end += line.len();
        }
        self.take(end)
    }

    fn take(&mut self, end: usize) -> &'a str {
        let (piece, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start_matches(is_between);
        piece.trim_end_matches(is_between)
    }
}

impl<'a> Iterator for ConcatenatedEvents<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let is_json = self.in_list || looks_like_json(self.rest);
        Some(if is_json { self.json() } else { self.line() })
    }
}

/// Skips separators between JSON values. Some producers write a zero byte after each.
fn after_separators(text: &str) -> &str {
    text.trim_start_matches(|letter: char| is_between(letter) || matches!(letter, ',' | '\0'))
}

/// Whether a character may stand between events and is part of none: white space, the record separator before each
/// value of a JSON text sequence (RFC 7464), and the byte order mark that begins each of several concatenated files.
pub(super) fn is_between(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{1e}' | '\u{feff}')
}

/// Returns the end of the value that the text begins with; as the error, that of a broken value: before the next line
/// after the error that begins an object.
fn value(text: &str) -> Result<usize, usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let error = match values.next() {
        Some(Ok(IgnoredAny)) => return Ok(values.byte_offset()),
        Some(Err(error)) => error,
        None => return Err(text.len()),
    };
    // Behind the error, so that no text is gone over twice; it may be at the line's end, or at the brace behind it.
    let from = offset(text, error.line(), error.column()).saturating_sub(2);
    let next = memmem::find(&text.as_bytes()[from..], b"\n{");
    Err(next.map_or(text.len(), |next| from + next + 1))
}

/// The place of a line and a column, as `serde_json` counts them: both from 1, columns in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = before.map(str::len).sum();
    (start + column).min(text.len())
}

/// Whether the text, a JSON value, is a list, and of objects alone. An empty one is not.
fn is_list_of_objects(text: &str) -> bool {
    matches!(objects(text), Some((objects, others)) if objects > 0 && others == 0)
}

/// Whether the text, a JSON value, is a list of objects and other values. It is not split: the other values cannot be
/// read as events, and the objects alone are not what was sent.
pub(super) fn is_mixed_list(text: &str) -> bool {
    matches!(objects(text), Some((objects, others)) if objects > 0 && others > 0)
}

/// Counts a list's elements that are objects, and the others; `None` where the text is no list.
fn objects(text: &str) -> Option<(usize, usize)> {
    struct Objects;

    impl<'de> Visitor<'de> for Objects {
        type Value = (usize, usize);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let (mut objects, mut others) = (0, 0);
            while let Some(element) = list.next_element::<&RawValue>()? {
                let is_object = element.get().starts_with('{');
                *(if is_object { &mut objects } else { &mut others }) += 1;
            }
            Ok((objects, others))
        }
    }

    let mut json = serde_json::Deserializer::from_str(text);
    text.starts_with('[')
        .then(|| json.deserialize_seq(Objects).ok())?
}

#[cfg(test)]
mod tests;
