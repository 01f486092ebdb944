//! A ledger row as an item: what for in the key, integers to add in the attributes.

use std::borrow::Cow;

use jiff::civil::Date;
use picket_shared::usage::{TokenCounts, Usage, UsageKey, UsageRow};
use sha2::{Digest, Sha256};

use super::{Names, Values};
use crate::item::{BadAttribute, Item, number, parse, read_text, text};

/// The attributes of a row, each with what it counts.
fn counts(usage: &Usage) -> [(&'static str, u64); 6] {
    [
        ("requests", usage.requests),
        ("input", usage.tokens.input),
        ("output", usage.tokens.output),
        ("cache_read", usage.tokens.cache_read),
        ("cache_write_5m", usage.tokens.cache_write_5m),
        ("cache_write_1h", usage.tokens.cache_write_1h),
    ]
}

pub(super) fn key(key: &UsageKey) -> Item {
    Item::from([
        ("day".to_owned(), text(key.date.to_string())),
        ("row".to_owned(), text(row_id(key))),
    ])
}

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
/// What is kept of a longer one, so that `…` and sixteen digits still fit.
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

/// An `ADD` of everything a row counts.
pub(super) struct Additions {
    pub(super) expression: String,
    pub(super) names: Names,
    pub(super) values: Values,
}

pub(super) fn additions(usage: &Usage) -> Additions {
    let counts = counts(usage);
    let parts: Vec<String> = counts
        .iter()
        .map(|(name, _)| format!("#{name} :{name}"))
        .collect();
    Additions {
        expression: format!("ADD {}", parts.join(", ")),
        names: counts
            .iter()
            .map(|(name, _)| (format!("#{name}"), (*name).to_owned()))
            .collect(),
        values: counts
            .iter()
            .map(|(name, count)| (format!(":{name}"), number(*count)))
            .collect(),
    }
}

pub(super) fn from_item(date: Date, item: &Item) -> Result<UsageRow, BadAttribute> {
    let (agent, model, incident, price, batch) =
        serde_json::from_str(read_text(item, "row")?).map_err(|_| BadAttribute("row"))?;
    let key = UsageKey {
        date,
        agent,
        model,
        incident,
        price,
        batch,
    };
    let tokens = TokenCounts {
        input: parse(item, "input")?,
        output: parse(item, "output")?,
        cache_read: parse(item, "cache_read")?,
        cache_write_5m: parse(item, "cache_write_5m")?,
        cache_write_1h: parse(item, "cache_write_1h")?,
    };
    let usage = Usage {
        requests: parse(item, "requests")?,
        tokens,
    };
    Ok(UsageRow { key, usage })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn a_key_fits_dynamodb_and_reads_back_to_itself(
            agent in "\\PC{0,900}|[\\x00-\\x20]{0,400}", model in ".{0,900}", incident in prop::option::of(".{0,900}"), batch: bool, tokens: u64,
        ) {
            let key = usage_key(agent, model, incident, batch);
            prop_assert!(row_id(&key).len() <= 1_024);
            let usage = Usage { requests: 1, tokens: TokenCounts { output: tokens, ..TokenCounts::default() } };
            let mut item = super::key(&key);
            for (name, count) in counts(&usage) {
                item.insert(name.to_owned(), number(count));
            }
            let row = from_item(key.date, &item).unwrap();
            prop_assert_eq!(row_id(&row.key), row_id(&key));
            prop_assert_eq!(row.usage, usage);
        }
    }
}
