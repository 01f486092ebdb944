//! Slices that cannot be read, now or later: kept in the quarantine bucket, counted, and passed over.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use picket_shared::{
    chain::{ChainId, DamagedSlice},
    position::Position,
};

/// What the function may write below, in a bucket that is not its own.
const PREFIX: &str = "slices";

/// The object of a slice's bytes, `slices/<stream>/<shard>/<mark before>-<mark after>`: kept again, it is the same object.
pub fn key(slice: &DamagedSlice) -> String {
    let DamagedSlice {
        chain,
        before,
        after,
        ..
    } = slice;
    format!("{PREFIX}/{chain}/{before}-{after}")
}

/// The slices that a tick passed over, each once, whichever sinks read it.
#[derive(Debug, Default)]
pub(crate) struct PassedOver(Mutex<BTreeSet<(ChainId, Position)>>);

impl PassedOver {
    pub(crate) fn note(&self, slice: &DamagedSlice) {
        let mut slices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slices.insert((slice.chain.clone(), slice.before.clone()));
    }

    pub(crate) fn count(&self) -> u64 {
        let slices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slices.len() as u64
    }
}
