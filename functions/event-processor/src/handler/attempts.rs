//! Attempts at records that end the process (docs/decisions/0012). Lambda bisects a failing batch until the record is
//! alone, and starts a new process each time. So a new process that gets one record alone stores an attempt before it
//! decodes.

use picket_aws::Fault;
use picket_shared::{
    chain::{Attempt, ChainId},
    position::Position,
};

use super::{Handler, shard_state::ShardFailure};
use crate::{
    event::{RecordAction, ShardRecords, Undecoded},
    ports::Ports,
};

impl<P: Ports> Handler<P> {
    /// Stores and returns the attempt at a shard's only record. A record that has used up its attempts is marked for
    /// quarantine instead.
    pub(super) async fn begin(
        &self,
        shard: &mut ShardRecords<'_>,
        mark: &Position,
    ) -> Result<Option<Attempt>, ShardFailure> {
        let chain = &shard.chain;
        let mut open = shard
            .records
            .iter_mut()
            .filter(|record| record.is_above(mark));
        let (Some(record), None) = (open.next(), open.next()) else {
            return Ok(None);
        };
        // With the mark inside it, or events of its original counted, a process has decoded it.
        if record.action != RecordAction::default() || record.position(0) <= *mark {
            return Ok(None);
        }
        let last = self.ports.read_attempt(chain).await?;
        let attempt = Attempt::after(last.as_ref(), &record.position(0));
        if attempt.is_last() {
            record.action = RecordAction::Quarantine(Undecoded::Deadly);
            tracing::error!(%chain, position = %record.position(0), "two processes died with this record: it goes to the quarantine bucket undecoded");
            return Ok(None);
        }
        self.note(chain, &attempt).await?;
        Ok(Some(attempt))
    }

    /// Stores that decoding succeeded, where an earlier attempt had not: a process that ends after this does not end
    /// because of the record.
    pub(super) async fn survive(
        &self,
        chain: &ChainId,
        attempt: Option<Attempt>,
    ) -> Result<(), ShardFailure> {
        match attempt.filter(Attempt::is_repeated) {
            Some(attempt) => Ok(self.note(chain, &attempt.survived()).await?),
            None => Ok(()),
        }
    }

    async fn note(&self, chain: &ChainId, attempt: &Attempt) -> Result<(), Fault> {
        let now = self.ports.now();
        self.ports.note_attempt(chain, attempt, now).await
    }
}

impl From<Fault> for ShardFailure {
    /// Creates the failure of a shard before anything was planned: none of the batch may be in the chain.
    fn from(fault: Fault) -> Self {
        Self { fault, first: None }
    }
}
