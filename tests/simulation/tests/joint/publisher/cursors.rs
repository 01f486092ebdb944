//! The cursors.

use jiff::Timestamp;
use metrics_publisher::ports::{MoveCursor, ReadCursor};
use picket_aws::{
    Fault as Error,
    ledger::{Claim, Cursor, Move, Sink},
};
use picket_shared::chain::ChainId;

use super::Publisher;
use crate::{
    tables::{ClaimItem, CursorItem},
    world::State,
};

pub(super) fn to_item(cursor: &Cursor) -> CursorItem {
    let claim = cursor.claim.as_ref().map(|claim| ClaimItem {
        up_to: claim.up_to.to_string(),
        until: claim.until.as_millisecond(),
        accepted: claim.accepted.clone(),
        certain: claim.certain,
    });
    CursorItem {
        mark: cursor.mark.to_string(),
        rows_done: cursor.rows_done,
        claim,
        ambiguous: cursor.ambiguous,
    }
}

fn of_item(item: &CursorItem) -> Cursor {
    let claim = item.claim.as_ref().map(|claim| Claim {
        up_to: claim.up_to.parse().unwrap(),
        until: Timestamp::from_millisecond(claim.until).unwrap(),
        accepted: claim.accepted.clone(),
        certain: claim.certain,
    });
    Cursor {
        claim,
        rows_done: item.rows_done,
        ambiguous: item.ambiguous,
        ..Cursor::at(item.mark.parse().unwrap())
    }
}

impl State {
    /// Whether a cursor still is where it was read.
    pub(super) fn is_at(&self, key: &(&'static str, String), old: Option<&Cursor>) -> bool {
        match (self.tables.cursors.get(key), old) {
            (None, None) => true,
            (Some(item), Some(old)) => item.is_at(&to_item(old)),
            _ => false,
        }
    }
}

impl ReadCursor for Publisher {
    async fn read_cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Error> {
        let key = (sink.partition(), chain.to_string());
        self.world
            .call(&self.life, |state, _| {
                Ok(state.tables.cursors.get(&key).map(of_item))
            })
            .await
    }
}

impl MoveCursor for Publisher {
    async fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Error> {
        let key = (sink.partition(), chain.to_string());
        let moved = self
            .world
            .call(&self.life, |state, now| {
                let faults = &mut state.faults;
                state.tables.use_units(sink.partition(), 1, now, faults)?;
                if !state.is_at(&key, old) {
                    return Ok(Move::Collided);
                }
                state.tables.cursors.insert(key, to_item(new));
                Ok(Move::Moved)
            })
            .await;
        if !matches!(moved, Ok(Move::Moved)) {
            self.doubt();
        }
        moved
    }
}
