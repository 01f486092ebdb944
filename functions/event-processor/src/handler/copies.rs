//! Replayed records (docs/decisions/0013): the copy that claims its original first counts, the others are skipped, and
//! one whose original no replay registered is quarantined.

use futures::future::try_join_all;
use picket_aws::chain::ClaimOutcome;
use picket_shared::{
    chain::ChainId,
    position::Position,
    replay::{Origin, RecordRef},
};

use super::{Handler, shard_state::ShardFailure};
use crate::{
    event::{Record, RecordAction, ShardRecords, Undecoded},
    event_time::Window,
    ports::Ports,
};

/// Concurrent claims: a batch of ten thousand copies takes seconds of the function's minute.
const AT_ONCE: usize = 32;

impl<P: Ports> Handler<P> {
    /// Claims the originals of the copies above the mark, and sets the action of each. A copy counts in its original's
    /// minute where CloudWatch still accepts it, and on its original's day where the ledger does.
    pub(super) async fn claim_copies(
        &self,
        shard: &mut ShardRecords<'_>,
        mark: &Position,
    ) -> Result<(), ShardFailure> {
        let copies: Vec<ReplayedRecord> = shard
            .records
            .iter()
            .enumerate()
            .filter_map(|(index, record)| ReplayedRecord::find(index, record, &shard.chain, mark))
            .collect();
        let now = self.ports.now();
        for some in copies.chunks(AT_ONCE) {
            let claims: Vec<_> = some
                .iter()
                .map(|copy| self.ports.claim(&copy.origin, &copy.place, now))
                .collect();
            for (copy, outcome) in some.iter().zip(try_join_all(claims).await?) {
                copy.settle(&mut shard.records[copy.index], outcome, Window::at(now));
            }
        }
        Ok(())
    }
}

/// A replayed record.
struct ReplayedRecord {
    index: usize,
    origin: Origin,
    place: RecordRef,
}

impl ReplayedRecord {
    /// Reads a partition key. One that names another stream is a producer's own: nothing of this stack wrote it.
    fn find(index: usize, record: &Record<'_>, chain: &ChainId, mark: &Position) -> Option<Self> {
        let origin = Origin::of(&record.partition_key)
            .filter(|origin| origin.chain.stream() == chain.stream())?;
        let place = RecordRef {
            chain: chain.clone(),
            record: record.position(0),
        };
        record.is_above(mark).then_some(Self {
            index,
            origin,
            place,
        })
    }

    fn settle(&self, record: &mut Record<'_>, outcome: ClaimOutcome, window: Window) {
        let (copy, original) = (&self.place, &self.origin.position);
        match outcome {
            ClaimOutcome::Counts => {
                let from = self.origin.first_event();
                record.action = RecordAction::Decode { from };
                let event_time =
                    window.event_time_of(Some(self.origin.arrived_at), record.arrived_at);
                record.arrived_at = event_time.metric;
                record.usage_at = event_time.usage;
            }
            ClaimOutcome::AnotherCounts => {
                tracing::info!(%copy, %original, "another copy of this record counts");
                record.action = RecordAction::Skip;
            }
            ClaimOutcome::Unregistered => {
                tracing::warn!(%copy, %original, "no replay registered the original of this record: it is quarantined");
                record.action = RecordAction::Quarantine(Undecoded::UnregisteredCopy);
            }
        }
    }
}
