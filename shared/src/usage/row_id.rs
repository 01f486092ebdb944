//! The id of a ledger row, and the policy for long names.
//!
//! A row's id is the sort key of its item: a JSON array of agent, model, incident, price and batch flag. DynamoDB
//! limits a sort key to 1,024 bytes. A name that is too long for its share keeps its beginning and a digest, so that
//! different names stay different: usage is never lost because of a long name. Names above [`LONGEST_NAMES`] together
//! are no names, and the record is quarantined.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::UsageKey;

/// The length of a row's names as JSON, in bytes, above which a record is quarantined: an agent of a kilobyte is odd,
/// and one of several is an attack or an error.
pub const LONGEST_NAMES: usize = 4_096;

/// The sort key of a row's item. Two usage keys of one day with the same sort key are one row.
pub fn row_id(key: &UsageKey) -> String {
    serde_json::to_string(&(
        short(&key.agent),
        short(&key.model),
        key.incident.as_deref().map(short),
        key.price.as_deref().map(short),
        key.batch,
    ))
    .expect("strings and a boolean are always JSON")
}

/// A sort key has 1,024 bytes at most (DynamoDB), and four texts share them: each gets this much, as JSON.
const LONGEST_TEXT: usize = 240;
/// The part of a longer id that is kept, so that `…` and sixteen digits still fit.
const KEPT: usize = 200;

/// A text as it is, or its beginning and a digest of it, so that different texts stay different.
fn short(text: &str) -> Cow<'_, str> {
    if json_length(text) <= LONGEST_TEXT {
        return Cow::Borrowed(text);
    }
    let ends = text.char_indices().map(|(at, _)| at);
    let end = ends
        .take_while(|&at| json_length(&text[..at]) <= KEPT)
        .last()
        .unwrap_or(0);
    let digest = Sha256::digest(text.as_bytes());
    let digits = digest
        .iter()
        .take(8)
        .fold(0_u64, |digits, byte| digits << 8 | u64::from(*byte));
    Cow::Owned(format!("{}…{digits:016x}", &text[..end]))
}

fn json_length(text: &str) -> usize {
    serde_json::to_string(text).map_or(usize::MAX, |json| json.len())
}

/// The length of a row's names as JSON, which [`LONGEST_NAMES`] limits.
pub fn names_length(key: &UsageKey) -> usize {
    let names = (&key.agent, &key.model, &key.incident, &key.price, key.batch);
    serde_json::to_string(&names).map_or(usize::MAX, |text| text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage_key(agent: String, model: String, incident: Option<String>, batch: bool) -> UsageKey {
        UsageKey {
            date: jiff::civil::date(2023, 11, 16),
            agent,
            model,
            price: incident.clone(),
            incident,
            batch,
        }
    }

    #[test]
    fn a_key_is_a_json_array_in_which_null_is_not_empty() {
        let key = |incident: Option<&str>| {
            let incident = incident.map(str::to_owned);
            row_id(&usage_key("a\"".into(), "m".into(), incident, true))
        };
        assert_eq!(key(None), r#"["a\"","m",null,null,true]"#);
        assert_eq!(key(Some("")), r#"["a\"","m","","",true]"#);
    }

    #[test]
    fn long_texts_that_differ_at_the_end_stay_different() {
        let (a, b) = (
            format!("{}a", "x".repeat(900)),
            format!("{}b", "x".repeat(900)),
        );
        assert_ne!(short(&a), short(&b));
        assert!(short(&a).starts_with("xxx"));
    }
}
