//! Lines split at their spaces, held against columns.

use arbitrary::Arbitrary;

use super::{Operator, Starred, Word};

/// A pattern's columns, with an ellipsis before the column of that number where there is one.
#[derive(Debug, Arbitrary)]
pub struct Columns {
    first: Column,
    others: Vec<Column>,
    ellipsis: Option<u8>,
}

/// One column.
#[derive(Debug, Arbitrary)]
pub enum Column {
    /// A name alone.
    Named,
    /// Nothing between two commas.
    Unnamed,
    /// Compared with text.
    Is(bool, Starred),
    /// Compared with a number.
    Number(Operator, i8),
    /// Compared twice.
    Either(Starred, Operator, i8),
}

/// One part of a line.
#[derive(Debug, Arbitrary)]
pub enum Token {
    /// A word.
    Word(Word),
    /// A number.
    Number(i8),
    /// `[a b]`
    Brackets(Word, Word),
    /// `"a b"`
    Quotes(Word, Word),
}

impl Token {
    fn written(&self) -> String {
        match self {
            Self::Word(word) => word.text(),
            Self::Number(number) => number.to_string(),
            Self::Brackets(left, right) => format!("[{} {}]", left.text(), right.text()),
            Self::Quotes(left, right) => format!("\"{} {}\"", left.text(), right.text()),
        }
    }

    fn held(&self) -> String {
        match self {
            Self::Brackets(left, right) | Self::Quotes(left, right) => {
                format!("{} {}", left.text(), right.text())
            }
            other => other.written(),
        }
    }
}

impl Column {
    fn written(&self, place: usize) -> String {
        let name = format!("n{place}");
        match self {
            Self::Named => name,
            Self::Unnamed => String::new(),
            Self::Is(true, text) => format!("{name} = {}", text.written()),
            Self::Is(false, text) => format!("{name}!={}", text.written()),
            Self::Number(operator, number) => format!("{name} {} {number}", operator.written()),
            Self::Either(text, operator, number) => format!(
                "{name}={} || {name}{}{number}",
                text.written(),
                operator.written()
            ),
        }
    }

    fn passes(&self, text: &str) -> bool {
        let compares = |operator: Operator, number: i8| {
            text.parse()
                .is_ok_and(|value: i64| operator.holds(value, i64::from(number)))
        };
        match self {
            Self::Named | Self::Unnamed => true,
            Self::Is(equal, pattern) => pattern.fits(text) == *equal,
            Self::Number(operator, number) => compares(*operator, *number),
            Self::Either(pattern, operator, number) => {
                pattern.fits(text) || compares(*operator, *number)
            }
        }
    }
}

pub(super) fn case(columns: &Columns, tokens: &[Token]) -> (String, String, bool) {
    let all: Vec<&Column> = std::iter::once(&columns.first)
        .chain(&columns.others)
        .collect();
    let mut written: Vec<String> = (0..)
        .zip(&all)
        .map(|(n, column)| column.written(n))
        .collect();
    let cut = columns
        .ellipsis
        .map(|place| usize::from(place) % (all.len() + 1));
    if let Some(cut) = cut {
        written.insert(cut, "...".to_owned());
    }
    let line: Vec<String> = tokens.iter().map(Token::written).collect();
    let held: Vec<String> = tokens.iter().map(Token::held).collect();
    let expected = match cut {
        None => exactly(&all, &held, &line),
        Some(cut) => around(&all, cut, &held),
    };
    (format!("[{}]", written.join(",")), line.join(" "), expected)
}

/// A column each, the last of which takes the rest of the line.
fn exactly(columns: &[&Column], held: &[String], line: &[String]) -> bool {
    if held.len() < columns.len() {
        return false;
    }
    let last = columns.len() - 1;
    columns.iter().enumerate().all(|(place, column)| {
        if place == last && held.len() > columns.len() {
            column.passes(&line[last..].join(" "))
        } else {
            column.passes(&held[place])
        }
    })
}

/// Columns before the ellipsis from the start, those after it from the end.
fn around(columns: &[&Column], cut: usize, held: &[String]) -> bool {
    let (before, after) = columns.split_at(cut);
    held.len() >= columns.len()
        && before
            .iter()
            .zip(held)
            .all(|(column, text)| column.passes(text))
        && after
            .iter()
            .rev()
            .zip(held.iter().rev())
            .all(|(column, text)| column.passes(text))
}
