//! The decoder of payloads: JSON, text, gzip, a CloudWatch Logs subscription's envelope, or a KPL aggregate of any of
//! them.
//!
//! A record may hold many events: of an aggregate, of an envelope, or concatenated as shippers batch them (the module
//! `concatenated`). Each has a sub-position, its index in the record before any filtering. The index is part of the
//! chain's format, so a payload must always be split the same way.

mod aggregate;
mod concatenated;
mod gzip;
mod model_request;
pub(crate) mod slow_path_fields;
mod sonic_guard;
mod subscription;

use jiff::Timestamp;
use picket_rules::{
    filter::{Event, Lookups, Slots},
    metrics::Source,
};
use serde_json::Value;

pub use self::model_request::IncompleteUsage;
use self::{concatenated::ConcatenatedEvents, gzip::Inflating, subscription::Envelope};

/// The longest event in bytes: a Kinesis record and a log event have at most this (Kinesis and CloudWatch Logs quotas).
pub const LONGEST_EVENT: usize = 1 << 20;

/// Most events of one record: about twice the number of 200-byte events in 16 MiB. The rest of a text is quarantined as
/// one entry, so that a record of two-byte lines does not become millions of entries.
const MOST_EVENTS: u32 = 1 << 17;

/// The content of a part of a payload.
#[derive(Debug, PartialEq)]
pub enum Found<'a> {
    /// An event, for the rules.
    Event(Payload<'a>),
    /// A log event of Picket's own stack: counting it would log again.
    OwnLog,
    /// A control message with which CloudWatch Logs checks the stream.
    Control,
}

/// An event of a payload: its text, and its JSON where it has any.
#[derive(Debug, PartialEq)]
pub struct Payload<'a> {
    /// The text, for term patterns.
    pub text: &'a str,
    /// The whole JSON, where the rules' fields are not enough.
    pub json: Option<Value>,
    /// The fields that rules read, where they are enough.
    pub slots: Option<Slots<'a>>,
    /// The id that CloudWatch Logs gave it.
    pub id: Option<&'a str>,
    /// The time that CloudWatch Logs reports.
    pub at: Option<Timestamp>,
    /// The source that reports it, where it is a model request.
    pub source: Source,
    /// The parts that its token usage lacks, where it has usage in another spelling than the rules'.
    pub incomplete: Option<IncompleteUsage>,
}

impl Payload<'_> {
    /// Returns the event for the rules.
    pub fn event(&self) -> Event<'_> {
        Event {
            text: self.text,
            json: self.json.as_ref(),
            id: self.id,
            slots: self.slots.as_ref(),
        }
    }
}

/// The reason why a part of a payload is not an event. It goes to the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A record that ended two processes.
    #[error("two processes died while they read the record, so it was not read a third time")]
    Deadly,
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

/// A part of a record, at one sub-position.
#[derive(Debug)]
pub struct Part<'a> {
    /// Its index in the record.
    pub sub: u32,
    /// Its own bytes, unpacked, and inflated where what inflates holds more than it; `None` where they are the whole
    /// record's.
    pub bytes: Option<&'a [u8]>,
    /// The content, or the reason why it cannot be read.
    pub found: Result<Found<'a>, Unreadable>,
}

/// The decoder of records.
#[derive(Debug, Clone, Copy)]
pub struct Decoder<'d> {
    /// Picket's own stack, whose logs are not events.
    pub stack: &'d str,
    /// The fields that rules read.
    pub lookups: &'d Lookups,
}

impl Decoder<'_> {
    /// Decodes a record's bytes, and calls `each` for each part.
    ///
    /// Every record has at least one part, so that it has a position in the chain. Returns the number of bytes that
    /// were inflated.
    pub fn decode(self, record: &[u8], mut each: impl FnMut(Part<'_>)) -> usize {
        let mut walk = Walk {
            decoder: self,
            next: 0,
            inflating: Inflating::new(),
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
        walk.inflating.inflated
    }
}

/// The state of decoding one record.
struct Walk<'w> {
    decoder: Decoder<'w>,
    next: u32,
    inflating: Inflating,
    each: &'w mut dyn FnMut(Part<'_>),
}

impl Walk<'_> {
    fn part(&mut self, bytes: Option<&[u8]>, found: Result<Found<'_>, Unreadable>) {
        let sub = self.next;
        // A part of an aggregate takes two bytes of at most 10 MiB, so the index never ends.
        self.next += 1;
        (self.each)(Part { sub, bytes, found });
    }

    /// Decodes a user record: one that a producer put, alone or in an aggregate.
    fn member(&mut self, bytes: &[u8], own: Option<&[u8]>) {
        if !gzip::is_one(bytes) {
            return self.plain(bytes, own);
        }
        match self.inflating.inflate(bytes) {
            Ok(inflated) if gzip::is_one(&inflated) => self.part(own, Err(Unreadable::NestedGzip)),
            Ok(inflated) => self.plain(&inflated, own),
            Err(broken) => self.part(own, Err(broken)),
        }
    }

    fn plain(&mut self, bytes: &[u8], own: Option<&[u8]>) {
        let text = match text(bytes) {
            Ok(text) => text,
            Err(unreadable) => return self.part(own, Err(unreadable)),
        };
        if let Some(payload) = Payload::plain(text, self.decoder.lookups) {
            return self.part(own, Ok(Found::Event(payload)));
        }
        if let Some(envelope) = Envelope::read(text) {
            return self.envelope(own, envelope);
        }
        let mut pieces = ConcatenatedEvents::new(text);
        while self.next < MOST_EVENTS {
            let Some(piece) = pieces.next() else {
                return;
            };
            if piece.len() == text.len() {
                self.part(own, one(text, self.decoder.lookups));
            } else {
                self.piece(piece);
            }
        }
        if !pieces.rest().is_empty() {
            self.part(Some(pieces.rest().as_bytes()), Err(Unreadable::TooMany));
        }
    }

    /// Decodes one of several events in a text, or an envelope.
    fn piece(&mut self, text: &str) {
        let own = Some(text.as_bytes());
        if let Some(payload) = Payload::plain(text, self.decoder.lookups) {
            return self.part(own, Ok(Found::Event(payload)));
        }
        match Envelope::read(text) {
            None => self.part(own, one(text, self.decoder.lookups)),
            Some(envelope) => self.envelope(own, envelope),
        }
    }

    fn envelope(&mut self, own: Option<&[u8]>, envelope: Result<Envelope<'_>, Unreadable>) {
        let envelope = match envelope {
            Ok(envelope) => envelope,
            Err(broken) => return self.part(own, Err(broken)),
        };
        if envelope.is_control() {
            return self.part(None, Ok(Found::Control));
        }
        let is_own = envelope.is_of(self.decoder.stack);
        for event in &envelope.log_events {
            let found = if is_own {
                Ok(Found::OwnLog)
            } else {
                event.payload(self.decoder.lookups).map(Found::Event)
            };
            self.part(Some(event.message.as_bytes()), found);
        }
    }
}

/// Returns bytes as UTF-8 without surrounding white space and zero bytes, and without the byte order mark that some
/// producers write.
fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    let text = str::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8(error.valid_up_to()))?;
    let trimmed = text.strip_prefix('\u{feff}').unwrap_or(text);
    let trimmed = trimmed.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0');
    if trimmed.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(trimmed)
}

/// Reads one event of JSON or text.
fn one<'a>(text: &'a str, lookups: &Lookups) -> Result<Found<'a>, Unreadable> {
    let mut payload = Payload::from_text(text)?;
    if looks_like_json(text) {
        payload.read(lookups)?;
    }
    Ok(Found::Event(payload))
}

impl<'a> Payload<'a> {
    /// Creates an event of text.
    fn from_text(text: &'a str) -> Result<Self, Unreadable> {
        if text.len() > LONGEST_EVENT {
            return Err(Unreadable::TooLong(text.len()));
        }
        Ok(Self {
            text,
            json: None,
            slots: None,
            id: None,
            at: None,
            source: Source::Events,
            incomplete: None,
        })
    }

    /// Reads an object by the fields of the rules alone; `None` for anything else, and for an object with a slow-path
    /// field.
    fn plain(text: &'a str, lookups: &Lookups) -> Option<Self> {
        if !(lookups.is_watching() && text.starts_with('{')) {
            return None;
        }
        let mut payload = Self::from_text(text).ok()?;
        let slots = payload.look_up(lookups)?;
        let is_plain = !slots.has_watched();
        payload.slots = Some(slots);
        is_plain.then_some(payload)
    }

    /// Reads the fields of the rules; `None` where they are not enough, or only `serde_json` can decide
    /// (docs/decisions/0023).
    fn look_up(&self, lookups: &Lookups) -> Option<Slots<'a>> {
        if !lookups.suffice() {
            return None;
        }
        if let Some(slots) = lookups.read_flat(self.text) {
            return Some(slots);
        }
        if !sonic_guard::is_safe(self.text) {
            return None;
        }
        let mut reader = sonic_rs::Deserializer::from_str(self.text);
        let slots = lookups.read(&mut reader).ok()?;
        reader.end().is_ok().then_some(slots)
    }

    /// Reads the text as JSON: the fields of the rules, or all of it where it may be a container.
    fn read(&mut self, lookups: &Lookups) -> Result<(), Unreadable> {
        if !slow_path_fields::may_be_container(self.text)
            && let Some(slots) = self.look_up(lookups)
        {
            self.slots = Some(slots);
            return Ok(());
        }
        // The faster reader rejects the text: serde_json decides, and its error is the reason.
        let mut json = serde_json::from_str(self.text)
            .map_err(|error| Unreadable::BrokenJson(error.to_string()))?;
        let completed = model_request::complete(&mut json);
        self.source = completed.source;
        self.incomplete = completed.incomplete;
        self.json = Some(json);
        Ok(())
    }
}

/// Whether a text begins like an object, or like an array other than a log line's `[ERROR]` or
/// `[2026-11-20T06:00:00Z]`.
fn looks_like_json(text: &str) -> bool {
    if text.starts_with('{') {
        return true;
    }
    text.strip_prefix('[')
        .is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"', ']']))
}

#[cfg(test)]
mod tests;
