//! A request to a language model, as the ledger keeps it: who, which model, how many tokens, which price was in force.

use jiff::{Timestamp, tz::TimeZone};
use picket_rules::{
    filter::{Event, Field},
    metrics::{TokenFields, UsageRule},
    prices::{Price, PriceBook},
};
use picket_shared::usage::{TokenCounts, Usage, UsageKey};

/// No request has a trillion tokens, and ten thousand such records still add up in an `u64`.
const MOST_TOKENS: u64 = 1_000_000_000_000;
/// A DynamoDB sort key has at most 1,024 bytes, and the ledger's is this row's key as JSON.
const LONGEST_KEY: usize = 1_024;

/// Why a request cannot be entered in the ledger. The record goes to the quarantine bucket.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUsage {
    /// A token count that is none.
    #[error("the {kind} tokens are {text:?}, not a whole number from 0 to {MOST_TOKENS}")]
    Tokens {
        /// Which.
        kind: &'static str,
        /// What the event says.
        text: String,
    },
    /// No model.
    #[error("the request names no model, so it cannot be priced")]
    NoModel,
    /// Names that the ledger has no room for.
    #[error(
        "agent, model and incident take {0} bytes of the ledger's key, and {LONGEST_KEY} are allowed"
    )]
    LongNames(usize),
}

/// A request, ready for the ledger, and the price row in force.
#[derive(Debug)]
pub struct Request<'p> {
    /// Its row.
    pub key: UsageKey,
    /// One request, and its tokens.
    pub usage: Usage,
    /// `None` is unpriced.
    pub price: Option<&'p Price>,
}

/// Reads a request. `region` is the stream's, for events that do not name their own.
pub fn request<'p>(
    rule: &UsageRule,
    prices: &'p PriceBook,
    event: &Event<'_>,
    at: Timestamp,
    region: &str,
) -> Result<Request<'p>, BadUsage> {
    let text = |field: &Option<Field>| {
        let text = field.as_ref()?.text(event)?.into_owned();
        (!text.is_empty()).then_some(text)
    };
    let model = rule
        .model
        .text(event)
        .filter(|model| !model.is_empty())
        .ok_or(BadUsage::NoModel)?;
    let date = at.to_zoned(TimeZone::UTC).date();
    let asked = text(&rule.region);
    let price = prices.find(&model, Some(asked.as_deref().unwrap_or(region)), date);
    let key = UsageKey {
        date,
        agent: text(&rule.agent).unwrap_or_default(),
        model: model.into_owned(),
        incident: text(&rule.incident),
        price: price.map(|price| price.id.as_str().to_owned()),
        batch: text(&rule.batch).as_deref() == Some("true"),
    };
    fits(&key)?;
    let usage = Usage {
        requests: 1,
        tokens: tokens(&rule.tokens, event)?,
    };
    Ok(Request { key, usage, price })
}

fn fits(key: &UsageKey) -> Result<(), BadUsage> {
    let row = (&key.agent, &key.model, &key.incident, &key.price, key.batch);
    let length = serde_json::to_string(&row).map_or(usize::MAX, |text| text.len());
    if length > LONGEST_KEY {
        return Err(BadUsage::LongNames(length));
    }
    Ok(())
}

fn tokens(fields: &TokenFields, event: &Event<'_>) -> Result<TokenCounts, BadUsage> {
    let count = |kind, field: Option<&Field>| match field {
        Some(field) => count(kind, field, event),
        None => Ok(0),
    };
    Ok(TokenCounts {
        input: count("input", Some(&fields.input))?,
        output: count("output", fields.output.as_ref())?,
        cache_read: count("cache read", fields.cache_read.as_ref())?,
        cache_write_5m: count("five-minute cache write", fields.cache_write_5m.as_ref())?,
        cache_write_1h: count("one-hour cache write", fields.cache_write_1h.as_ref())?,
    })
}

/// A field that the event lacks counts nothing; one that holds no count is an error, lest tokens be lost in silence.
fn count(kind: &'static str, field: &Field, event: &Event<'_>) -> Result<u64, BadUsage> {
    let Some(text) = field.text(event) else {
        return Ok(0);
    };
    field
        .whole_number(event)
        .filter(|count| *count <= MOST_TOKENS)
        .ok_or_else(|| BadUsage::Tokens {
            kind,
            text: text.chars().take(40).collect(),
        })
}
