//! The decoder of records: it splits a record into parts, and numbers them.

use std::ops::ControlFlow::{self, Continue};

use bytes::Bytes;
use picket_rules::filter::Lookups;

use super::{
    Checkpoint, Found, Payload, Unreadable, aggregate,
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

/// The end of a decoding.
#[derive(Debug, Clone, Copy)]
pub struct Decoded {
    /// The bytes that the record inflated to, those before the checkpoint included.
    pub inflated: usize,
    /// Where it was stopped: at or before the part at which it was. `None` where it has come to the record's end.
    pub stopped: Option<Checkpoint>,
}

impl Decoder<'_> {
    /// Decodes a record's bytes, and calls `each` for each part.
    ///
    /// Every record has at least one part, so that it has a position in the chain.
    pub fn decode(self, record: &[u8], mut each: impl FnMut(Part<'_>)) {
        self.decode_from(Checkpoint::default(), record, |part| {
            each(part);
            Continue(())
        });
    }

    /// Decodes a record's bytes from a checkpoint of the same record on, until `each` stops it.
    pub fn decode_from(
        self,
        from: Checkpoint,
        record: &[u8],
        mut each: impl FnMut(Part<'_>) -> ControlFlow<()>,
    ) -> Decoded {
        let mut walk = Walk {
            decoder: self,
            at: from,
            next: from.next,
            resumed: from.stopped,
            inflating: from.inflating,
            each: &mut each,
        };
        let end = if aggregate::is_one(record) {
            match aggregate::records(record) {
                Ok(records) => walk.members(&records),
                Err(broken) => walk.part(None, Err(broken)),
            }
        } else {
            walk.member(record, None)
        };
        Decoded {
            inflated: walk.inflating.inflated,
            stopped: end.is_break().then(|| Checkpoint {
                stopped: walk.next - 1,
                ..walk.at
            }),
        }
    }
}

/// The state of decoding one record.
struct Walk<'w> {
    decoder: Decoder<'w>,
    /// The place before the parts that are being read.
    at: Checkpoint,
    next: u32,
    /// The parts of an envelope before this one are not read.
    resumed: u32,
    inflating: Inflating,
    each: &'w mut dyn FnMut(Part<'_>) -> ControlFlow<()>,
}

impl Walk<'_> {
    fn part(
        &mut self,
        bytes: Option<&[u8]>,
        found: Result<Found<'_>, Unreadable>,
    ) -> ControlFlow<()> {
        let sub = self.next;
        // A part of an aggregate takes two bytes of at most 10 MiB, so the index never ends.
        self.next += 1;
        (self.each)(Part { sub, bytes, found })
    }

    /// Decodes the user records of an aggregate.
    fn members(&mut self, records: &[Bytes]) -> ControlFlow<()> {
        for data in records.iter().skip(self.at.member) {
            self.member(data, Some(data))?;
            self.at = Checkpoint {
                member: self.at.member + 1,
                next: self.next,
                inflating: self.inflating,
                text: None,
                ..self.at
            };
        }
        Continue(())
    }

    /// Decodes a user record: one that a producer put, alone or in an aggregate.
    fn member(&mut self, bytes: &[u8], own: Option<&[u8]>) -> ControlFlow<()> {
        if !gzip::is_one(bytes) {
            return self.plain(bytes, own);
        }
        match self.inflating.inflate(bytes) {
            Ok(inflated) if gzip::is_one(&inflated) => self.part(own, Err(Unreadable::NestedGzip)),
            Ok(inflated) => self.plain(&inflated, own),
            Err(broken) => self.part(own, Err(broken)),
        }
    }

    fn plain(&mut self, bytes: &[u8], own: Option<&[u8]>) -> ControlFlow<()> {
        let text = match text(bytes) {
            Ok(text) => text,
            Err(unreadable) => return self.part(own, Err(unreadable)),
        };
        if let Some(checkpoint) = self.at.text {
            return self.pieces(text, own, ConcatenatedEvents::resume(text, checkpoint));
        }
        if let Some(payload) = Payload::plain(text, self.decoder.lookups) {
            return self.part(own, Ok(Found::Event(payload)));
        }
        if let Some(envelope) = Envelope::read(text) {
            return self.envelope(own, envelope);
        }
        self.pieces(text, own, ConcatenatedEvents::new(text))
    }

    /// Decodes the events of a text, with a checkpoint before each.
    fn pieces(
        &mut self,
        text: &str,
        own: Option<&[u8]>,
        mut pieces: ConcatenatedEvents<'_>,
    ) -> ControlFlow<()> {
        while self.next < MOST_EVENTS {
            self.at.next = self.next;
            self.at.text = Some(pieces.checkpoint());
            let Some(piece) = pieces.next() else {
                return Continue(());
            };
            if piece.len() == text.len() {
                self.part(own, one(text, self.decoder.lookups))?;
            } else {
                self.piece(piece)?;
            }
        }
        if pieces.rest().is_empty() {
            return Continue(());
        }
        self.at.next = self.next;
        self.at.text = Some(pieces.checkpoint());
        self.part(Some(pieces.rest().as_bytes()), Err(Unreadable::TooMany))
    }

    /// Decodes one of several events in a text, or an envelope.
    fn piece(&mut self, text: &str) -> ControlFlow<()> {
        let own = Some(text.as_bytes());
        if let Some(payload) = Payload::plain(text, self.decoder.lookups) {
            return self.part(own, Ok(Found::Event(payload)));
        }
        match Envelope::read(text) {
            None => self.part(own, one(text, self.decoder.lookups)),
            Some(envelope) => self.envelope(own, envelope),
        }
    }

    fn envelope(
        &mut self,
        own: Option<&[u8]>,
        envelope: Result<Envelope<'_>, Unreadable>,
    ) -> ControlFlow<()> {
        let envelope = match envelope {
            Ok(envelope) => envelope,
            Err(broken) => return self.part(own, Err(broken)),
        };
        if envelope.is_control() {
            return self.part(None, Ok(Found::Control));
        }
        let is_own = envelope.is_of(self.decoder.stack);
        for event in &envelope.log_events {
            if self.next < self.resumed {
                self.next += 1;
                continue;
            }
            let found = if is_own {
                Ok(Found::OwnLog)
            } else {
                event.payload(self.decoder.lookups).map(Found::Event)
            };
            self.part(Some(event.message.as_bytes()), found)?;
        }
        Continue(())
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
