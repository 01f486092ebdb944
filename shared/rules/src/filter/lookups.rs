//! Lookups: the fields of all rules, read in one pass over an event. Each selector has a slot that the pass fills.

mod flat;
mod names;
mod reading;

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer};
use serde_json::{Number, Value};

use self::names::Names;
use super::selector::{Selector, Step};

/// The selectors of a set of rules. Two that are the same share a slot, and so one look-up an event.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    root: Node,
    slots: usize,
    /// Whether a selector has a wildcard, for which there is no one slot: then events are read whole.
    wild: bool,
    is_watching: bool,
}

/// A path in the event: its slot, and the paths below it.
#[derive(Debug, Clone, Default)]
struct Node {
    slot: Option<usize>,
    /// Whether it is one of [`Lookups::watch`].
    is_watched: bool,
    fields: Names,
    items: Vec<(usize, Node)>,
}

/// The values of an event's fields, by slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots<'a> {
    scalars: Vec<Option<Scalar<'a>>>,
    has_watched: bool,
}

/// A value as comparisons see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    /// A list or an object: it is there, and fits no comparison.
    Compound,
}

impl Lookups {
    /// Gives a selector its slot.
    pub(crate) fn enter(&mut self, selector: &mut Selector) {
        let mut node = &mut self.root;
        for step in &selector.steps {
            node = match step {
                Step::Property(name) => node.fields.enter(name),
                Step::Index(index) => item(&mut node.items, *index),
                Step::AnyElement | Step::AnyField => {
                    self.wild = true;
                    return;
                }
            };
        }
        let slots = &mut self.slots;
        selector.slot = Some(*node.slot.get_or_insert_with(|| {
            *slots += 1;
            *slots - 1
        }));
    }

    /// Watches for a top-level field: [`Slots::has_watched`] is true for an event that has one.
    pub fn watch(&mut self, name: &str) {
        self.root.fields.enter(name).is_watched = true;
        self.is_watching = true;
    }

    /// Whether any field is watched.
    pub fn is_watching(&self) -> bool {
        self.is_watching
    }

    /// Whether slots hold every field of the rules.
    pub fn suffice(&self) -> bool {
        !self.wild
    }

    /// Reads an event's JSON. Of a field that an object has twice the last holds.
    pub fn read<'de, D: Deserializer<'de>>(&self, json: D) -> Result<Slots<'de>, D::Error> {
        let mut slots = self.slots();
        reading::At {
            node: &self.root,
            slots: &mut slots,
        }
        .deserialize(json)?;
        Ok(slots)
    }

    /// Reads the commonest events, several times as fast: objects without lists, objects or escapes in them.
    /// `None` is any other text, JSON or not.
    pub fn read_flat<'de>(&self, text: &'de str) -> Option<Slots<'de>> {
        let mut slots = self.slots();
        flat::read(&self.root.fields, text, &mut slots)?;
        Some(slots)
    }

    fn slots<'de>(&self) -> Slots<'de> {
        Slots {
            scalars: vec![None; self.slots],
            has_watched: false,
        }
    }
}

/// The node below for an index; a new one where there is none.
fn item(items: &mut Vec<(usize, Node)>, index: usize) -> &mut Node {
    let place = items.iter().position(|(known, _)| *known == index);
    let place = place.unwrap_or_else(|| {
        items.push((index, Node::default()));
        items.len() - 1
    });
    &mut items[place].1
}

impl<'a> Slots<'a> {
    #[inline]
    pub(super) fn get(&self, slot: usize) -> Option<&Scalar<'a>> {
        self.scalars.get(slot)?.as_ref()
    }

    /// Whether the event, an object, has a watched field.
    pub fn has_watched(&self) -> bool {
        self.has_watched
    }
}

impl<'a> Scalar<'a> {
    pub(super) fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(_) | Value::Object(_) => Self::Compound,
        }
    }

    /// Returns the characters of a string, or a number or a boolean as JSON writes it.
    #[inline]
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(true) => Some(Cow::Borrowed("true")),
            Self::Bool(false) => Some(Cow::Borrowed("false")),
            Self::Null | Self::Compound => None,
        }
    }
}

#[cfg(test)]
mod tests;
