//! Lines split at their spaces: `[ip, user, ..., status = 4*, bytes]`.

use std::collections::BTreeMap;

use super::expression::Expression;
use crate::Invalid;

/// A pattern: its parts as written, and where each name stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Delimited {
    pub(super) parts: Vec<Part>,
    /// How many columns stand before and after the ellipsis; without one all stand before.
    before: usize,
    after: Option<usize>,
    names: Vec<(String, Column)>,
}

/// What stands between two commas.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// `...`: any columns, none included.
    Ellipsis,
    /// A column without a name.
    Unnamed,
    /// A column.
    Named(String),
    /// Comparisons; each name seen for the first time is a column.
    Compared(Expression<String>),
}

/// A column, counted from whichever end does not have the ellipsis between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// From the start, 0 being the first.
    FromStart(usize),
    /// From the end, 0 being the last.
    FromEnd(usize),
}

impl Column {
    /// The column's text. `None` where the line has no such column.
    pub fn text<'t>(&self, line: &'t str) -> Option<&'t str> {
        self.of(&columns(line))
    }

    fn of<'t>(self, columns: &[&'t str]) -> Option<&'t str> {
        match self {
            Self::FromStart(index) => columns.get(index).copied(),
            Self::FromEnd(index) => columns.iter().rev().nth(index).copied(),
        }
    }
}

impl Delimited {
    /// Lays the parts out; refuses a second ellipsis.
    pub(super) fn new(parts: Vec<Part>) -> Result<Self, Invalid> {
        let mut ellipsis = None;
        let mut columns: Vec<Option<String>> = Vec::new();
        for part in &parts {
            match part {
                Part::Ellipsis if ellipsis.replace(columns.len()).is_some() => {
                    return Err(Invalid("a pattern can have one `...`".to_owned()));
                }
                Part::Ellipsis => {}
                Part::Unnamed => columns.push(None),
                Part::Named(name) => columns.push(Some(name.clone())),
                Part::Compared(expression) => {
                    for name in expression.subjects() {
                        if !columns.iter().flatten().any(|known| known == name) {
                            columns.push(Some(name.clone()));
                        }
                    }
                }
            }
        }
        let before = ellipsis.unwrap_or(columns.len());
        let place = |index| {
            if index < before {
                Column::FromStart(index)
            } else {
                Column::FromEnd(columns.len() - 1 - index)
            }
        };
        let names = columns
            .iter()
            .enumerate()
            .filter_map(|(index, name)| Some((name.clone()?, place(index))))
            .collect();
        Ok(Self {
            before,
            after: ellipsis.map(|before| columns.len() - before),
            names,
            parts,
        })
    }

    pub(super) fn matches(&self, line: &str) -> bool {
        let columns = columns(line);
        self.fits(columns.len())
            && self.parts.iter().all(|part| match part {
                Part::Compared(expression) => expression.holds(&|name, test| {
                    self.find(name)
                        .and_then(|column| column.of(&columns))
                        .is_some_and(|text| test.holds_for(text))
                }),
                Part::Ellipsis | Part::Unnamed | Part::Named(_) => true,
            })
    }

    /// Each column: by its name, or by its number from 1.
    pub(super) fn values(&self, line: &str) -> BTreeMap<String, String> {
        let columns = columns(line);
        let name = |index: usize| {
            let from_end = Column::FromEnd(columns.len() - 1 - index);
            let named = self
                .names
                .iter()
                .find(|(_, column)| *column == Column::FromStart(index) || *column == from_end);
            named.map_or_else(|| format!("${}", index + 1), |(name, _)| format!("${name}"))
        };
        columns
            .iter()
            .enumerate()
            .map(|(index, text)| (name(index), (*text).to_owned()))
            .collect()
    }

    /// The column that `$name` means.
    pub(super) fn column(&self, text: &str) -> Result<Column, Invalid> {
        text.strip_prefix('$')
            .and_then(|name| self.find(name))
            .ok_or_else(|| {
                let known: Vec<_> = self
                    .names
                    .iter()
                    .map(|(name, _)| format!("${name}"))
                    .collect();
                Invalid(format!(
                    "{text:?} is not a column of the pattern: {}",
                    known.join(", ")
                ))
            })
    }

    pub(super) fn regexes(&self) -> usize {
        self.parts
            .iter()
            .map(|part| {
                if let Part::Compared(expression) = part {
                    expression.regexes()
                } else {
                    0
                }
            })
            .sum()
    }

    fn find(&self, name: &str) -> Option<Column> {
        self.names
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, column)| *column)
    }

    fn fits(&self, count: usize) -> bool {
        self.after
            .map_or(count == self.before, |after| count >= self.before + after)
    }
}

/// The columns: runs without spaces, and what stands between `"` and `"` or `[` and `]`, without those.
fn columns(line: &str) -> Vec<&str> {
    let mut columns = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let closing = match rest.as_bytes()[0] {
            b'"' => Some('"'),
            b'[' => Some(']'),
            _ => None,
        };
        let enclosed = closing.and_then(|closing| rest[1..].split_once(closing));
        let (column, after) =
            enclosed.unwrap_or_else(|| rest.split_once(char::is_whitespace).unwrap_or((rest, "")));
        columns.push(column);
        rest = after.trim_start();
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_quotes_hold_a_column_together() {
        let line =
            r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
        assert_eq!(
            columns(line),
            [
                "127.0.0.1",
                "-",
                "frank",
                "10/Oct/2000:13:25:15 -0700",
                "GET /index.html HTTP/1.0",
                "404",
                "1534"
            ]
        );
        assert_eq!(columns("  a  b "), ["a", "b"]);
        assert_eq!(columns("[open \"quote"), ["[open", "\"quote"]);
        assert!(columns(" ").is_empty());
    }
}
