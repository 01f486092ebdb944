//! The output of `picket ingest --json`, with its field names.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use picket_shared::series::{Aggregate, SeriesKey, Statistics};
use rust_decimal::Decimal;
use serde::Serialize;

/// The output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ingested {
    /// The records by their result.
    pub records: Records,
    /// The metrics, without the processor's counts of its own, which are `records`.
    pub series: Vec<Series>,
    /// The usage ledger.
    pub usage: Vec<UsageLine>,
    /// Records that could not be read.
    pub quarantine: Vec<Quarantine>,
}

/// Counts of records by their result: `read` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Records {
    /// Records, each once however often it came.
    pub read: u64,
    /// Records that match a rule.
    pub matched: u64,
    /// Records that match no rule.
    pub unmatched: u64,
    /// Records that cannot be read.
    pub quarantined: u64,
}

/// A metric's minute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// CloudWatch namespace.
    pub namespace: String,
    /// Metric name.
    pub name: String,
    /// CloudWatch's name of the unit.
    pub unit: String,
    /// Dimension names and values.
    pub dimensions: BTreeMap<String, String>,
    /// The minute's start, in UTC.
    pub minute: Timestamp,
    /// The number of values.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// Model requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsageLine {
    /// The UTC day.
    pub date: Date,
    /// The agent that made them; empty where none is named.
    pub agent: String,
    /// The model, as named in the event.
    pub model: String,
    /// The incident they were made for.
    pub incident: Option<String>,
    /// The number of requests.
    pub requests: u64,
    /// Tokens read at the full price.
    pub input_tokens: u64,
    /// Tokens generated.
    pub output_tokens: u64,
    /// Tokens read from the prompt cache.
    pub cache_read_tokens: u64,
    /// Tokens written to the prompt cache, for any time.
    pub cache_write_tokens: u64,
    /// Dollars, exact, as a decimal string; `null` where a part of the requests has no price.
    pub cost_usd: Option<Decimal>,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quarantine {
    /// The position.
    pub position: String,
    /// The line of the file, where it is one of a file of payloads.
    #[serde(flatten)]
    pub line: Option<Line>,
    /// The reason.
    pub reason: String,
}

/// A line of a file of payloads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The file, as it was named.
    pub file: String,
    /// The line's number, from 1.
    #[serde(rename = "line")]
    pub number: u64,
}

impl UsageLine {
    pub(super) fn is_for(&self, other: &Self) -> bool {
        (self.date, &self.agent, &self.model, &self.incident)
            == (other.date, &other.agent, &other.model, &other.incident)
    }

    /// Adds a line; a part without a price leaves the sum without one.
    pub(super) fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cache_read_tokens += other.cache_read_tokens;
        self.cache_write_tokens += other.cache_write_tokens;
        self.cost_usd = self
            .cost_usd
            .zip(other.cost_usd)
            .and_then(|(mine, theirs)| mine.checked_add(theirs))
            .map(|sum| sum.normalize());
    }
}

/// A metric's minute.
pub(super) fn series(((key, minute), aggregate): ((SeriesKey, i64), Aggregate)) -> Series {
    let Statistics {
        count,
        sum,
        min,
        max,
    } = aggregate.statistics();
    Series {
        namespace: key.namespace,
        name: key.name,
        unit: key.unit,
        dimensions: key.dimensions.into_iter().collect(),
        // The minute of the very first timestamp there is begins before it.
        minute: Timestamp::from_second(minute * 60).unwrap_or(Timestamp::MIN),
        count,
        sum,
        min,
        max,
    }
}
