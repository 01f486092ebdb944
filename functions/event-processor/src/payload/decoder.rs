//! The decoder of records: it splits a record into parts, and numbers them.

use picket_rules::filter::Lookups;

use super::{
    Found, Payload, Unreadable, aggregate,
    concatenated::{self, ConcatenatedEvents, is_between},
    gzip::{self, Inflating},
    looks_like_json,
    subscription::Envelope,
};

/// Most events of one record: about twice the number of 200-byte events in 16 MiB. The rest of a text is quarantined as
/// one entry, so that a record of two-byte lines does not become millions of entries.
pub(super) const MOST_EVENTS: u32 = 1 << 17;

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

/// Returns bytes as UTF-8 without what may stand before and after events, and without the zero bytes that some producers
/// write.
fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    let text = str::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8(error.valid_up_to()))?;
    let trimmed = text.trim_matches(|letter: char| is_between(letter) || letter == '\0');
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
    } else {
        payload.read_encoded_twice();
    }
    if concatenated::is_mixed_list(text) {
        return Err(Unreadable::MixedList);
    }
    Ok(Found::Event(payload))
}
