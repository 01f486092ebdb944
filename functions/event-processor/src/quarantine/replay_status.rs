//! The replay status of a quarantine entry: whether the chain has counted it, and so whether it may be replayed
//! (docs/decisions/0013).

use jiff::{SignedDuration, Timestamp};
use picket_shared::{
    chain::Slice,
    position::Position,
    replay::{Extent, Origin},
};

use super::entry::{Entry, Reason};

/// A chain's items live fifteen days from their commit; a record that is older than this and in none of them may have
/// been in one.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The replay status of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayStatus {
    /// Lambda discarded it and no commit covers it, from this event on: it is not counted.
    Open(Origin),
    /// A commit names it as quarantined in this object: it counts as quarantined, and as nothing else.
    Quarantined(Origin),
    /// A commit has counted it.
    Counted,
    /// Picket put it here and did not commit that: the stream, or Lambda's own object, still has the record.
    Uncommitted,
    /// The chain no longer knows whether it was counted: it is too old, or the slice that covers it is damaged.
    Forgotten,
}

impl Entry {
    /// Returns the position below which [`Entry::replay_status`] needs the last slice.
    pub fn slice_before(&self) -> Position {
        match self.reason {
            Reason::Unreadable(_) => self.position.clone(),
            Reason::Discarded(_) => self.position.end_of_record(),
        }
    }

    /// Returns the status, by the last slice that starts below [`Entry::slice_before`], if any.
    pub fn replay_status(&self, slice: Option<&Slice>, now: Timestamp) -> ReplayStatus {
        let is_remembered = now.duration_since(self.arrived_at) < REMEMBERED;
        match self.reason {
            Reason::Unreadable(_) => match slice.filter(|slice| slice.covers(&self.position)) {
                Some(slice) if slice.has_quarantined(&self.position, &self.object) => {
                    ReplayStatus::Quarantined(self.origin(self.position.sub(), Extent::Event))
                }
                Some(_) => ReplayStatus::Counted,
                None if is_remembered => ReplayStatus::Uncommitted,
                None => ReplayStatus::Forgotten,
            },
            Reason::Discarded(_) => match open_from(&self.position, slice) {
                None => ReplayStatus::Counted,
                Some(from) if is_remembered => {
                    let from = from.max(self.first_to_count());
                    ReplayStatus::Open(self.origin(from, Extent::Record))
                }
                Some(_) => ReplayStatus::Forgotten,
            },
        }
    }

    /// Returns the index of the first event to count of a record that Lambda discarded: a copy's copy counts no more
    /// than the copy would have.
    fn first_to_count(&self) -> u32 {
        Origin::of(&self.partition_key).map_or(0, |before| before.first_event())
    }

    /// Returns the original of a copy of this entry's payload: the event with this index, or the record from it on. A
    /// copy's copy counts where the first original would have.
    fn origin(&self, event: u32, extent: Extent) -> Origin {
        let before = Origin::of(&self.partition_key);
        Origin {
            chain: self.chain.clone(),
            position: self.position.with_sub(event),
            arrived_at: before.map_or(self.arrived_at, |before| before.arrived_at),
            extent,
        }
    }
}

/// Returns the index of a record's first event that no slice covers, given the last slice that starts below the
/// record's end; `None` where all are covered. Slices take a record's events in order, so the open ones are its last.
fn open_from(record: &Position, slice: Option<&Slice>) -> Option<u32> {
    let Some(slice) = slice else {
        return Some(0);
    };
    let is_inside = |position: &Position| position.sequence_number() == record.sequence_number();
    let behind = |mark: &Position| mark.sub().checked_add(1);
    if slice.first >= record.end_of_record() {
        // It starts behind the record, or seals it: with the mark inside, those before it took a part.
        return if is_inside(&slice.before) {
            behind(&slice.before)
        } else {
            Some(0)
        };
    }
    if is_inside(&slice.after) {
        behind(&slice.after)
    } else if slice.after > *record {
        None
    } else {
        Some(0)
    }
}

#[cfg(test)]
mod tests;
