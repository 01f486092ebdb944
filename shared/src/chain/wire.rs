//! The blob's protobuf messages, the same in versions 1 and 2. Unknown fields pass, so a field may be added; a number
//! is never used again.

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Body {
    #[prost(message, repeated, tag = "1")]
    pub(super) series: Vec<Series>,
    #[prost(message, repeated, tag = "2")]
    pub(super) usage: Vec<Usage>,
    #[prost(message, repeated, tag = "3")]
    pub(super) quarantined: Vec<Quarantined>,
    #[prost(fixed64, repeated, tag = "4")]
    pub(super) event_ids: Vec<u64>,
    #[prost(message, repeated, tag = "5")]
    pub(super) defaults: Vec<DefaultMinute>,
}

/// A metric with a default value, in a minute in which events came.
#[derive(Clone, PartialEq, Message)]
pub(super) struct DefaultMinute {
    #[prost(message, optional, tag = "1")]
    pub(super) series: Option<Series>,
    #[prost(bool, tag = "2")]
    pub(super) matched: bool,
}

/// A [`Body`], of which only the ids are read.
#[derive(Clone, PartialEq, Message)]
pub(super) struct EventIds {
    #[prost(fixed64, repeated, tag = "4")]
    pub(super) event_ids: Vec<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Series {
    #[prost(string, tag = "1")]
    pub(super) namespace: String,
    #[prost(string, tag = "2")]
    pub(super) name: String,
    #[prost(string, tag = "3")]
    pub(super) unit: String,
    /// Names and values in turn.
    #[prost(string, repeated, tag = "4")]
    pub(super) dimensions: Vec<String>,
    #[prost(sint64, tag = "5")]
    pub(super) minute: i64,
    #[prost(uint64, tag = "6")]
    pub(super) count: u64,
    #[prost(double, tag = "7")]
    pub(super) sum: f64,
    #[prost(double, tag = "8")]
    pub(super) min: f64,
    #[prost(double, tag = "9")]
    pub(super) max: f64,
    #[prost(enumeration = "AggregateKind", tag = "10")]
    pub(super) kind: i32,
    /// Exact: the values; buckets: their sums.
    #[prost(double, repeated, tag = "11")]
    pub(super) values: Vec<f64>,
    #[prost(uint64, repeated, tag = "12")]
    pub(super) counts: Vec<u64>,
    #[prost(sint32, tag = "13")]
    pub(super) scale: i32,
    #[prost(sint32, repeated, tag = "14")]
    pub(super) signs: Vec<i32>,
    #[prost(sint32, repeated, tag = "15")]
    pub(super) indexes: Vec<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum AggregateKind {
    Sum = 0,
    Exact = 1,
    Buckets = 2,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Usage {
    #[prost(string, tag = "1")]
    pub(super) date: String,
    #[prost(string, tag = "2")]
    pub(super) agent: String,
    #[prost(string, tag = "3")]
    pub(super) model: String,
    #[prost(string, optional, tag = "4")]
    pub(super) incident: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub(super) price: Option<String>,
    #[prost(bool, tag = "6")]
    pub(super) batch: bool,
    #[prost(uint64, tag = "7")]
    pub(super) requests: u64,
    #[prost(uint64, tag = "8")]
    pub(super) input: u64,
    #[prost(uint64, tag = "9")]
    pub(super) output: u64,
    #[prost(uint64, tag = "10")]
    pub(super) cache_read: u64,
    #[prost(uint64, tag = "11")]
    pub(super) cache_write_5m: u64,
    #[prost(uint64, tag = "12")]
    pub(super) cache_write_1h: u64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Quarantined {
    #[prost(string, tag = "1")]
    pub(super) position: String,
    #[prost(string, tag = "2")]
    pub(super) reason: String,
    #[prost(string, tag = "3")]
    pub(super) object: String,
}
