//! A ledger row as an item: what for in the key, integers to add in the attributes.

use jiff::civil::Date;
use picket_shared::usage::{TokenCounts, Usage, UsageKey, UsageRow};

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
        ("row".to_owned(), text(sort_key(key))),
    ])
}

fn sort_key(key: &UsageKey) -> String {
    let UsageKey {
        agent,
        model,
        incident,
        price,
        batch,
        ..
    } = key;
    serde_json::to_string(&(agent, model, incident, price, batch))
        .expect("strings and a boolean are always JSON")
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
            .map(|(name, count)| (format!(":{name}"), number(count)))
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
