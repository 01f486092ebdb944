//! A record's payload as events: JSON or text, one event a record.

use picket_rules::filter::Event;
use serde_json::Value;

/// An event of a payload: its text, and its JSON where it is that.
#[derive(Debug, PartialEq)]
pub struct Payload<'a> {
    /// What term patterns look at.
    pub text: &'a str,
    /// What JSON patterns look at; `None` for a line of text.
    pub json: Option<Value>,
}

impl Payload<'_> {
    /// As rules see it.
    pub fn event(&self) -> Event<'_> {
        Event {
            text: self.text,
            json: self.json.as_ref(),
        }
    }
}

/// Why a payload is no event. The record goes to the quarantine bucket.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The record's data is not base64.
    #[error("the record's data is not base64")]
    NotBase64,
    /// Nothing, or nothing but white space.
    #[error("the payload is empty")]
    Empty,
    /// Bytes that are not text.
    #[error("the payload is not UTF-8 text: byte {0} is no part of a character")]
    NotUtf8(usize),
    /// Begun as JSON, and broken.
    #[error("the payload begins like JSON and is not: {0}")]
    BrokenJson(String),
}

/// Decodes a payload and hands each event over with its sub-position: its index in the record before any filtering.
///
/// Every payload has at least one event or one reason, so that each record has a place in the chain.
pub fn decode(payload: &[u8], mut each: impl FnMut(u32, Result<Payload<'_>, Unreadable>)) {
    each(0, one(payload));
}

fn one(payload: &[u8]) -> Result<Payload<'_>, Unreadable> {
    let text = str::from_utf8(payload).map_err(|error| Unreadable::NotUtf8(error.valid_up_to()))?;
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Unreadable::Empty);
    }
    if !looks_like_json(trimmed) {
        return Ok(Payload {
            text: trimmed,
            json: None,
        });
    }
    let json =
        serde_json::from_str(trimmed).map_err(|error| Unreadable::BrokenJson(error.to_string()))?;
    Ok(Payload {
        text: trimmed,
        json: Some(json),
    })
}

/// An object, or an array that is not a log line's `[ERROR]` or `[2026-11-20T06:00:00Z]`.
fn looks_like_json(text: &str) -> bool {
    if text.starts_with('{') {
        return true;
    }
    text.strip_prefix('[')
        .is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"', ']']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_text_are_events() {
        let json = |payload: &'static [u8]| one(payload).unwrap().json;
        assert_eq!(json(b" {\"a\":1}\n"), Some(json!({"a": 1})));
        assert_eq!(json(b"[{\"a\":1}]"), Some(json!([{"a": 1}])));
        for text in [
            "ERROR job failed",
            "[ERROR] job failed",
            "[2026-11-20] up",
            "42",
            "ünï",
        ] {
            assert_eq!(one(text.as_bytes()), Ok(Payload { text, json: None }));
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (payload, reason) in [
            (&b""[..], "the payload is empty"),
            (b" \n\t", "the payload is empty"),
            (
                b"abc\xff",
                "the payload is not UTF-8 text: byte 3 is no part of a character",
            ),
            (
                b"{\"a\":1",
                "the payload begins like JSON and is not: EOF while parsing an object at line 1 column 6",
            ),
            (
                b"[{]",
                "the payload begins like JSON and is not: key must be a string at line 1 column 3",
            ),
        ] {
            assert_eq!(one(payload).unwrap_err().to_string(), reason);
        }
    }

    #[test]
    fn nesting_that_would_break_the_stack_is_refused() {
        let payload = "[".repeat(1 << 20);
        assert!(matches!(
            one(payload.as_bytes()),
            Err(Unreadable::BrokenJson(_))
        ));
    }

    proptest! {
        #[test]
        fn every_payload_has_exactly_one_event_or_reason(payload in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut seen = Vec::new();
            decode(&payload, |sub, _| seen.push(sub));
            prop_assert_eq!(seen, [0]);
        }
    }
}
