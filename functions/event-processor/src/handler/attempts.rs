//! Records that kill the process (docs/decisions/0012): Lambda bisects a batch that dies until the record is alone, and the process
//! that begins on it is a new one each time. So it is a new process, and one record alone, that note an attempt before they decode.

use picket_aws::Fault;
use picket_shared::chain::{Attempt, ChainId};

use super::{Handler, Stopped};
use crate::{
    event::{Reading, ShardRecords},
    ports::Ports,
    recall::Recall,
};

impl<P: Ports> Handler<P> {
    /// The chain of a shard that this process knows nothing of, and the attempt at its record where there is one alone. A record
    /// that has had its attempts is marked as one to leave undecoded.
    pub(super) async fn begin(
        &self,
        shard: &mut ShardRecords<'_>,
    ) -> Result<(Recall, Option<Attempt>), Stopped> {
        let recall = self.read(&shard.chain, None).await?;
        let mut open = shard
            .records
            .iter_mut()
            .filter(|record| record.is_above(recall.mark()));
        let (Some(record), None) = (open.next(), open.next()) else {
            return Ok((recall, None));
        };
        // With the mark inside it, somebody has read it.
        if record.position(0) <= *recall.mark() {
            return Ok((recall, None));
        }
        let last = self.ports.read_attempt(&shard.chain).await?;
        let attempt = Attempt::after(last.as_ref(), &record.position(0));
        if attempt.is_last() {
            record.reading = Reading::Leave;
            tracing::error!(chain = %shard.chain, position = %record.position(0), "two processes died with this record: it goes to the quarantine bucket undecoded");
            return Ok((recall, None));
        }
        self.note(&shard.chain, &attempt).await?;
        Ok((recall, Some(attempt)))
    }

    /// Tells that decoding did not kill, where an attempt before this one had not told it: what dies from here on is not the record's
    /// doing.
    pub(super) async fn survive(
        &self,
        chain: &ChainId,
        attempt: Option<Attempt>,
    ) -> Result<(), Stopped> {
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

impl From<Fault> for Stopped {
    /// Before anything was planned: none of the batch may be in the chain.
    fn from(fault: Fault) -> Self {
        Self { fault, first: None }
    }
}
