//! The oldest slice that a sink has not processed, also where a chain could not be read.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use picket_aws::ledger::Sink;
use picket_shared::chain::ChainId;

/// The slices of a chain that a sink has not processed, as far as a tick knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// The chain was not read: there was an error, or no time.
    Unread,
    /// The commit time of the oldest one; `None` where none is left.
    Since(Option<Timestamp>),
}

/// For each sink and chain, a time before the commit of every slice that the sink had not processed when the chain was
/// last read.
#[derive(Debug, Default)]
pub(crate) struct LastRead(Mutex<BTreeMap<Sink, BTreeMap<ChainId, Timestamp>>>);

impl LastRead {
    /// Completes what the tick that began at `begun` knows of all chains. One that it did not read has no older slices
    /// than when a tick last read it, so that the age that is published is never less than the real one. Returns the
    /// commit time of each sink's oldest slice; a sink is missing while this process has not read every chain once.
    pub(crate) fn complete(
        &self,
        waiting: &BTreeMap<Sink, Vec<(ChainId, Waiting)>>,
        begun: Timestamp,
    ) -> BTreeMap<Sink, Option<Timestamp>> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut complete = BTreeMap::new();
        for (sink, chains) in waiting {
            let before = last.remove(sink).unwrap_or_default();
            let known = last.entry(*sink).or_default();
            let mut oldest: Vec<Option<Timestamp>> = Vec::new();
            for (chain, waiting) in chains {
                let (at, bound) = match waiting {
                    Waiting::Since(at) => (*at, at.map_or(begun, |at| at.min(begun))),
                    Waiting::Unread => match before.get(chain) {
                        Some(bound) => (Some(*bound), *bound),
                        None => continue,
                    },
                };
                known.insert(chain.clone(), bound);
                oldest.push(at);
            }
            if oldest.len() == chains.len() {
                complete.insert(*sink, oldest.into_iter().flatten().min());
            }
        }
        complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// What a process's tick publishes for a sink with two chains: nothing, or the time of the oldest slice, 0 being
    /// none.
    fn published(last: &LastRead, chains: [Waiting; 2], begun: i64) -> Option<i64> {
        let name = |shard| ChainId::new("events", shard).unwrap();
        let chains = ["a", "b"].map(name).into_iter().zip(chains).collect();
        let waiting = BTreeMap::from([(Sink::Ledger, chains)]);
        let oldest = last.complete(&waiting, at(begun)).remove(&Sink::Ledger);
        oldest.map(|oldest| oldest.map_or(0, Timestamp::as_second))
    }

    #[test]
    fn a_chain_that_was_not_read_is_as_old_as_it_may_be() {
        use Waiting::Unread;
        const NONE: Waiting = Waiting::Since(None);
        let since = |second| Waiting::Since(Some(at(second)));
        let last = LastRead::default();
        for (begun, chains, expected) in [
            // A new process does not know how old.
            (10, [Unread, Unread], None),
            (20, [NONE, Unread], None),
            // Both were read, one after another.
            (30, [Unread, NONE], Some(20)),
            (40, [NONE, NONE], Some(0)),
            (50, [NONE, since(35)], Some(35)),
            (60, [NONE, Unread], Some(35)),
            (70, [since(55), NONE], Some(55)),
            (80, [Unread, Unread], Some(55)),
            (90, [Unread, since(30)], Some(30)),
            (100, [NONE, since(85)], Some(85)),
            // A slice that a clock ahead of this one committed is not younger than the tick.
            (110, [NONE, since(200)], Some(200)),
            (120, [NONE, Unread], Some(110)),
        ] {
            assert_eq!(published(&last, chains, begun), expected, "{begun}");
        }
    }

    #[test]
    fn a_sink_without_chains_has_nothing_waiting() {
        let last = LastRead::default();
        let waiting = BTreeMap::from([(Sink::Ledger, Vec::new())]);
        let complete = last.complete(&waiting, at(1));
        assert_eq!(complete, BTreeMap::from([(Sink::Ledger, None)]));
    }
}
