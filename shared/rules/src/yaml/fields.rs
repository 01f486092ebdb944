//! Reading a mapping's fields, with everything that is wrong written down on the way.

use std::{fmt::Display, str::FromStr};

use super::{At, Node, Value, syntax_message};
use crate::{Problem, Problems};

/// The problems of one file found so far.
pub(crate) struct Log {
    file: String,
    problems: Vec<Problem>,
}

impl Log {
    pub(crate) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            problems: Vec::new(),
        }
    }

    /// Writes a problem down.
    pub(crate) fn at(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            message: message.into(),
        });
    }

    /// How many problems there are so far.
    pub(crate) fn count(&self) -> usize {
        self.problems.len()
    }

    /// Adds an error of the YAML parser.
    pub(crate) fn syntax(&mut self, error: &serde_saphyr::Error) {
        let at = error.location().map_or(At { line: 0, column: 0 }, At::of);
        let message = match error.without_snippet() {
            serde_saphyr::Error::UnsupportedTag { .. } => {
                "a tag (`!Sub`, `!Ref`, …) cannot be evaluated here: write the value itself"
                    .to_owned()
            }
            serde_saphyr::Error::DuplicateMappingKey { .. } => {
                "this field appears in its mapping already".to_owned()
            }
            serde_saphyr::Error::MultipleDocuments { .. } => {
                "a second document starts here, and a file has one".to_owned()
            }
            error => syntax_message(first_line(&error.to_string())),
        };
        self.at(at, message);
    }

    /// The value, where nothing was wrong.
    pub(crate) fn finish<T>(mut self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => {
                self.problems
                    .sort_by_key(|problem| (problem.line, problem.column));
                Err(Problems(self.problems))
            }
        }
    }
}

/// The sentence without the place, which the problem has already.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line).to_owned()
}

/// A mapping that is being read.
pub(crate) struct Fields<'n> {
    /// The place where the mapping starts.
    pub(crate) at: At,
    entries: &'n [(Node, Node)],
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of a mapping; `what` names it where it is something else.
    pub(crate) fn of(node: &'n Node, what: &str, log: &mut Log) -> Option<Self> {
        if let Value::Map(entries) = &node.value {
            Some(Self {
                at: node.at,
                entries,
                known: Vec::new(),
            })
        } else {
            log.at(node.at, format!("{what} must be a mapping of fields"));
            None
        }
    }

    /// A field that may be absent.
    pub(crate) fn optional(&mut self, name: &'static str) -> Option<&'n Node> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        let (_, value) = self
            .entries
            .iter()
            .find(|(key, _)| key.text() == Some(name))?;
        Some(value)
    }

    /// A field that must be there.
    pub(crate) fn required(&mut self, name: &'static str, log: &mut Log) -> Option<&'n Node> {
        let node = self.optional(name);
        if node.is_none() {
            log.at(self.at, format!("`{name}` is missing"));
        }
        node
    }

    /// A field's value; `None` where it is absent, or wrong and written down.
    pub(crate) fn parse<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
        log: &mut Log,
    ) -> Option<T> {
        let node = self.optional(name)?;
        parse(node, name, log)
    }

    /// Returns a field that must be there.
    pub(crate) fn parse_required<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
        log: &mut Log,
    ) -> Option<T> {
        let node = self.required(name, log)?;
        parse(node, name, log)
    }

    /// Each item of a list; nothing where it is absent.
    pub(crate) fn list(&mut self, name: &'static str, log: &mut Log) -> &'n [Node] {
        match self.optional(name) {
            None => &[],
            Some(node) => list(node, name, log),
        }
    }

    /// Returns a list that must be there and not be empty.
    pub(crate) fn list_required(&mut self, name: &'static str, log: &mut Log) -> &'n [Node] {
        let Some(node) = self.required(name, log) else {
            return &[];
        };
        let items = list(node, name, log);
        if items.is_empty() && matches!(node.value, Value::List(_)) {
            log.at(node.at, format!("`{name}` is empty"));
        }
        items
    }

    /// `true` or `false`; absent is `false`.
    pub(crate) fn flag(&mut self, name: &'static str, log: &mut Log) -> bool {
        match self.optional(name) {
            None => false,
            Some(Node {
                value: Value::Bool(value, _),
                ..
            }) => *value,
            Some(node) => {
                log.at(node.at, format!("`{name}` must be `true` or `false`"));
                false
            }
        }
    }

    /// Adds a problem for every field that was not read.
    pub(crate) fn finish(self, log: &mut Log) {
        for (key, _) in self.entries {
            let name = key.text().unwrap_or_default();
            if !self.known.contains(&name) {
                let expected = match self.known.join("`, `") {
                    known if known.is_empty() => "there are none here".to_owned(),
                    known => format!("expected one of `{known}`"),
                };
                log.at(key.at, format!("unknown field `{name}`: {expected}"));
            }
        }
    }
}

/// The items of a list.
pub(crate) fn list<'n>(node: &'n Node, name: &str, log: &mut Log) -> &'n [Node] {
    if let Value::List(items) = &node.value {
        items
    } else {
        log.at(node.at, format!("`{name}` must be a list"));
        &[]
    }
}

/// A scalar's value; `None` where it is wrong, which is then written down.
pub(crate) fn parse<T: FromStr<Err: Display>>(node: &Node, name: &str, log: &mut Log) -> Option<T> {
    let Some(text) = node.text() else {
        let is = match node.value {
            Value::Null => "is empty",
            _ => "must be a single value: put text that starts with a bracket in quotes",
        };
        log.at(node.at, format!("`{name}` {is}"));
        return None;
    };
    text.parse()
        .map_err(|error| log.at(node.at, format!("`{name}`: {error}")))
        .ok()
}
