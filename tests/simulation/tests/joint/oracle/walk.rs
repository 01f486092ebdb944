//! A chain from its first slice to its last.

use std::collections::BTreeMap;

use crate::{position::Position, tables::Committed};

/// How long an id is remembered, in milliseconds.
const REMEMBERED: i64 = 15 * 60_000;
/// What clocks are rounded by, in milliseconds.
const ROUNDED: i64 = 2;

/// Whether an event counts again that its producer sent again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Again {
    First,
    /// It was forgotten: it counts like the first.
    Late,
    Repeated,
    /// It was forgotten, or not: it was counted about as long ago as ids are remembered.
    Unclear,
}

/// One chain, as the oracle goes along it.
pub(super) struct Walk<'a> {
    pub(super) chain: String,
    pub(super) slices: &'a [Committed],
    /// Of each record that was left undecoded, the first event that was.
    pub(super) left: BTreeMap<u128, Position>,
    /// When each id was counted last, and in which slice.
    ids: BTreeMap<usize, (usize, i64, bool)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(chain: String, slices: &'a [Committed]) -> Self {
        let left = slices.iter().flat_map(|slice| &slice.left);
        Self {
            left: left.map(|first| (first.number, *first)).collect(),
            ids: BTreeMap::new(),
            chain,
            slices,
        }
    }

    /// The slice that covers a position.
    pub(super) fn covering(&self, position: Position) -> Option<usize> {
        let place = self.slices.partition_point(|slice| slice.after < position);
        let slice = self.slices.get(place)?;
        (slice.first <= position).then_some(place)
    }

    pub(super) fn again(&mut self, id: usize, place: usize) -> Again {
        let slice = &self.slices[place];
        let again = match self.ids.get(&id) {
            None => Again::First,
            Some((before, _, false)) if *before == place => Again::Repeated,
            Some((_, at, false)) if slice.committed_at - at + ROUNDED <= REMEMBERED => {
                Again::Repeated
            }
            Some((_, at, false)) if slice.begun_at - at > REMEMBERED + ROUNDED => Again::Late,
            // Or the last one is unclear.
            Some(_) => Again::Unclear,
        };
        if again != Again::Repeated {
            let counted = (place, slice.committed_at, again == Again::Unclear);
            self.ids.insert(id, counted);
        }
        again
    }
}
