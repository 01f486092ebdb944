//! Model requests as rows of the usage ledger: agent, model, tokens, and the price in force.

use std::{borrow::Cow, collections::BTreeMap, hash::BuildHasher};

use hashbrown::{DefaultHashBuilder, HashTable};
use jiff::civil::Date;
use picket_rules::{
    filter::{Event, Field},
    metrics::{TokenFields, UsageRule},
    prices::{Lookup, PriceBook, Rates, Tariff},
};
use picket_shared::usage::{
    LONGEST_NAMES, Tier, TokenCounts, UnpricedMark, Usage, UsageKey, UsageRow, names_length,
};

use crate::payload::IncompleteUsage;

/// The most tokens of a kind in one request: ten times the largest context window of 2026 (10 million). More is a
/// forged or a wrong number, and its dollars would be believed.
const MOST_TOKENS: u64 = 100_000_000;

/// The reason why a request cannot be entered in the ledger. Its record goes to the quarantine bucket.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUsage {
    /// A token count that is not a whole number in range.
    #[error("the {kind} tokens are {text:?}, not a whole number from 0 to {MOST_TOKENS}")]
    Tokens {
        /// The kind of tokens.
        kind: &'static str,
        /// The event's text.
        text: String,
    },
    /// A list or an object instead of a token count.
    #[error("the {0} tokens are a list or an object, not a whole number from 0 to {MOST_TOKENS}")]
    Compound(&'static str),
    /// A request without an id, a model or a count.
    #[error("the payload holds a model's token usage and {0}")]
    Incomplete(IncompleteUsage),
    /// A request without a model.
    #[error("the request names no model, so it cannot be priced")]
    NoModel,
    /// Names that are too long.
    #[error("agent, model and incident have {0} bytes together, and {LONGEST_NAMES} are allowed")]
    LongNames(usize),
}

/// A request, ready for the ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    row: usize,
    tokens: TokenCounts,
}

/// The rows of the ledger with their requests.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    rows: Vec<Row>,
    index: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

/// A row, with its price, which is looked up once for all its requests.
#[derive(Debug)]
struct Row {
    key: UsageKey,
    region: String,
    /// The service tier, as in the events.
    tier: Option<String>,
    /// The context step of any price below the requests' contexts.
    above: u64,
    tariff: Option<Tariff>,
    usage: Usage,
}

/// The key of a row, borrowed from an event.
#[derive(PartialEq)]
struct RowKey<'a> {
    date: Date,
    agent: &'a str,
    model: &'a str,
    incident: Option<&'a str>,
    region: &'a str,
    tier: Option<&'a str>,
    above: u64,
    batch: bool,
}

impl Requests {
    /// Reads a request of a UTC day. `region` is the stream's, for events that do not name their own. Nothing is added
    /// yet.
    pub(crate) fn read(
        &mut self,
        rule: &UsageRule,
        prices: &PriceBook,
        event: &Event<'_>,
        date: Date,
        region: &str,
    ) -> Result<Request, BadUsage> {
        let text = |field: &Option<Field>| -> Option<Cow<'_, str>> {
            let field = field.as_ref().filter(|field| !field.is_absent(event));
            field?.text(event).filter(|text| !text.is_empty())
        };
        let model = rule
            .model
            .text(event)
            .filter(|model| !model.is_empty())
            .ok_or(BadUsage::NoModel)?;
        let (agent, incident, own) = (text(&rule.agent), text(&rule.incident), text(&rule.region));
        let tier = text(&rule.service_tier);
        let tokens = tokens(&rule.tokens, event)?;
        let row_key = RowKey {
            date,
            agent: agent.as_deref().unwrap_or_default(),
            model: &model,
            incident: incident.as_deref(),
            region: own.as_deref().unwrap_or(region),
            tier: tier.as_deref(),
            above: prices.context_class(context(&tokens)),
            batch: text(&rule.batch).as_deref() == Some("true"),
        };
        let row = self.row(&row_key, prices)?;
        Ok(Request { row, tokens })
    }

    fn row(&mut self, row_key: &RowKey<'_>, prices: &PriceBook) -> Result<usize, BadUsage> {
        let Self {
            rows,
            index,
            hasher,
        } = self;
        let hash = row_key.hash(hasher);
        if let Some(row) = index.find(hash, |&row| rows[row].row_key() == *row_key) {
            return Ok(*row);
        }
        rows.push(Row::new(row_key, prices)?);
        let row = rows.len() - 1;
        index.insert_unique(hash, row, |&row| rows[row].row_key().hash(hasher));
        Ok(row)
    }

    /// Adds a request. Returns its cost in picodollars; `None` is unpriced.
    pub(crate) fn add(&mut self, request: &Request) -> Option<i128> {
        let row = &mut self.rows[request.row];
        let one = Usage {
            requests: 1,
            tokens: request.tokens,
        };
        row.usage = row
            .usage
            .checked_add(one)
            .expect("a request has at most 10^8 tokens of a kind, and a 6 MB event far fewer than 10^7 requests");
        row.tariff.as_ref()?.picodollars(&request.tokens)
    }

    /// Returns the number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the rows with requests, in order.
    pub(crate) fn rows(&self) -> Vec<UsageRow> {
        let mut sums: BTreeMap<&UsageKey, Usage> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.usage.requests > 0) {
            // Two regions with one price are one row.
            let sum = sums.entry(&row.key).or_default();
            *sum = sum
                .checked_add(row.usage)
                .expect("both are sums over one event");
        }
        sums.into_iter()
            .map(|(key, usage)| UsageRow {
                key: key.clone(),
                usage,
            })
            .collect()
    }
}

impl RowKey<'_> {
    /// Returns a hash of the fields that distinguish most rows.
    fn hash(&self, hasher: &DefaultHashBuilder) -> u64 {
        hasher.hash_one((self.agent, self.model, self.incident))
    }
}

impl Row {
    fn new(row_key: &RowKey<'_>, prices: &PriceBook) -> Result<Self, BadUsage> {
        let mark = UnpricedMark {
            tier: tier(row_key),
            above: row_key.above,
        };
        let price = prices.price_of(&Lookup {
            region: Some(row_key.region),
            ..mark.lookup(row_key.model, row_key.date)
        });
        let price = price.filter(|price| price.rates_of(row_key.batch).is_some());
        let key = UsageKey {
            date: row_key.date,
            agent: row_key.agent.to_owned(),
            model: row_key.model.to_owned(),
            incident: row_key.incident.map(str::to_owned),
            price: match price {
                Some(price) => Some(price.id.as_str().to_owned()),
                None => mark.text(),
            },
            batch: row_key.batch,
        };
        fits(&key)?;
        Ok(Self {
            key,
            region: row_key.region.to_owned(),
            tier: row_key.tier.map(str::to_owned),
            above: row_key.above,
            tariff: price
                .and_then(|price| price.rates_of(row_key.batch))
                .map(Rates::tariff),
            usage: Usage::default(),
        })
    }

    fn row_key(&self) -> RowKey<'_> {
        RowKey {
            date: self.key.date,
            agent: &self.key.agent,
            model: &self.key.model,
            incident: self.key.incident.as_deref(),
            region: &self.region,
            tier: self.tier.as_deref(),
            above: self.above,
            batch: self.key.batch,
        }
    }
}

/// Returns the service tier of a row's requests. One that is named in a batch job stays itself: it has no price there.
fn tier(row_key: &RowKey<'_>) -> Tier {
    let tier = Tier::read(row_key.tier.unwrap_or_default());
    if row_key.batch && tier == Tier::STANDARD {
        Tier::BATCH
    } else {
        tier
    }
}

/// Returns the tokens of a request's context, by which prices have steps: all but those generated.
fn context(tokens: &TokenCounts) -> u64 {
    let TokenCounts {
        input,
        output: _,
        cache_read,
        cache_write_5m,
        cache_write_1h,
    } = *tokens;
    // At most 4 * 10^8.
    input + cache_read + cache_write_5m + cache_write_1h
}

fn fits(key: &UsageKey) -> Result<(), BadUsage> {
    let length = names_length(key);
    if length > LONGEST_NAMES {
        return Err(BadUsage::LongNames(length));
    }
    Ok(())
}

fn tokens(fields: &TokenFields, event: &Event<'_>) -> Result<TokenCounts, BadUsage> {
    let count = |kind, field: Option<&Field>| match field {
        Some(field) if field.is_given(event) => count(kind, field, event),
        _ => Ok(0),
    };
    Ok(TokenCounts {
        input: count("input", Some(&fields.input))?,
        output: count("output", fields.output.as_ref())?,
        cache_read: count("cache read", fields.cache_read.as_ref())?,
        cache_write_5m: count("five-minute cache write", fields.cache_write_5m.as_ref())?,
        cache_write_1h: count("one-hour cache write", fields.cache_write_1h.as_ref())?,
    })
}

/// Reads a count. A field that holds anything else is an error: otherwise tokens would be lost silently.
fn count(kind: &'static str, field: &Field, event: &Event<'_>) -> Result<u64, BadUsage> {
    match field.whole_number(event) {
        Some(count) if count <= MOST_TOKENS => Ok(count),
        _ => {
            let text = field.text(event).ok_or(BadUsage::Compound(kind))?;
            let text = text.chars().take(40).collect();
            Err(BadUsage::Tokens { kind, text })
        }
    }
}
