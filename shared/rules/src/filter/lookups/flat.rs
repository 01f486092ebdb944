//! The commonest event by far: one object of texts and numbers, without escapes, in one walk over its bytes. Whatever
//! has more to it is left to a reader of all JSON.

use std::borrow::Cow;

use memchr::memchr;
use serde_json::Number;

use super::{Names, Scalar, Slots};

/// Integers of so many digits fit an `u64`.
const MOST_DIGITS: usize = 18;

/// Fills the slots. `None` where the text is no flat object, or no JSON: what the slots hold then means nothing.
pub(super) fn read<'de>(names: &Names, text: &'de str, slots: &mut Slots<'de>) -> Option<()> {
    // Over all bytes at once. JSON has control characters between its strings alone, as white space, and compact JSON
    // has none.
    let has_control = text.bytes().fold(u8::MAX, u8::min) < b' ';
    if has_control || memchr(b'\\', text.as_bytes()).is_some() {
        return None;
    }
    let mut rest = spaces(text.strip_prefix('{')?);
    loop {
        let (name, after) = string(rest.strip_prefix('"')?)?;
        let (value, after) = scalar(spaces(spaces(after).strip_prefix(':')?))?;
        if let Some(node) = names.get(name) {
            slots.has_watched |= node.is_watched;
            if let Some(slot) = node.slot {
                slots.scalars[slot] = Some(value);
            }
        }
        let after = spaces(after);
        let Some(more) = after.strip_prefix(',') else {
            return (after == "}").then_some(());
        };
        rest = spaces(more);
    }
}

fn spaces(text: &str) -> &str {
    // Not `trim_start_matches`, which looks at characters.
    let mut rest = text;
    while let Some(less) = rest.strip_prefix(' ') {
        rest = less;
    }
    rest
}

/// Splits a string without escapes at its closing quote.
fn string(text: &str) -> Option<(&str, &str)> {
    let end = memchr(b'"', text.as_bytes())?;
    let (string, rest) = text.split_at_checked(end)?;
    Some((string, rest.strip_prefix('"')?))
}

fn scalar(text: &str) -> Option<(Scalar<'_>, &str)> {
    match text.as_bytes().first()? {
        b'"' => {
            let (string, rest) = string(&text[1..])?;
            Some((Scalar::Text(Cow::Borrowed(string)), rest))
        }
        b'0'..=b'9' => number(text),
        b't' => Some((Scalar::Bool(true), text.strip_prefix("true")?)),
        b'f' => Some((Scalar::Bool(false), text.strip_prefix("false")?)),
        b'n' => Some((Scalar::Null, text.strip_prefix("null")?)),
        _ => None,
    }
}

/// `17` or `17.25`.
fn number(text: &str) -> Option<(Scalar<'_>, &str)> {
    let (whole, rest) = digits(text);
    let is_legal = whole.len() <= MOST_DIGITS && (whole == "0" || !whole.starts_with('0'));
    if !is_legal || rest.starts_with(['e', 'E']) {
        return None;
    }
    let Some(fraction) = rest.strip_prefix('.') else {
        let value = |sum: u64, digit: u8| sum * 10 + u64::from(digit - b'0');
        let number: u64 = whole.bytes().fold(0, value);
        return Some((Scalar::Number(number.into()), rest));
    };
    let (fraction, rest) = digits(fraction);
    if fraction.is_empty() || rest.starts_with(['e', 'E']) {
        return None;
    }
    let number: f64 = text[..text.len() - rest.len()].parse().ok()?;
    Some((Scalar::Number(Number::from_f64(number)?), rest))
}

/// The digits that a text begins with, and what follows.
fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}
