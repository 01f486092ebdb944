//! A ledger row as an item: what for in the key, integers to add in the attributes.

use jiff::civil::Date;
use picket_shared::usage::{TokenCounts, Usage, UsageKey, UsageRow, row_id};

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
