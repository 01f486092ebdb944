//! The chain table.

use jiff::Timestamp;
use metrics_publisher::ports::{
    CommitSlice, ListChains, QuarantineSlice, ReadSliceBelow, ReadSlices, Register,
};
use picket_aws::{Fault as Error, chain::Commit};
use picket_shared::{
    chain::{ChainId, DamagedSlice, Slice, StoredSlice},
    position::Position,
};

use super::Publisher;
use crate::{processor::Put, tables::PAGE};

impl ListChains for Publisher {
    async fn list_chains(&self) -> Result<Vec<ChainId>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let chains = state.tables.registry.keys();
                Ok(chains.map(|chain| chain.parse().unwrap()).collect())
            })
            .await
    }
}

impl ReadSlices for Publisher {
    async fn read_slices(
        &self,
        chain: &ChainId,
        from: &Position,
        limit: u16,
    ) -> Result<Vec<StoredSlice>, Error> {
        self.world
            .call(&self.life, |state, _| {
                let name = chain.to_string();
                let Some(items) = state.tables.chains.get(&name) else {
                    return Ok(Vec::new());
                };
                let mut bytes = 0;
                let next = items.range(from.as_str().to_owned()..);
                let page = next.take(limit.into()).take_while(|(mark, item)| {
                    let is_room = bytes < PAGE;
                    bytes += item.bytes(&name, mark);
                    is_room
                });
                let page: Vec<String> = page.map(|(mark, _)| mark.clone()).collect();
                Ok(page.iter().map(|mark| state.slice(chain, mark)).collect())
            })
            .await
    }
}

impl ReadSliceBelow for Publisher {
    async fn read_slice_below(
        &self,
        chain: &ChainId,
        position: &Position,
    ) -> Result<Option<StoredSlice>, Error> {
        self.world
            .call(
                &self.life,
                |state, _| Ok(state.slice_below(chain, position)),
            )
            .await
    }
}

impl QuarantineSlice for Publisher {
    async fn quarantine_slice(&self, slice: &DamagedSlice) -> Result<(), Error> {
        let what = format!("{} at {}: {}", slice.chain, slice.before, slice.reason);
        self.world.state().violate(what);
        Ok(())
    }
}

impl CommitSlice for Publisher {
    async fn commit_slice(&self, slice: &Slice) -> Result<Commit, Error> {
        let put = Put::of(slice, self.life.begun_at());
        self.world
            .call(&self.life, |state, now| state.put(put, now))
            .await
    }
}

impl Register for Publisher {
    async fn register(&self, chain: &ChainId, now: Timestamp) -> Result<(), Error> {
        self.world
            .call(&self.life, |state, _| {
                state.register(chain, now.as_second());
                Ok(())
            })
            .await
    }
}
