//! The slices of a round.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use picket_aws::ledger::Sink;
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
};

use super::{State, Written};
use crate::{
    chains::{
        context::{MOST_AT_ONCE, TickContext},
        memory::{KeptBytes, keep_series},
        read::read_next,
    },
    ports::Ports,
};

/// Reads the next slices of every chain, several chains concurrently, and keeps their series. A chain that cannot be
/// read keeps its position. Returns the chains as well that were not read, since enough of others is kept: then the
/// samples of their slices have a later time than they would have.
pub(super) async fn read_all<'a, P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[&'a ChainId],
    limit: u16,
    known: &State,
    written: &mut Written,
) -> (Vec<(&'a ChainId, Vec<Slice>)>, BTreeSet<&'a ChainId>) {
    let kept = &KeptBytes::of(Sink::Prometheus);
    let mut reads = stream::iter(chains)
        .map(|&chain| async move {
            let _permit = context.decoding.permit(Sink::Prometheus).await;
            if kept.is_full() {
                return (chain, None);
            }
            let mark = known.head.marks.get(chain).cloned();
            let mark = mark.unwrap_or_else(Position::start);
            let read = read_next(context, chain, &mark, limit).await;
            let read = read.map(|(mut slices, _)| {
                kept.add(keep_series(&mut slices));
                slices
            });
            (chain, Some(read))
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut all = Vec::new();
    let mut unread = BTreeSet::new();
    while let Some((chain, read)) = reads.next().await {
        match read {
            None => {
                unread.insert(chain);
            }
            Some(Ok(slices)) => all.push((chain, slices)),
            Some(Err(fault)) => {
                written.fail(
                    &format!("chain {chain} was not written to Prometheus"),
                    fault,
                );
            }
        }
    }
    (all, unread)
}

/// Leaves slices to later rounds where there is a backlog, so that the steps of all chains are in the order of time: a
/// round has the slices up to the minute to which every chain was read. Returns whether no slice is left.
pub(super) fn cut(read: &mut [(&ChainId, Vec<Slice>)], limit: usize, now: Timestamp) -> bool {
    /// Slices younger than this are the usual work of a tick, in one round.
    const RECENT: SignedDuration = SignedDuration::from_mins(2);
    let is_recent = |slice: &Slice| now.duration_since(slice.committed_at) <= RECENT;
    let is_whole = |slices: &[Slice]| slices.len() < limit && slices.first().is_none_or(is_recent);
    if read.iter().all(|(_, slices)| is_whole(slices)) {
        return true;
    }
    let minute = |slice: &Slice| slice.committed_at.as_second().div_euclid(60);
    let ends = read.iter().filter_map(|(_, slices)| slices.last());
    let Some(first_end) = ends.map(minute).min() else {
        return true;
    };
    for (_, slices) in read {
        let kept = slices
            .iter()
            .take_while(|slice| minute(slice) <= first_end)
            .count();
        slices.truncate(kept);
    }
    false
}
