//! The CloudWatch Logs filter pattern language.
//!
//! Three forms, distinguished by their first character: `{ … }` compares fields of a JSON event, `[ … ]` splits a line
//! at its spaces, and anything else is a list of terms (or one `%regex%`) to find in the text. The reference is "Filter
//! pattern syntax for metric filters" in the CloudWatch Logs user guide; its examples are this module's test table.
//!
//! Values of another type than the pattern compares never match, neither with `=` nor with `!=`, as the guide describes
//! for arrays and objects. A line that is not JSON never matches a JSON pattern. The empty pattern matches everything.

mod columns;
mod delimited;
mod display;
mod expression;
mod json;
mod lookups;
mod parse;
mod pattern_set;
mod selector;
mod terms;
mod text;

use std::{collections::BTreeMap, str::FromStr};

use serde_json::Value;

pub(crate) use selector::number;
pub use {
    columns::Column,
    lookups::{Lookups, Slots},
    pattern_set::{Matches, PatternSet},
    selector::{Field, Selector},
};

/// An event: its text, and what the text is where it is JSON.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The raw text, for terms and space-delimited patterns.
    pub text: &'a str,
    /// The text as JSON; `None` where it is not.
    pub json: Option<&'a Value>,
    /// The id that its transport gives it, that of a CloudWatch Logs event; `None` where it has none.
    pub id: Option<&'a str>,
    /// The fields that [`Lookups`] read of the JSON: selectors with a slot read them instead of the JSON.
    pub slots: Option<&'a Slots<'a>>,
}

impl Event<'_> {
    fn is_json(&self) -> bool {
        self.json.is_some() || self.slots.is_some()
    }
}

/// A parsed pattern. Displays in a normal form that parses to an equal pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Form);

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// Matches everything.
    Everything,
    Terms(terms::Terms),
    Json(expression::Expression<Selector>),
    Delimited(delimited::Delimited),
}

/// The reason why a text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {})", .offset + 1)]
pub struct PatternError {
    /// The number of characters before the error.
    pub offset: usize,
    /// The expected text, or the problem.
    pub message: String,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        parse::pattern(pattern).map(Self)
    }

    /// Whether the event fits.
    pub fn matches(&self, event: &Event<'_>) -> bool {
        match &self.0 {
            Form::Everything => true,
            Form::Terms(terms) => terms.matches(event.text),
            Form::Json(expression) => event.is_json() && json::matches(expression, event),
            Form::Delimited(delimited) => delimited.matches(event.text),
        }
    }

    /// Returns the values that `aws logs test-metric-filter` shows as extracted: each selector of a JSON pattern with
    /// its value, each field of a space-delimited one; nothing for terms.
    pub fn values(&self, event: &Event<'_>) -> BTreeMap<String, String> {
        match &self.0 {
            Form::Everything | Form::Terms(_) => BTreeMap::new(),
            Form::Json(expression) => expression
                .subjects()
                .into_iter()
                .filter_map(|selector| {
                    Some((selector.to_string(), selector.text(event)?.into_owned()))
                })
                .collect(),
            Form::Delimited(delimited) => delimited.values(event.text),
        }
    }

    /// The fields that it compares: the selectors of a JSON pattern, each once. None of another.
    pub fn fields(&self) -> Vec<String> {
        let Form::Json(expression) = &self.0 else {
            return Vec::new();
        };
        let mut fields = Vec::new();
        for selector in expression.subjects() {
            let field = selector.to_string();
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    /// What a valid pattern probably does not say as it was meant, each a sentence.
    pub fn warnings(&self) -> Vec<String> {
        match &self.0 {
            Form::Terms(terms) => terms.warnings(),
            Form::Everything | Form::Json(_) | Form::Delimited(_) => Vec::new(),
        }
    }

    /// Has what it compares looked up when an event is read.
    pub(crate) fn enter(&mut self, lookups: &mut Lookups) {
        if let Form::Json(expression) = &mut self.0 {
            expression.change(&mut |selector| lookups.enter(selector));
        }
    }

    /// Whether it compares fields of JSON: such a pattern never matches a line that is not JSON.
    pub fn is_json(&self) -> bool {
        matches!(self.0, Form::Json(_))
    }

    /// The field that `$.path` or `$name` means beside this pattern: `$name` needs a space-delimited pattern with that
    /// name, and `@id` is the id that CloudWatch Logs gave the event.
    pub fn field(&self, text: &str) -> Result<Field, crate::Invalid> {
        if text == "@id" {
            return Ok(Field::Id);
        }
        if text.starts_with("$.") || text.starts_with("$[") {
            return text.parse().map(Field::Json);
        }
        match &self.0 {
            Form::Delimited(delimited) => delimited.column(text).map(Field::Column),
            _ => Err(crate::Invalid(format!(
                "{text:?} is not a selector such as `$.field`"
            ))),
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}
