//! The tables: conditions hold, and an answer may be lost.

use super::*;

impl World {
    async fn write(
        &self,
        sink: Sink,
        moves: &[CursorMove],
        rows: &[UsageRow],
    ) -> Result<Move, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict) {
                return Err(Fault::transient("conflict"));
            }
            if !moves.iter().all(|action| stands(state, sink, action)) {
                return Ok(Move::Collided);
            }
            for CursorMove { chain, to, .. } in moves {
                state.cursors.insert((sink, chain.clone()), to.clone());
            }
            for row in rows {
                add(&mut state.ledger, &row.key, row.usage);
            }
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::transient("the answer was lost"));
            }
            Ok(Move::Moved)
        })
        .await
    }
}

/// Whether a cursor is where an action says it is.
fn stands(state: &State, sink: Sink, action: &CursorMove) -> bool {
    let is = state.cursors.get(&(sink, action.chain.clone()));
    let key = |cursor: &Cursor| (cursor.mark.clone(), cursor.rows_done, cursor.claim.clone());
    is.map(key) == action.from.as_ref().map(key)
}

/// The items of a transaction that is under way. Killed or not, it ends with its caller.
struct UnderWay(World, Vec<String>);

impl UnderWay {
    /// `None` where one of the items is in another one, as DynamoDB cancels the second.
    fn begin(world: &World, moves: &[CursorMove], rows: &[UsageRow]) -> Option<Self> {
        let cursors = moves.iter().map(|action| action.chain.to_string());
        let rows = rows
            .iter()
            .map(|row| format!("{} {}", row.key.date, row_id(&row.key)));
        let items: Vec<String> = cursors.chain(rows).collect();
        assert!(items.len() <= MOST_ACTIONS);
        let mut state = world.state();
        state.transactions += 1;
        if items.iter().any(|item| state.under_way.contains(item)) {
            state.conflicts += 1;
            return None;
        }
        for item in &items {
            assert!(state.under_way.insert(item.clone()), "{item} twice");
        }
        drop(state);
        Some(Self(world.clone(), items))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        for item in &self.1 {
            state.under_way.remove(item);
        }
    }
}

impl ListChains for World {
    async fn list_chains(&self) -> Result<Vec<ChainId>, Fault> {
        self.call(|state| Ok(state.chains.keys().cloned().collect()))
            .await
    }
}

impl ReadSlices for World {
    async fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<StoredSlice>, Fault> {
        self.call(|state| {
            if state.unread.as_ref() == Some(chain) {
                return Err(Fault::transient("ThrottlingException"));
            }
            let limit = usize::from(limit).min(state.page);
            let slices = state.chains[chain].iter();
            let next = slices.filter(|slice| slice.before >= *from);
            Ok(next.take(limit).map(|slice| state.stored(slice)).collect())
        })
        .await
    }
}

impl ReadSliceBelow for World {
    async fn read_slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> Result<Option<StoredSlice>, Fault> {
        self.call(|state| {
            let mut slices = state.chains[chain].iter();
            let below = slices.rfind(|slice| slice.before < *position);
            Ok(below.map(|slice| state.stored(slice)))
        })
        .await
    }
}

impl State {
    fn stored(&self, slice: &Slice) -> StoredSlice {
        let key = (slice.chain.clone(), slice.after.clone());
        if !self.damaged.contains(&key) {
            return Ok(slice.clone());
        }
        Err(Box::new(DamagedSlice {
            chain: slice.chain.clone(),
            before: slice.before.clone(),
            first: slice.first.clone(),
            after: slice.after.clone(),
            committed_at: slice.committed_at,
            bytes: b"?".to_vec(),
            reason: "it is damaged".into(),
        }))
    }
}

impl CommitSlice for World {
    async fn commit_slice(&self, slice: &Slice) -> Result<Commit, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict) {
                return Err(Fault::transient("conflict"));
            }
            let slices = state
                .chains
                .get_mut(&slice.chain)
                .expect("a chain is registered before it is committed to");
            if slices.iter().any(|known| known.before == slice.before) {
                return Ok(Commit::Collided);
            }
            slices.push(slice.clone());
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::transient("the answer was lost"));
            }
            Ok(Commit::Committed)
        })
        .await
    }
}

impl Register for World {
    async fn register(&self, chain: &ChainId, _: Timestamp) -> Result<(), Fault> {
        self.call(|state| {
            state.chains.entry(chain.clone()).or_default();
            Ok(())
        })
        .await
    }
}

impl ReadCursor for World {
    async fn read_cursor(&self, sink: Sink, chain: &ChainId) -> Result<Option<Cursor>, Fault> {
        self.call(|state| Ok(state.cursors.get(&(sink, chain.clone())).cloned()))
            .await
    }
}

impl MoveCursor for World {
    async fn move_cursor(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
    ) -> Result<Move, Fault> {
        let action = CursorMove {
            chain: chain.clone(),
            from: old.cloned(),
            to: new.clone(),
        };
        self.write(sink, &[action], &[]).await
    }
}

impl FoldUsage for World {
    async fn fold_usage(&self, moves: &[CursorMove], rows: &[UsageRow]) -> Result<Move, Fault> {
        let Some(_under_way) = UnderWay::begin(self, moves, rows) else {
            let cancelled = Err(Fault::transient("another transaction was there"));
            return self.call(|_| cancelled).await;
        };
        let steps = self.state().transaction_steps;
        for _ in 0..steps {
            Pause(self, false).await;
        }
        let is_refused = |state: &State| {
            let refused = |action: &CursorMove| state.refused.as_ref() == Some(&action.chain);
            moves.iter().any(refused)
        };
        if is_refused(&self.state()) {
            return Err(Fault::permanent("AWS refused the request"));
        }
        self.write(Sink::Ledger, moves, rows).await
    }
}

impl ReadState for World {
    async fn read_state(&self, place: &BlobKey) -> Result<Option<Stored>, Fault> {
        self.call(|state| Ok(state.blobs.get(place).cloned())).await
    }
}

impl WriteState for World {
    async fn write_state(
        &self,
        place: &BlobKey,
        old: Option<u64>,
        body: Vec<u8>,
        _: Option<Timestamp>,
    ) -> Result<Move, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict.max(state.trouble.blobs)) {
                return Err(Fault::transient("conflict"));
            }
            if state.blobs.get(place).map(|blob| blob.version) != old {
                return Ok(Move::Collided);
            }
            let version = old.unwrap_or(0) + 1;
            state.blob_writes.0 += 1;
            state.blob_writes.1 += body.len().div_ceil(1_024).max(1) as u64;
            state.blobs.insert(place.clone(), Stored { version, body });
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::transient("the answer was lost"));
            }
            Ok(Move::Moved)
        })
        .await
    }
}

impl ReadUsage for World {
    async fn read_usage(&self, day: Date, most: usize) -> Result<Option<Vec<UsageRow>>, Fault> {
        self.call(|state| {
            let of_day = state.ledger.iter().filter(|(key, _)| key.date == day);
            let rows: Vec<UsageRow> = of_day
                .map(|(key, usage)| UsageRow {
                    key: key.clone(),
                    usage: *usage,
                })
                .collect();
            Ok((rows.len() <= most).then_some(rows))
        })
        .await
    }
}
