//! The state of a shard's chain: remembered by the execution environment, or read from the chain.

use jiff::Timestamp;
use picket_aws::Fault;
use picket_shared::{
    chain::{Attempt, ChainId, Slice},
    position::Position,
};

use super::{Handler, UNPOISONED};
use crate::{
    deduplication::{REMEMBERED, ShardState},
    event::ShardRecords,
    ports::Ports,
};

/// The failure of a shard, with the first event that may not be in the chain; `None` where no mark could be read.
pub(super) struct ShardFailure {
    pub(super) fault: Fault,
    pub(super) first: Option<Position>,
}

impl<P: Ports> Handler<P> {
    /// Takes the state that an earlier invocation left, without expired ids. It is stored again when the shard is done.
    fn remembered(&self, chain: &ChainId) -> Option<ShardState> {
        let mut state = self.states.lock().expect(UNPOISONED).remove(chain)?;
        state.forget(self.since());
        Some(state)
    }

    fn since(&self) -> Timestamp {
        let now = self.ports.now();
        now.saturating_sub(REMEMBERED).unwrap_or(now)
    }

    /// Returns the state of the shard's chain, and the attempt at a record that is alone and may have ended the process
    /// before this one. The attempt is stored before anything is read whose size grows with the chain.
    pub(super) async fn shard_state(
        &self,
        shard: &mut ShardRecords<'_>,
    ) -> Result<(ShardState, Option<Attempt>), ShardFailure> {
        if let Some(mut state) = self.remembered(&shard.chain) {
            if state.is_shared() {
                state = self.read_on(&shard.chain, state, None).await?;
            }
            self.claim_copies(shard, state.mark()).await?;
            return Ok((state, None));
        }
        let mark = self.ports.read_mark(&shard.chain).await?;
        self.claim_copies(shard, &mark).await?;
        let attempt = self.begin(shard, &mark).await?;
        Ok((self.read_newest(&shard.chain, None).await?, attempt))
    }

    /// Reads the state from the chain's last minutes.
    async fn read_newest(
        &self,
        chain: &ChainId,
        first: Option<&Position>,
    ) -> Result<ShardState, ShardFailure> {
        let since = self.since();
        let slices = self.ports.read_newest(chain, since).await;
        let slices = slices.map_err(|fault| ShardFailure::at(fault, first))?;
        let mut state = ShardState::from_slices(&slices);
        state.forget(since);
        Ok(state)
    }

    /// Adds the slices committed since to a state. Never reads more than the last minutes.
    pub(super) async fn read_on(
        &self,
        chain: &ChainId,
        mut state: ShardState,
        first: Option<&Position>,
    ) -> Result<ShardState, ShardFailure> {
        if !state.is_newer_than(self.since()) {
            return self.read_newest(chain, first).await;
        }
        let slices = self.ports.read_beyond(chain, state.mark()).await;
        let slices = slices.map_err(|fault| ShardFailure::at(fault, first))?;
        for slice in &slices {
            state.follow(slice);
        }
        state.share(!slices.is_empty());
        Ok(state)
    }

    /// Returns the state after a collision: another process's slice starts where `slice` does, so the newest mark is
    /// beyond it.
    pub(super) async fn after_collision(
        &self,
        state: ShardState,
        slice: &Slice,
    ) -> Result<ShardState, ShardFailure> {
        let first = Some(&slice.first);
        let state = self.read_on(&slice.chain, state, first).await?;
        if *state.mark() > slice.before {
            return Ok(state);
        }
        let fault = Fault::permanent(format!(
            "chain {} has an item at mark {}, yet its newest mark is {}; restore the chain table from its backup",
            slice.chain,
            slice.before,
            state.mark(),
        ));
        Err(ShardFailure::at(fault, first))
    }
}

impl ShardFailure {
    pub(super) fn at(fault: Fault, first: Option<&Position>) -> Self {
        let first = first.cloned();
        Self { fault, first }
    }
}
