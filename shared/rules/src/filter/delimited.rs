//! Lines split at their spaces: `[ip, user, ..., status = 4*, bytes]`.
//!
//! Without an ellipsis the last column takes the rest of the line: the guide's `[w1=ERROR, w2]` matches every line
//! whose first word is ERROR, and needs the blank `w2` after it.

use std::collections::BTreeMap;

use super::{
    columns::{Column, split},
    expression::Expression,
};
use crate::Invalid;

/// A pattern: its parts as written, and the position of each name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Delimited {
    pub(super) parts: Vec<Part>,
    /// The numbers of columns before and after the ellipsis; without one all are before it.
    before: usize,
    after: Option<usize>,
    names: Vec<(String, Column)>,
}

/// A column of the pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// `...`: any columns, none included.
    Ellipsis,
    /// A column without a name.
    Unnamed,
    /// A column.
    Named(String),
    /// Comparisons; each name seen for the first time is a column. Within them a name in other case is the same column,
    /// as an older edition of the guide has it: `[w1=ERROR || W1=WARNING, w2]`.
    Compared(Expression<String>),
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
                    let own = columns.len();
                    for name in expression.subjects() {
                        let is_it = |known: &String| known.eq_ignore_ascii_case(name);
                        let here = columns[own..].iter().flatten().any(is_it);
                        if !here && !columns.iter().flatten().any(|known| known == name) {
                            columns.push(Some(name.clone()));
                        }
                    }
                }
            }
        }
        let before = ellipsis.unwrap_or(columns.len());
        let place = |index| match ellipsis {
            None if index + 1 == columns.len() => Column::Rest(index),
            Some(before) if index >= before => Column::FromEnd(columns.len() - 1 - index),
            _ => Column::FromStart(index),
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
        let columns = split(line, self.most());
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
        let columns = split(line, self.most());
        let name = |index: usize| {
            let named = self
                .names
                .iter()
                .find(|(_, column)| column.is_at(index, columns.len()));
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

    /// Returns the most columns that a line is split into.
    fn most(&self) -> usize {
        if self.after.is_some() {
            usize::MAX
        } else {
            self.before
        }
    }

    /// The column of that name; where there is none, of that name in other case.
    fn find(&self, name: &str) -> Option<Column> {
        let mut names = self.names.iter();
        let exact = names.clone().find(|(known, _)| known == name);
        exact
            .or_else(|| names.find(|(known, _)| known.eq_ignore_ascii_case(name)))
            .map(|(_, column)| *column)
    }

    fn fits(&self, count: usize) -> bool {
        self.after
            .map_or(count == self.before, |after| count >= self.before + after)
    }
}
