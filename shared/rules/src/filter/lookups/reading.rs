//! One pass over an event's JSON.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{Node, Scalar, Slots};

/// A place in the event, with its node.
pub(super) struct At<'n, 's, 'de> {
    pub(super) node: &'n Node,
    pub(super) slots: &'s mut Slots<'de>,
}

impl<'de> At<'_, '_, 'de> {
    /// Clears the slots of an earlier field of the same name; its own slot is written anyway.
    fn clear(&mut self) {
        let Node { fields, items, .. } = self.node;
        if !(fields.is_empty() && items.is_empty()) {
            clear_below(self.node, &mut self.slots.scalars);
        }
    }

    fn set(&mut self, scalar: Scalar<'de>) {
        if let Some(slot) = self.node.slot {
            self.slots.scalars[slot] = Some(scalar);
        }
    }
}

fn clear_below(node: &Node, scalars: &mut [Option<Scalar<'_>>]) {
    let items = node.items.iter().map(|(_, node)| node);
    for node in node.fields.nodes().chain(items) {
        if let Some(slot) = node.slot {
            scalars[slot] = None;
        }
        clear_below(node, scalars);
    }
}

impl<'de> DeserializeSeed<'de> for At<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

/// The lookup of a field's name, without a copy where the name has no escapes.
struct Name<'n>(&'n Node);

impl<'de, 'n> DeserializeSeed<'de> for Name<'n> {
    type Value = Option<&'n Node>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'n> Visitor<'_> for Name<'n> {
    type Value = Option<&'n Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.fields.get(name))
    }
}

impl<'de> Visitor<'de> for At<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.set(Scalar::Null);
        Ok(())
    }

    fn visit_bool<E: Error>(mut self, value: bool) -> Result<(), E> {
        self.set(Scalar::Bool(value));
        Ok(())
    }

    fn visit_i64<E: Error>(mut self, value: i64) -> Result<(), E> {
        self.set(Scalar::Number(value.into()));
        Ok(())
    }

    fn visit_u64<E: Error>(mut self, value: u64) -> Result<(), E> {
        self.set(Scalar::Number(value.into()));
        Ok(())
    }

    fn visit_f64<E: Error>(mut self, value: f64) -> Result<(), E> {
        self.set(Number::from_f64(value).map_or(Scalar::Null, Scalar::Number));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(mut self, value: &'de str) -> Result<(), E> {
        self.set(Scalar::Text(Cow::Borrowed(value)));
        Ok(())
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<(), E> {
        if self.node.slot.is_some() {
            self.set(Scalar::Text(Cow::Owned(value.to_owned())));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.set(Scalar::Compound);
        while let Some(known) = map.next_key_seed(Name(self.node))? {
            match known {
                Some(node) => {
                    let slots = &mut *self.slots;
                    slots.has_watched |= node.is_watched;
                    let mut at = At { node, slots };
                    at.clear();
                    map.next_value_seed(at)?;
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.set(Scalar::Compound);
        for index in 0.. {
            let known = self.node.items.iter().find(|(known, _)| *known == index);
            let more = match known {
                Some((_, node)) => list
                    .next_element_seed(At {
                        node,
                        slots: self.slots,
                    })?
                    .is_some(),
                None => list.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}
