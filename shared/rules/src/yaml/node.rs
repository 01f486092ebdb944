//! The tree, built by serde-saphyr.

use serde_saphyr::{Location, Spanned};

use super::{Log, raw::Raw};

/// Deeper than any of the formats; the reader recurses once a level.
const DEEPEST: usize = 32;

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    /// From 1.
    pub(crate) line: u64,
    /// In characters, from 1.
    pub(crate) column: u64,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Value,
}

/// The value of a node. A scalar keeps its text: prices must not pass through a float, nor account numbers lose a zero.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// Reads a file; the syntax stops at the first error, which is then the only one.
    pub(crate) fn read(text: &str, log: &mut Log) -> Option<Self> {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            reject_unsupported_tags: true,
            with_snippet: false,
            non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::PassThrough,
            budget: serde_saphyr::budget! { max_depth: DEEPEST },
        };
        match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options) {
            Ok(raw) => Some(Self::of(raw, text)),
            Err(error) => {
                log.syntax(&error);
                None
            }
        }
    }

    fn of(raw: Spanned<Raw>, text: &str) -> Self {
        let source = || slice(text, raw.defined);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Bool(value) => Value::Bool(value, source()),
            Raw::Number => Value::Text(source()),
            Raw::Text(text) => Value::Text(text),
            Raw::List(items) => {
                Value::List(items.into_iter().map(|item| Self::of(item, text)).collect())
            }
            Raw::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let key = Self {
                            at: At::of(key.referenced),
                            value: Value::Text(key.value),
                        };
                        (key, Self::of(value, text))
                    })
                    .collect(),
            ),
        };
        Self {
            at: At::of(raw.referenced),
            value,
        }
    }

    /// A scalar's text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Bool(_, text) => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }
}

impl At {
    pub(crate) fn of(location: Location) -> Self {
        Self {
            line: location.line(),
            column: location.column(),
        }
    }
}

/// The scalar as it was written.
fn slice(text: &str, location: Location) -> String {
    let span = location.span();
    let end = |start: u64, length: u64| {
        let start = usize::try_from(start).ok()?;
        text.get(start..start.checked_add(usize::try_from(length).ok()?)?)
    };
    span.byte_offset()
        .zip(span.byte_len())
        .and_then(|(start, length)| end(start, length))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, Vec<String>> {
        let mut log = Log::new("t.yaml");
        let node = Node::read(text, &mut log);
        log.finish(node)
            .map_err(|problems| problems.0.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_scalar_keeps_its_text() {
        let text = "[1.10, 0123, 0x1F, '1.10', true, \"true\", no, 1e3, .inf]";
        let Value::List(items) = read(text).unwrap().value else {
            panic!("a list")
        };
        let texts: Vec<_> = items.iter().map(|item| item.text().unwrap()).collect();
        assert_eq!(
            texts,
            [
                "1.10", "0123", "0x1F", "1.10", "true", "true", "no", "1e3", ".inf"
            ]
        );
        assert!(matches!(items[4].value, Value::Bool(true, _)));
        assert!(matches!(items[5].value, Value::Text(_)));
    }

    #[test]
    fn an_alias_stands_where_it_is_used_with_what_it_was_defined_as() {
        let Value::Map(entries) = read("a: &a 1.50\nb: *a\n").unwrap().value else {
            panic!("a map")
        };
        assert_eq!(entries[1].1.text(), Some("1.50"));
        assert_eq!(entries[1].1.at, At { line: 2, column: 4 });
    }

    #[test]
    fn what_is_not_plain_yaml_is_refused_where_it_stands() {
        for (text, place) in [
            ("a: !Sub '${X}'", "t.yaml:1:"),
            ("a: 1\na: 2", "t.yaml:2:1: "),
            ("a: [1", "t.yaml:"),
            ("a: b\n---\na: c", "t.yaml:"),
        ] {
            let problems = read(text).unwrap_err();
            assert!(problems[0].starts_with(place), "{text}: {problems:?}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(read(&deep).unwrap_err().len(), 1);
    }
}
