//! The decoder of payloads: JSON, text, gzip, a CloudWatch Logs subscription's envelope, or a KPL aggregate of any of
//! them.
//!
//! A record may hold many events: of an aggregate, of an envelope, or concatenated as shippers batch them (the module
//! `concatenated`). Each has a sub-position, its index in the record before any filtering. The index is part of the
//! chain's format, so a payload must always be split the same way.

mod aggregate;
mod checkpoint;
mod concatenated;
mod decoder;
mod gzip;
mod model_request;
pub(crate) mod slow_path_fields;
mod sonic_guard;
mod subscription;
mod unreadable;

use jiff::Timestamp;
use picket_rules::{
    filter::{Event, Lookups, Slots},
    metrics::Source,
};
use serde_json::Value;

pub use self::{
    checkpoint::Checkpoint,
    decoder::{Decoded, Decoder, Part},
    model_request::IncompleteUsage,
    unreadable::Unreadable,
};

/// The longest event in bytes: a Kinesis record and a log event have at most this (Kinesis and CloudWatch Logs quotas).
pub const LONGEST_EVENT: usize = 1 << 20;

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
        let json = serde_json::from_str(self.text)
            .map_err(|error| Unreadable::BrokenJson(error.to_string()))?;
        self.complete(json);
        Ok(())
    }

    /// Reads a JSON string whose text is an object: a producer that serializes twice writes it. Anything else stays
    /// text.
    fn read_encoded_twice(&mut self) {
        let begins = self.text.strip_prefix('"').map(str::trim_start);
        if !begins.is_some_and(|inner| inner.starts_with('{')) {
            return;
        }
        let inner = serde_json::from_str::<String>(self.text);
        if let Ok(json) = inner.and_then(|inner| serde_json::from_str(&inner)) {
            self.complete(json);
        }
    }

    fn complete(&mut self, mut json: Value) {
        let completed = model_request::complete(&mut json);
        self.source = completed.source;
        self.incomplete = completed.incomplete;
        self.json = Some(json);
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
