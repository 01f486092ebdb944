//! A cache of the cursors, so that a tick reads none of them.
//!
//! If another publisher has moved a cursor, the next move collides, because every move requires the cursor to be where
//! the cache has it. After a collision, and after every lost answer, the cursor is read again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use picket_aws::{
    Fault,
    ledger::{Cursor, Sink},
};
use picket_shared::chain::ChainId;

use crate::ports::ReadCursor;

type Known = BTreeMap<(Sink, ChainId), Option<Cursor>>;

/// The cached cursors.
#[derive(Debug)]
pub(crate) struct Cursors(Mutex<Known>);

impl Cursors {
    /// Creates an empty cache.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// The cached cursor, or else the table's.
    pub(crate) async fn read(
        &self,
        ports: &impl ReadCursor,
        sink: Sink,
        chain: &ChainId,
    ) -> Result<Option<Cursor>, Fault> {
        let known = self.known().get(&(sink, chain.clone())).cloned();
        if let Some(cursor) = known {
            return Ok(cursor);
        }
        let cursor = ports.read_cursor(sink, chain).await?;
        self.known().insert((sink, chain.clone()), cursor.clone());
        Ok(cursor)
    }

    /// Caches a cursor that was moved.
    pub(crate) fn record(&self, sink: Sink, chain: &ChainId, cursor: Cursor) {
        self.known().insert((sink, chain.clone()), Some(cursor));
    }

    /// Removes a cursor that may have moved.
    pub(crate) fn forget(&self, sink: Sink, chain: &ChainId) {
        self.known().remove(&(sink, chain.clone()));
    }

    /// Removes the cursors of chains that no longer exist.
    pub(crate) fn retain(&self, chains: &[ChainId]) {
        let chains: BTreeSet<&ChainId> = chains.iter().collect();
        self.known().retain(|(_, chain), _| chains.contains(chain));
    }

    /// A poisoned lock means that a tick panicked: cursors that were cached before are still valid.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
