//! DynamoDB items: writing and reading attributes by type.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};

/// An item as the SDK carries it.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A number as it is written.
pub(crate) fn number_text(value: String) -> AttributeValue {
    AttributeValue::N(value)
}

pub(crate) fn bytes(value: Vec<u8>) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

/// An attribute that should be there and is not, or does not read as what it should be.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("its attribute {0:?} is missing or not what it should be")]
pub(crate) struct BadAttribute(pub(crate) &'static str);

pub(crate) fn read_text<'a>(item: &'a Item, name: &'static str) -> Result<&'a str, BadAttribute> {
    item.get(name)
        .and_then(|value| value.as_s().ok())
        .map(String::as_str)
        .ok_or(BadAttribute(name))
}

pub(crate) fn read_bytes<'a>(item: &'a Item, name: &'static str) -> Result<&'a [u8], BadAttribute> {
    item.get(name)
        .and_then(|value| value.as_b().ok())
        .map(AsRef::as_ref)
        .ok_or(BadAttribute(name))
}

/// A number or a text that parses.
pub(crate) fn parse<T: std::str::FromStr>(
    item: &Item,
    name: &'static str,
) -> Result<T, BadAttribute> {
    match item.get(name) {
        Some(AttributeValue::N(text) | AttributeValue::S(text)) => {
            text.parse().map_err(|_| BadAttribute(name))
        }
        _ => Err(BadAttribute(name)),
    }
}

/// Reads an attribute that may be missing.
pub(crate) fn parse_optional<T: std::str::FromStr>(
    item: &Item,
    name: &'static str,
) -> Result<Option<T>, BadAttribute> {
    item.contains_key(name)
        .then(|| parse(item, name))
        .transpose()
}
