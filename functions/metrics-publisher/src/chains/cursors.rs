//! The cursors as this process last knew them, so that a tick reads none of them.
//!
//! A cursor that another publisher has moved since costs a collision: every move is on the condition that the cursor is where it is said
//! to be. After one, and after any answer that was lost, the cursor is read again.

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

/// What is known of the cursors.
#[derive(Debug)]
pub(crate) struct Cursors(Mutex<Known>);

impl Cursors {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// The cursor as it is known, or as the table says.
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

    /// The cursor was moved there.
    pub(crate) fn note(&self, sink: Sink, chain: &ChainId, cursor: Cursor) {
        self.known().insert((sink, chain.clone()), Some(cursor));
    }

    /// The cursor may be elsewhere.
    pub(crate) fn forget(&self, sink: Sink, chain: &ChainId) {
        self.known().remove(&(sink, chain.clone()));
    }

    /// Forgets chains that are no more.
    pub(crate) fn keep(&self, chains: &[ChainId]) {
        let chains: BTreeSet<&ChainId> = chains.iter().collect();
        self.known().retain(|(_, chain), _| chains.contains(chain));
    }

    /// Poison says that a tick panicked: what was noted before it stands.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
