//! Slices that cannot be read: quarantined, counted and skipped.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use picket_shared::{
    chain::{ChainId, DamagedSlice},
    position::Position,
};

/// The key prefix that the function may write below.
const PREFIX: &str = "slices";

/// The object key of a slice, `slices/<stream>/<shard>/<position before>-<position after>`: the same slice has the same
/// key.
pub fn key(slice: &DamagedSlice) -> String {
    let DamagedSlice {
        chain,
        before,
        after,
        ..
    } = slice;
    format!("{PREFIX}/{chain}/{before}-{after}")
}

/// The slices that a tick skipped, each once, however many sinks read it.
#[derive(Debug, Default)]
pub(crate) struct SkippedSlices(Mutex<BTreeSet<(ChainId, Position)>>);

impl SkippedSlices {
    pub(crate) fn record(&self, slice: &DamagedSlice) {
        let mut slices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slices.insert((slice.chain.clone(), slice.before.clone()));
    }

    pub(crate) fn count(&self) -> u64 {
        let slices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slices.len() as u64
    }
}
