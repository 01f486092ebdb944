//! The tables: conditions hold, and an answer may be lost.

use super::*;

impl World {
    async fn write(
        &self,
        sink: Sink,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
        rows: &[UsageRow],
    ) -> Result<Move, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict) {
                return Err(Fault::passing("conflict"));
            }
            let place = (sink, chain.clone());
            let matches = match (state.cursors.get(&place), old) {
                (None, None) => true,
                (Some(is), Some(was)) => {
                    (&is.mark, is.rows_done, &is.claim) == (&was.mark, was.rows_done, &was.claim)
                }
                _ => false,
            };
            if !matches {
                return Ok(Move::Collided);
            }
            state.cursors.insert(place, new.clone());
            for row in rows {
                add(&mut state.ledger, &row.key, row.usage);
            }
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::passing("the answer was lost"));
            }
            Ok(Move::Moved)
        })
        .await
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
                return Err(Fault::passing("conflict"));
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
                return Err(Fault::passing("the answer was lost"));
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
        self.write(sink, chain, old, new, &[]).await
    }
}

impl FoldUsage for World {
    async fn fold_usage(
        &self,
        chain: &ChainId,
        old: Option<&Cursor>,
        new: &Cursor,
        rows: &[UsageRow],
    ) -> Result<Move, Fault> {
        assert!(rows.len() <= MOST_ROWS_A_FOLD);
        self.write(Sink::Ledger, chain, old, new, rows).await
    }
}

impl ReadState for World {
    async fn read_state(&self, place: &Place) -> Result<Option<Stored>, Fault> {
        self.call(|state| Ok(state.blobs.get(place).cloned())).await
    }
}

impl WriteState for World {
    async fn write_state(
        &self,
        place: &Place,
        old: Option<u64>,
        body: Vec<u8>,
        _: Option<Timestamp>,
    ) -> Result<Move, Fault> {
        self.call(|state| {
            if state.happens(state.trouble.conflict) {
                return Err(Fault::passing("conflict"));
            }
            if state.blobs.get(place).map(|blob| blob.version) != old {
                return Ok(Move::Collided);
            }
            let version = old.unwrap_or(0) + 1;
            state.blob_writes.0 += 1;
            state.blob_writes.1 += body.len().div_ceil(1_024).max(1) as u64;
            state.blobs.insert(place.clone(), Stored { version, body });
            if state.happens(state.trouble.lost_after_write) {
                return Err(Fault::passing("the answer was lost"));
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
