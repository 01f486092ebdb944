//! A record's payload as events: JSON, text, gzip, a CloudWatch Logs subscription's envelope, or a KPL aggregate of any of them.
//!
//! A record may hold many events: of an aggregate, of an envelope, or one after another as shippers batch them ([`pieces`]). Each has a sub-position: its index in the record before any filtering. The index is part of the
//! chain's format, so a payload must always come apart the same way.

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
use self::{concatenated::Pieces, subscription::Envelope};

/// A Kinesis record has at most this, and so has a log event: what is longer after inflation was never meant as one event.
pub const LONGEST_EVENT: usize = 1 << 20;

/// Most events of one record: about twice as many as its sixteen inflated megabytes hold where they are 200 bytes long. What a text has beyond
/// is quarantined as one, so that a record of two-byte lines is no million entries of the quarantine.
const MOST_EVENTS: u32 = 1 << 17;

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
    /// What JSON patterns look at where the rules' fields are not all; `None` for a line of text too.
    pub json: Option<Value>,
    /// What JSON patterns look at, only the fields that rules ask for.
    pub slots: Option<Slots<'a>>,
    /// The id that CloudWatch Logs gave it.
    pub id: Option<&'a str>,
    /// When CloudWatch Logs says it happened.
    pub at: Option<Timestamp>,
    /// Who reports it, where it is a model's request.
    pub source: Source,
    /// What its token usage lacks, where it has usage in another spelling than the rules'.
    pub incomplete: Option<IncompleteUsage>,
}

impl Payload<'_> {
    /// As rules see it.
    pub fn event(&self) -> Event<'_> {
        Event {
            text: self.text,
            json: self.json.as_ref(),
            id: self.id,
            slots: self.slots.as_ref(),
        }
    }
}

/// Why a payload is no event. It goes to the quarantine bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It was not tried again.
    #[error("two processes died while they read the record, so it was not read a third time")]
    Deadly,
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
    /// More events than a record may have.
    #[error("the record holds more than {MOST_EVENTS} events, and this is what is behind them")]
    TooMany,
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
    /// It adds more to the totals than an item of the chain has room for.
    #[error("what the event adds to the totals is more than an item of the chain table holds")]
    NoRoom,
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

/// How records are decoded.
#[derive(Debug, Clone, Copy)]
pub struct Decoder<'d> {
    /// Our own stack, whose logs are not events.
    pub stack: &'d str,
    /// What the rules ask of an event's JSON.
    pub lookups: &'d Lookups,
}

impl Decoder<'_> {
    /// Decodes a record's bytes and hands each part over.
    ///
    /// Every record has at least one part, so that it has a place in the chain.
    pub fn decode(self, record: &[u8], mut each: impl FnMut(Part<'_>)) {
        let mut walk = Walk {
            decoder: self,
            next: 0,
            allowance: gzip::MOST_INFLATED,
            each: &mut each,
        };
        if !aggregate::is_one(record) {
            return walk.member(record, None);
        }
        match aggregate::records(record) {
            Ok(records) => records
                .iter()
                .for_each(|data| walk.member(data, Some(data))),
            Err(broken) => walk.part(None, Err(broken)),
        }
    }
}

/// A record on its way apart.
struct Walk<'w> {
    decoder: Decoder<'w>,
    next: u32,
    /// Bytes that the record may still inflate to.
    allowance: usize,
    each: &'w mut dyn FnMut(Part<'_>),
}

impl Walk<'_> {
    fn part(&mut self, bytes: Option<&[u8]>, found: Result<Found<'_>, Unreadable>) {
        let sub = self.next;
        // A part of an aggregate takes two bytes of at most 10 MiB, so the index never ends.
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
        if let Some(payload) = Payload::plain(text, self.decoder.lookups) {
            return self.part(own, Ok(Found::Event(payload)));
        }
        if let Some(envelope) = Envelope::read(text) {
            return self.envelope(own, envelope);
        }
        let mut pieces = Pieces::of(text);
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

    /// One event of several in a text, or an envelope.
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

/// UTF-8 without white space and zero bytes around it, and without the mark that some producers put before it, which would hide that it is
/// JSON.
fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    let text = str::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8(error.valid_up_to()))?;
    let trimmed = text.strip_prefix('\u{feff}').unwrap_or(text);
    let trimmed = trimmed.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0');
    if trimmed.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(trimmed)
}

/// One event of JSON or text.
fn one<'a>(text: &'a str, lookups: &Lookups) -> Result<Found<'a>, Unreadable> {
    let mut payload = Payload::of(text)?;
    if looks_like_json(text) {
        payload.read(lookups)?;
    }
    Ok(Found::Event(payload))
}

impl<'a> Payload<'a> {
    /// A line of text.
    fn of(text: &'a str) -> Result<Self, Unreadable> {
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

    /// An object of which rules ask all that there is to ask. `None` is anything else, and whatever has a field that asks for a closer look.
    fn plain(text: &'a str, lookups: &Lookups) -> Option<Self> {
        if !(lookups.is_watching() && text.starts_with('{')) {
            return None;
        }
        let mut payload = Self::of(text).ok()?;
        let slots = payload.look_up(lookups)?;
        let is_plain = !slots.has_watched();
        payload.slots = Some(slots);
        is_plain.then_some(payload)
    }

    /// What rules ask for; `None` where that takes the whole, or `serde_json`'s judgement.
    fn look_up(&self, lookups: &Lookups) -> Option<Slots<'a>> {
        if !lookups.suffice() {
            return None;
        }
        if let Some(slots) = lookups.read_flat(self.text) {
            return Some(slots);
        }
        if !sonic_guard::is_needless(self.text) {
            return None;
        }
        let mut reader = sonic_rs::Deserializer::from_str(self.text);
        let slots = lookups.read(&mut reader).ok()?;
        reader.end().is_ok().then_some(slots)
    }

    /// Reads the text as JSON: what rules ask for, or all of it where there is more to see.
    fn read(&mut self, lookups: &Lookups) -> Result<(), Unreadable> {
        if !slow_path_fields::may_be_container(self.text)
            && let Some(slots) = self.look_up(lookups)
        {
            self.slots = Some(slots);
            return Ok(());
        }
        // Whoever is right about a text that the faster reader refuses: serde_json decides, and says why.
        let mut json = serde_json::from_str(self.text)
            .map_err(|error| Unreadable::BrokenJson(error.to_string()))?;
        let completed = model_request::complete(&mut json);
        self.source = completed.source;
        self.incomplete = completed.incomplete;
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
