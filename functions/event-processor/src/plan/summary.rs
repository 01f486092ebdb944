//! The summary of a run of events: totals, counts, and the events that cannot be read.

mod run;

use std::collections::BTreeMap;

use picket_rules::metrics::MetricKind;
use picket_shared::position::Position;

use self::run::Run;
use super::SliceLimit;
use crate::{
    counting::{Datum, Tally, Totals},
    deduplication::ShardState,
    event::{Record, ShardRecords},
    event_time::Window,
    payload::Checkpoint,
    quarantine::UnreadableEvent,
    rules::RuleSet,
};

/// The summary of a shard's events above a mark.
#[derive(Debug)]
pub struct Summary<'a> {
    /// The position of the first event.
    pub first: Position,
    /// The position of the last event: the mark after.
    pub after: Position,
    /// The number of events.
    pub events: usize,
    /// Counts of the events by their result, by minute of arrival.
    pub tallies: BTreeMap<i64, Tally>,
    /// The totals.
    pub totals: Totals,
    /// The events that could not be read.
    pub unreadable: Vec<UnreadableEvent<'a>>,
    /// Where the decoding of the last event's record goes on; `None` where it was decoded to its end.
    pub checkpoint: Option<Checkpoint>,
    /// Hashes of the ids of counted events.
    pub event_ids: Vec<u64>,
}

impl Summary<'_> {
    /// Returns the counts of all minutes.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.tallies.values().for_each(|part| tally.add(*part));
        tally
    }

    /// Adds the counts to the totals, as metrics of Picket's own.
    pub fn count_own(&mut self) {
        for (&minute, tally) in &self.tallies {
            for (name, count) in tally.metrics().into_iter().filter(|(_, count)| *count > 0) {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a batch has far fewer than 2^52 events"
                )]
                self.totals
                    .add(Datum::own(name, minute), MetricKind::Sum, count as f64);
            }
        }
    }
}

/// Summarises the events above the mark, up to the limit; `None` where there are none.
pub fn summarise<'a>(
    rule_set: &RuleSet,
    shard: &'a ShardRecords<'a>,
    state: &ShardState,
    limit: SliceLimit,
    window: Window,
) -> Option<Summary<'a>> {
    let mut run = Run::new(rule_set, state, limit, window);
    let mut bytes = Vec::new();
    let is_counted = |record: &Record<'_>| !record.is_above(state.mark());
    let open = shard.records.partition_point(is_counted);
    for record in &shard.records[open..] {
        if run.is_complete() {
            break;
        }
        run.read(record, &mut bytes);
    }
    run.finish()
}
