//! Records that kill the process (docs/decisions/0012): Lambda bisects a batch that dies until the record is alone, and the process
//! that begins on it is a new one each time. So it is a new process, and one record alone, that note an attempt before they decode.

use picket_aws::Fault;
use picket_shared::{
    chain::{Attempt, ChainId},
    position::Position,
};

use super::{Handler, ShardFailure};
use crate::{
    event::{RecordAction, ShardRecords},
    ports::Ports,
};

impl<P: Ports> Handler<P> {
    /// The attempt at a shard's record where there is one alone, noted. A record that has had its attempts is marked as one to leave
    /// undecoded.
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
        // With the mark inside it, or events of its original counted, somebody has read it.
        if record.action != RecordAction::default() || record.position(0) <= *mark {
            return Ok(None);
        }
        let last = self.ports.read_attempt(chain).await?;
        let attempt = Attempt::after(last.as_ref(), &record.position(0));
        if attempt.is_last() {
            record.action = RecordAction::Quarantine;
            tracing::error!(%chain, position = %record.position(0), "two processes died with this record: it goes to the quarantine bucket undecoded");
            return Ok(None);
        }
        self.note(chain, &attempt).await?;
        Ok(Some(attempt))
    }

    /// Tells that decoding did not kill, where an attempt before this one had not told it: what dies from here on is not the record's
    /// doing.
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
    /// Before anything was planned: none of the batch may be in the chain.
    fn from(fault: Fault) -> Self {
        Self { fault, first: None }
    }
}
