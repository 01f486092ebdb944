//! A record's payload as events: JSON, text, gzip, a CloudWatch Logs subscription's envelope, or a KPL aggregate of any of them.
//!
//! A record may hold many events. Each has a sub-position: its index in the record before any filtering. The index is part of the
//! chain's format, so a payload must always come apart the same way.

mod aggregate;
mod gzip;
mod subscription;

use jiff::Timestamp;
use picket_rules::{filter::Event, metrics::Source};
use serde_json::Value;

use self::subscription::Envelope;
use crate::request;

/// A Kinesis record has at most this, and so has a log event: what is longer after inflation was never meant as one event.
pub const LONGEST_EVENT: usize = 1 << 20;

/// One event of a payload, or a place that is taken by none.
#[derive(Debug, PartialEq)]
pub enum Found<'a> {
    /// For the rules.
    Event(Payload<'a>),
    /// A line that Picket's own stack logged: counting it would log again.
    OwnLog,
    /// CloudWatch Logs asking whether the stream can be reached.
    Control,
}

/// An event of a payload: its text, and its JSON where it is that.
#[derive(Debug, PartialEq)]
pub struct Payload<'a> {
    /// What term patterns look at.
    pub text: &'a str,
    /// What JSON patterns look at; `None` for a line of text.
    pub json: Option<Value>,
    /// The id that CloudWatch Logs gave it.
    pub id: Option<&'a str>,
    /// When CloudWatch Logs says it happened.
    pub at: Option<Timestamp>,
    /// Who reports it, where it is a model's request.
    pub source: Source,
}

impl Payload<'_> {
    /// As rules see it.
    pub fn event(&self) -> Event<'_> {
        Event {
            text: self.text,
            json: self.json.as_ref(),
            id: self.id,
        }
    }
}

/// Why a payload is no event. It goes to the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    /// More than an event may have.
    #[error("the event has {0} bytes, and {LONGEST_EVENT} are allowed")]
    TooLong(usize),
    /// Begun as gzip, and broken.
    #[error("the payload begins like gzip and cannot be inflated: {0}")]
    BrokenGzip(String),
    /// Too much in too little.
    #[error("the record inflates to more than {} bytes", gzip::MOST_INFLATED)]
    InflatesTooFar,
    /// Gzip in gzip: no producer does it, bombs do.
    #[error("the payload is gzip inside gzip")]
    NestedGzip,
    /// Begun as a KPL aggregate, and broken.
    #[error("the payload begins like a KPL aggregate and is not: {0}")]
    BrokenAggregate(&'static str),
    /// A subscription's envelope with fields amiss.
    #[error("the payload is a CloudWatch Logs subscription's and cannot be read: {0}")]
    BrokenSubscription(String),
    /// A request to a model that cannot be told from others, or priced.
    #[error("the payload holds a model's token usage and {0}")]
    IncompleteUsage(&'static str),
    /// The process died each time it was read.
    #[error("the record ended the process {0} times; it was not decoded")]
    Deadly(u32),
}

/// What stands at a sub-position: the event or the reason, and the bytes it was read from.
#[derive(Debug)]
pub struct Part<'a> {
    /// Its index in the record.
    pub sub: u32,
    /// Its own bytes, out of gzip, aggregate and envelope; `None` where they are the whole record's.
    pub bytes: Option<&'a [u8]>,
    /// What it is.
    pub found: Result<Found<'a>, Unreadable>,
}

/// Decodes a record's bytes and hands each part over. `stack` is our own, whose logs are not events.
///
/// Every record has at least one part, so that it has a place in the chain.
pub fn decode(record: &[u8], stack: &str, mut each: impl FnMut(Part<'_>)) {
    let mut walk = Walk {
        stack,
        next: 0,
        allowance: gzip::MOST_INFLATED,
        each: &mut each,
    };
    if aggregate::is_one(record) {
        match aggregate::records(record) {
            Ok(records) => records
                .iter()
                .for_each(|data| walk.member(data, Some(data))),
            Err(broken) => walk.part(None, Err(broken)),
        }
    } else {
        walk.member(record, None);
    }
}

/// A record on its way apart.
struct Walk<'w> {
    stack: &'w str,
    next: u32,
    /// Bytes that the record may still inflate to.
    allowance: usize,
    each: &'w mut dyn FnMut(Part<'_>),
}

impl Walk<'_> {
    fn part(&mut self, bytes: Option<&[u8]>, found: Result<Found<'_>, Unreadable>) {
        let sub = self.next;
        // A part takes two bytes of at most 17 MiB, so the index never ends.
        self.next += 1;
        (self.each)(Part { sub, bytes, found });
    }

    /// A user record: what a producer put, alone or in an aggregate.
    fn member(&mut self, bytes: &[u8], own: Option<&[u8]>) {
        if !gzip::is_one(bytes) {
            return self.plain(bytes, own);
        }
        match gzip::inflate(bytes, &mut self.allowance) {
            Ok(inflated) if gzip::is_one(&inflated) => self.part(own, Err(Unreadable::NestedGzip)),
            Ok(inflated) => self.plain(&inflated, Some(&inflated)),
            Err(broken) => self.part(own, Err(broken)),
        }
    }

    fn plain(&mut self, bytes: &[u8], own: Option<&[u8]>) {
        let text = match text(bytes) {
            Ok(text) => text,
            Err(unreadable) => return self.part(own, Err(unreadable)),
        };
        match Envelope::read(text) {
            None => self.part(own, one(text)),
            Some(Ok(envelope)) => self.envelope(&envelope),
            Some(Err(broken)) => self.part(own, Err(broken)),
        }
    }

    fn envelope(&mut self, envelope: &Envelope<'_>) {
        if envelope.is_control() {
            return self.part(None, Ok(Found::Control));
        }
        let is_own = envelope.is_of(self.stack);
        for event in &envelope.log_events {
            let found = if is_own {
                Ok(Found::OwnLog)
            } else {
                event.payload().map(Found::Event)
            };
            self.part(Some(event.message.as_bytes()), found);
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    let text = str::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8(error.valid_up_to()))?;
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(trimmed)
}

/// One event of JSON or text.
fn one(text: &str) -> Result<Found<'_>, Unreadable> {
    if text.len() > LONGEST_EVENT {
        return Err(Unreadable::TooLong(text.len()));
    }
    let mut payload = Payload {
        text,
        json: None,
        id: None,
        at: None,
        source: Source::Events,
    };
    if looks_like_json(text) {
        let json = serde_json::from_str(text)
            .map_err(|error| Unreadable::BrokenJson(error.to_string()))?;
        payload.take(json)?;
    }
    Ok(Found::Event(payload))
}

impl Payload<'_> {
    /// Takes the JSON in, with the fields of a request that Bedrock or an SDK spells its own way.
    fn take(&mut self, mut json: Value) -> Result<(), Unreadable> {
        self.source = request::complete(self.text, &mut json)?;
        self.json = Some(json);
        Ok(())
    }
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
mod tests;
