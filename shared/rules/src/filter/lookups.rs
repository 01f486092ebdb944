//! Reading an event once, and of it only what rules ask for: each selector has a slot, and one pass over the text fills them.

mod reading;

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer};
use serde_json::{Number, Value};

use super::selector::{Selector, Step};

/// The selectors of a set of rules. Two that are the same share a slot, and so one look-up an event.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    root: Node,
    slots: usize,
    /// Whether a selector has a wildcard, for which there is no one slot: then events are read whole.
    wild: bool,
}

/// What stands at one path: its slot, and what rules ask for below it.
#[derive(Debug, Clone, Default)]
struct Node {
    slot: Option<usize>,
    fields: Vec<(String, Node)>,
    items: Vec<(usize, Node)>,
}

/// What an event holds at each slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots<'a>(Vec<Option<Scalar<'a>>>);

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
                Step::Property(name) => child(&mut node.fields, name),
                Step::Index(index) => child(&mut node.items, index),
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

    /// Whether slots hold all that the rules ask for.
    pub fn suffice(&self) -> bool {
        !self.wild
    }

    /// Reads an event's JSON. Of a field that an object has twice the last holds.
    pub fn read<'de, D: Deserializer<'de>>(&self, json: D) -> Result<Slots<'de>, D::Error> {
        let mut slots = Slots(vec![None; self.slots]);
        reading::At {
            node: &self.root,
            slots: &mut slots.0,
        }
        .deserialize(json)?;
        Ok(slots)
    }
}

/// The node below for a name or an index; a new one where there is none.
fn child<'n, K: PartialEq + Clone>(nodes: &'n mut Vec<(K, Node)>, key: &K) -> &'n mut Node {
    let place = nodes.iter().position(|(known, _)| known == key);
    let place = place.unwrap_or_else(|| {
        nodes.push((key.clone(), Node::default()));
        nodes.len() - 1
    });
    &mut nodes[place].1
}

impl<'a> Slots<'a> {
    pub(super) fn get(&self, slot: usize) -> Option<&Scalar<'a>> {
        self.0.get(slot)?.as_ref()
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

    /// Of a string its characters, of a number or a boolean as JSON writes it.
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
