//! The result of writing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use picket_aws::{Fault, problem::Problem};
use picket_cloudwatch::datum::Reason;
use picket_shared::chain::{ChainId, Slice};

use crate::{circuit_breaker::Outcome, self_metrics::waiting::Waiting};

/// The result of writing.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) slices: usize,
    pub(crate) samples: u64,
    /// Samples that the receiver rejected.
    pub(crate) refused: u64,
    pub(crate) dropped: BTreeMap<Reason, u64>,
    /// The remaining slices of each chain.
    pub(crate) waiting: BTreeMap<ChainId, Waiting>,
    pub(crate) problems: Vec<Problem>,
    /// Whether the receiver failed: nothing more is sent to it in this tick.
    pub(crate) is_down: bool,
    /// Whether nothing was tried, since the receiver's circuit breaker is open.
    pub(crate) is_skipped: bool,
}

impl Written {
    /// The result where the sink does not run: no chain was read.
    pub(crate) fn skipped(chains: &[ChainId], reason: Fault) -> Self {
        let unread = |chain: &ChainId| (chain.clone(), Waiting::Unread);
        let mut written = Self {
            waiting: chains.iter().map(unread).collect(),
            is_down: true,
            is_skipped: true,
            ..Self::default()
        };
        written.fail("the chains were not written to Prometheus", reason);
        written
    }

    /// Whether the receiver accepted the samples, or refused them for good; `None` where none were sent.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if self.is_down {
            return (!self.is_skipped).then_some(Outcome::Failure);
        }
        (self.samples + self.refused > 0).then_some(Outcome::Success)
    }

    /// Records what is left of the chains of a round, whose slices were `first` before some were left to later rounds.
    /// There may be more slices after those of the round, at most as old as the last one.
    pub(super) fn record_waiting(
        &mut self,
        read: &[(&ChainId, Vec<Slice>)],
        first: &[Option<Timestamp>],
    ) {
        for ((chain, slices), first) in read.iter().zip(first) {
            let last = slices.last().map(|slice| slice.committed_at);
            let waiting = Waiting::Since(last.or(*first));
            self.waiting.insert((*chain).clone(), waiting);
        }
    }

    pub(super) fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
