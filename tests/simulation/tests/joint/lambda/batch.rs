//! Batches: how they are cut, and what the poller makes of an answer.

use std::sync::atomic::Ordering;

use picket_shared::report::ErrorChain;

use super::{Answer, Ended};
use crate::{
    faults::Fault,
    stream::Patience,
    wire::Sent,
    world::{Life, State},
};

/// Most bytes of a batch's event.
const MOST_BYTES: usize = 6 << 20;

/// Records of a shard, as they are delivered.
pub(super) struct Batch {
    pub(super) shard: usize,
    pub(super) mapping: u32,
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) records: Vec<Sent>,
}

impl State {
    /// The next batch of a shard, if there is one.
    pub(super) fn cut(&mut self, number: usize) -> Option<Batch> {
        if !self.stream.is_begun(number) {
            return None;
        }
        self.stop_where_it_fails();
        let cuts = self.dice.once_in(self.weather.recut);
        let shard = &mut self.stream.shards[number];
        let begin = shard.cursor;
        let open = shard.log.len() - begin;
        if open == 0 {
            return None;
        }
        let mut width = open.min(shard.width.max(1));
        if cuts {
            width = 1 + self.dice.below(width);
        }
        let mut bytes = 0;
        let fits = |sent: &Sent| {
            bytes += sent.payload.len().div_ceil(3) * 4 + 500;
            bytes <= MOST_BYTES
        };
        let log = shard.log[begin..begin + width].iter();
        let records: Vec<Sent> = log.map(|entry| entry.sent.clone()).collect();
        let taken = records.iter().map(fits).take_while(|fits| *fits).count();
        let records = records[..taken.max(1)].to_vec();
        let end = begin + records.len();
        if shard.failed_at.is_some_and(|before| before != end) {
            self.faults.count(Fault::Recut);
        }
        Some(Batch {
            shard: number,
            mapping: shard.mapping,
            begin,
            end,
            records,
        })
    }

    /// Ends the run at the first thing that must not be: what is retried for ever would not end.
    fn stop_where_it_fails(&self) {
        let found = self.violations.join("\n");
        assert!(found.is_empty(), "seed {}:\n{found}", self.seed);
        let records: usize = self.stream.shards.iter().map(|shard| shard.log.len()).sum();
        let most = 1_000 + 30 * records as u64;
        assert!(self.puts < most, "{} puts for {records} records", self.puts);
    }

    /// Takes the answer in; whether it was success.
    pub(super) fn settle(
        &mut self,
        batch: &Batch,
        answer: Option<Answer>,
        life: &Life,
        now: i64,
    ) -> bool {
        let has_committed = life.commits.load(Ordering::Relaxed) > 0;
        let fault = match &answer {
            Some(Ended::Answered(_)) => None,
            Some(Ended::Killed) if has_committed => Some(Fault::KilledAfterCommit),
            Some(Ended::Killed) => Some(Fault::KilledBeforeCommit),
            Some(Ended::Panicked) => Some(Fault::KilledByPoison),
            None if has_committed => Some(Fault::TimedOutAfterCommit),
            None => Some(Fault::TimedOutBeforeCommit),
        };
        if let Some(fault) = fault {
            self.faults.count(fault);
        }
        if self.stream.shards[batch.shard].mapping != batch.mapping {
            return false;
        }
        let redelivers = self.dice.once_in(self.weather.redelivered);
        let shard = &mut self.stream.shards[batch.shard];
        match answer {
            Some(Ended::Answered(Ok(response))) => {
                let Some(failure) = response.batch_item_failures.first() else {
                    if redelivers {
                        self.faults.count(Fault::Redelivered);
                        return false;
                    }
                    shard.go_on_from(batch.end);
                    return true;
                };
                let is_it =
                    |at: &usize| shard.log[*at].sent.sequence_number == failure.item_identifier;
                let place = (batch.begin..batch.end).find(is_it);
                let place = place.expect("a failure inside the batch");
                if place > batch.begin {
                    shard.go_on_from(place);
                    self.faults.count(Fault::PartialFailure);
                }
            }
            Some(Ended::Answered(Err(error))) => {
                let name = shard.name.clone();
                let mut said = self.violations.iter();
                if !said.any(|what| what.starts_with(&name)) {
                    let error = ErrorChain(&error);
                    self.violate(format!("{name}: the function failed for good: {error}"));
                }
            }
            Some(Ended::Killed | Ended::Panicked) | None => {}
        }
        self.fail(batch.shard, batch.end, now);
        false
    }

    /// Retried from the cursor with half the records, and one more attempt where there is no half; given up when
    /// patience ends.
    fn fail(&mut self, number: usize, end: usize, now: i64) {
        let shard = &mut self.stream.shards[number];
        shard.failed_at = Some(end);
        let width = end - shard.cursor;
        shard.width = width.div_ceil(2);
        let age = shard.age(now);
        let given_up = match shard.patience {
            Patience::Attempts(most) if width == 1 => {
                shard.failed += 1;
                (shard.failed > most).then_some(Fault::DiscardedByAttempts)
            }
            Patience::Age(oldest) => (age > oldest).then_some(Fault::DiscardedByAge),
            _ => None,
        };
        if width > 1 {
            self.faults.count(Fault::Bisected);
        }
        if let Some(fault) = given_up {
            self.faults.add(fault, width);
            for entry in &mut shard.log[shard.cursor..end] {
                entry.discarded = true;
            }
            shard.go_on_from(end);
        }
    }
}
