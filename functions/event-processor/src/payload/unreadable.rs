//! The reasons why a part of a payload is not an event.

use super::{LONGEST_EVENT, decoder::MOST_EVENTS, gzip};

/// The reason why a part of a payload is not an event. It goes to the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A record that ended two processes.
    #[error("two processes died while they read the record, so it was not read a third time")]
    Deadly,
    /// A copy of a record that no replay registered: a producer wrote its partition key, or a command older than the
    /// event processor put it back.
    #[error(
        "its partition key is that of a replayed record, and no replay registered the original; producers must use \
         another key"
    )]
    UnregisteredCopy,
    /// Data that is not base64.
    #[error("the record's data is not base64")]
    NotBase64,
    /// Nothing but white space.
    #[error("the payload is empty")]
    Empty,
    /// Bytes that are not text.
    #[error("the payload is not UTF-8 text: byte {0} is no part of a character")]
    NotUtf8(usize),
    /// Invalid JSON.
    #[error("the payload begins like JSON and is not: {0}")]
    BrokenJson(String),
    /// A list of objects and other values.
    #[error(
        "the payload is a list of objects and other values: put a list of objects alone, or an object"
    )]
    MixedList,
    /// An event that is too long.
    #[error("the event has {0} bytes, and {LONGEST_EVENT} are allowed")]
    TooLong(usize),
    /// The events beyond the limit of a record.
    #[error("the record holds more than {MOST_EVENTS} events, and this is what is behind them")]
    TooMany,
    /// Invalid gzip.
    #[error("the payload begins like gzip and cannot be inflated: {0}")]
    BrokenGzip(String),
    /// Gzip that inflates beyond the limit.
    #[error("the record inflates to more than {} bytes", gzip::MOST_INFLATED)]
    InflatesTooFar,
    /// Gzip inside gzip: no producer writes it, decompression bombs do.
    #[error("the payload is gzip inside gzip")]
    NestedGzip,
    /// An invalid KPL aggregate.
    #[error("the payload begins like a KPL aggregate and is not: {0}")]
    BrokenAggregate(&'static str),
    /// A subscription's envelope with missing or wrong fields.
    #[error("the payload is a CloudWatch Logs subscription's and cannot be read: {0}")]
    BrokenSubscription(String),
    /// An event whose totals do not fit an item of the chain table.
    #[error("what the event adds to the totals is more than an item of the chain table holds")]
    NoRoom,
}
