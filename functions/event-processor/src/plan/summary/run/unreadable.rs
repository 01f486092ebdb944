//! The events of a run that could not be read.

use picket_shared::chain::QuarantineReason;

use super::MOST_ENTRIES;
use crate::{event::Record, quarantine::UnreadableEvent};

/// Most bytes of a slice's unreadable events in base64, checked after each event: they are in memory until the object
/// is put.
const MOST_BYTES: usize = 4 << 20;

/// The events so far.
#[derive(Default)]
pub(super) struct UnreadableEvents<'a> {
    pub(super) events: Vec<UnreadableEvent<'a>>,
    bytes: usize,
}

impl<'a> UnreadableEvents<'a> {
    pub(super) fn is_full(&self) -> bool {
        self.events.len() >= MOST_ENTRIES || self.bytes >= MOST_BYTES
    }

    /// Adds an event; without `bytes` of its own, with those of the whole record.
    pub(super) fn push(
        &mut self,
        record: &'a Record<'a>,
        sub: u32,
        reason: QuarantineReason,
        bytes: Option<&[u8]>,
    ) {
        let data = bytes.map(|bytes| base64_simd::STANDARD.encode_to_string(bytes));
        self.bytes += data.as_deref().unwrap_or(&record.data).len();
        self.events.push(UnreadableEvent {
            position: record.position(sub),
            reason,
            record,
            data,
        });
    }
}
