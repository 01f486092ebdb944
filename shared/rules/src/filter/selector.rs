//! The path of a value in an event: `$.users[0].email`, or a column of a space-delimited line.

use std::{borrow::Cow, fmt, str::FromStr};

use serde_json::Value;

use super::{
    Event,
    columns::Column,
    lookups::{Lookups, Scalar},
    parse,
};
use crate::Invalid;

/// A path into a JSON event.
#[derive(Debug, Clone)]
pub struct Selector {
    pub(super) steps: Vec<Step>,
    /// The slot that [`Lookups`](super::Lookups) fills.
    pub(super) slot: Option<usize>,
}

impl From<Vec<Step>> for Selector {
    fn from(steps: Vec<Step>) -> Self {
        Self { steps, slot: None }
    }
}

/// The path is the selector; where its value is put is not.
impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        self.steps == other.steps
    }
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Property(String),
    Index(usize),
    /// `[*]`: any element of a list.
    AnyElement,
    /// `.*`: any field of an object.
    AnyField,
}

/// The field that a rule reads.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// `$.path` of a JSON event.
    Json(Selector),
    /// `$name` of a space-delimited line.
    Column(Column),
    /// `@id`: the id that CloudWatch Logs gave the event.
    Id,
}

impl Selector {
    /// The value at the path; the first of several. `None` where the path leads nowhere.
    pub fn value<'v>(&self, json: &'v Value) -> Option<&'v Value> {
        let mut first = None;
        self.any(json, &mut |value| first.replace(value).is_none());
        first
    }

    /// Returns the event's value at the path, the first of several: from its slot, or from the JSON.
    #[inline]
    fn with<R>(&self, event: &Event<'_>, read: impl FnOnce(&Scalar<'_>) -> Option<R>) -> Option<R> {
        match (event.slots, self.slot) {
            (Some(slots), Some(slot)) => read(slots.get(slot)?),
            _ => read(&Scalar::of(self.value(event.json?)?)),
        }
    }

    /// Whether a value of the event at the path passes.
    #[inline]
    pub(super) fn finds(&self, event: &Event<'_>, passes: impl Fn(&Scalar<'_>) -> bool) -> bool {
        match (event.slots, self.slot) {
            (Some(slots), Some(slot)) => slots.get(slot).is_some_and(passes),
            _ => event
                .json
                .is_some_and(|json| self.any(json, &mut |value| passes(&Scalar::of(value)))),
        }
    }

    /// Whether a value at the path passes: there is one at most, unless the path has a wildcard. Allocates nothing.
    pub(super) fn any<'v>(
        &self,
        json: &'v Value,
        passes: &mut impl FnMut(&'v Value) -> bool,
    ) -> bool {
        any(&self.steps, json, passes)
    }
}

/// Recurses once a step, of which 1,024 characters of pattern hold a few hundred.
fn any<'v>(steps: &[Step], value: &'v Value, passes: &mut impl FnMut(&'v Value) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return passes(value);
    };
    match (step, value) {
        (Step::Property(name), Value::Object(fields)) => fields
            .get(name)
            .is_some_and(|value| any(rest, value, passes)),
        (Step::Index(index), Value::Array(items)) => items
            .get(*index)
            .is_some_and(|value| any(rest, value, passes)),
        (Step::AnyElement, Value::Array(items)) => {
            items.iter().any(|value| any(rest, value, passes))
        }
        (Step::AnyField, Value::Object(fields)) => {
            fields.values().any(|value| any(rest, value, passes))
        }
        _ => false,
    }
}

impl Selector {
    /// Returns a scalar's text; `None` for null, lists, objects and absent values.
    #[inline]
    pub(super) fn text<'v>(&self, event: &Event<'v>) -> Option<Cow<'v, str>> {
        match (event.slots, self.slot) {
            (Some(slots), Some(slot)) => slots.get(slot)?.text(),
            _ => match self.value(event.json?)? {
                Value::String(text) => Some(Cow::Borrowed(text)),
                other => Some(Cow::Owned(Scalar::of(other).text()?.into_owned())),
            },
        }
    }

    /// Returns the number of wildcards.
    pub(super) fn wildcards(&self) -> usize {
        let wild = |step: &&Step| matches!(step, Step::AnyElement | Step::AnyField);
        self.steps.iter().filter(wild).count()
    }
}

impl Field {
    /// Has the value looked up when an event is read.
    pub(crate) fn enter(&mut self, lookups: &mut Lookups) {
        if let Self::Json(selector) = self {
            lookups.enter(selector);
        }
    }

    /// Whether the event has slots and nothing in this one: of the fields of all rules, an event has few.
    #[inline]
    pub fn is_absent(&self, event: &Event<'_>) -> bool {
        match (self, event.slots) {
            (
                Self::Json(Selector {
                    slot: Some(slot), ..
                }),
                Some(slots),
            ) => slots.get(*slot).is_none(),
            _ => false,
        }
    }

    /// Whether the event has something here, `null` being nothing; a list and an object are something.
    #[inline]
    pub fn is_given(&self, event: &Event<'_>) -> bool {
        match self {
            Self::Json(selector) => {
                let given = |scalar: &Scalar<'_>| (*scalar != Scalar::Null).then_some(());
                selector.with(event, given).is_some()
            }
            Self::Column(_) | Self::Id => self.text(event).is_some(),
        }
    }

    /// The value's text. `None` where the event has none.
    #[inline]
    pub fn text<'v>(&self, event: &Event<'v>) -> Option<Cow<'v, str>> {
        match self {
            Self::Json(selector) => selector.text(event),
            Self::Column(column) => column.text(event.text).map(Cow::Borrowed),
            Self::Id => event.id.map(Cow::Borrowed),
        }
    }

    /// The value as a finite number: a JSON number, or a text that is one, as CloudWatch takes it for a metric's value.
    #[inline]
    pub fn number(&self, event: &Event<'_>) -> Option<f64> {
        match self {
            Self::Json(selector) => selector.with(event, |scalar| match scalar {
                Scalar::Number(value) => value.as_f64(),
                other => number(&other.text()?),
            }),
            Self::Column(_) | Self::Id => number(&self.text(event)?),
        }
    }

    /// The value as a whole number from 0, exact; for tokens. `12.0` and `1e3` are whole.
    #[inline]
    pub fn whole_number(&self, event: &Event<'_>) -> Option<u64> {
        if let Self::Json(selector) = self
            && let Some(whole) = selector.with(event, |scalar| match scalar {
                Scalar::Number(value) => value.as_u64(),
                _ => None,
            })
        {
            return Some(whole);
        }
        let text = self.text(event)?;
        text.parse().ok().or_else(|| {
            let value = number(&text)?;
            // Above 2^53 a float may stand for another whole number than the one written.
            let exact = (0.0..=9_007_199_254_740_992.0).contains(&value) && value.fract() == 0.0;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, and in 0..=2^53"
            )]
            exact.then_some(value as u64)
        })
    }
}

/// A finite decimal number, without the spellings of infinity that Rust would read.
pub(crate) fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let value = if plain {
        text.parse::<f64>().ok()?
    } else {
        return None;
    };
    value.is_finite().then_some(value)
}

impl FromStr for Selector {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        parse::whole_selector(text).map_err(|error| {
            Invalid(format!(
                "{text:?} is not a selector such as `$.field`: {error}"
            ))
        })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Property(name) if name.chars().all(parse::is_name) => write!(f, ".{name}"),
            Step::Property(name) => write!(f, ".['{name}']"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::AnyElement => f.write_str("[*]"),
            Step::AnyField => f.write_str(".*"),
        })
    }
}

#[cfg(test)]
mod tests;
