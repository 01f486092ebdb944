//! Folds a chain into the usage ledger.

use futures::{StreamExt, stream};
use jiff::Timestamp;
use picket_aws::{
    Fault,
    ledger::{Cursor, Move, Sink},
};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
};

use crate::{
    chain::{Joint, read_next},
    fold,
    ports::{Point, Ports},
    run::{MOST_AT_ONCE, Run},
};

/// A second publisher is at work where the cursor moves this often under our hands: the chain is in good hands.
const MOST_COLLISIONS: u32 = 5;

/// How far a chain was folded.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) slices: usize,
    pub(crate) rows: usize,
    pub(crate) gaps: u64,
    /// When the oldest slice that was left was committed.
    pub(crate) waiting: Option<Timestamp>,
    pub(crate) fault: Option<Fault>,
}

/// Folds what there is of every chain, as far as time and the tick's bound allow.
pub(crate) async fn fold_all<'a, P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &'a [ChainId],
) -> Vec<(&'a ChainId, Folded)> {
    let share = chains.len().min(MOST_AT_ONCE);
    stream::iter(chains)
        .map(|chain| async move { (chain, fold_chain(run, chain, share).await) })
        .buffered(MOST_AT_ONCE)
        .collect()
        .await
}

/// Folds a chain, one of `share` that are folded at once.
async fn fold_chain<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    share: usize,
) -> Folded {
    let mut folded = Folded::default();
    folded.fault = folding(run, chain, share, &mut folded).await.err();
    folded
}

async fn folding<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    share: usize,
    folded: &mut Folded,
) -> Result<(), Fault> {
    let mut collisions = 0;
    while collisions < MOST_COLLISIONS && run.has_time() && run.limit(share, folded.slices) > 0 {
        let cursor = run.ports.read_cursor(Sink::Ledger, chain).await?;
        let mark = cursor
            .as_ref()
            .map_or_else(Position::start, |cursor| cursor.mark.clone());
        let limit = run.limit(share, folded.slices);
        let (slices, joint) = read_next(run, chain, &mark, limit).await?;
        folded.gaps += u64::from(joint == Joint::Gap);
        folded.waiting = slices.first().map(|slice| slice.committed_at);
        if slices.is_empty() {
            return Ok(());
        }
        if !fold_slices(run, chain, cursor, &slices, folded).await? {
            collisions += 1;
        }
    }
    Ok(())
}

/// Whether all went in without a collision.
async fn fold_slices<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    mut at: Option<Cursor>,
    slices: &[Slice],
    folded: &mut Folded,
) -> Result<bool, Fault> {
    for next in fold::plan(at.as_ref(), slices) {
        if !run.has_time() {
            return Ok(true);
        }
        run.ports.reach(Point::BeforeFold);
        let moved = run
            .ports
            .fold_usage(chain, at.as_ref(), &next.to, &next.rows)
            .await?;
        run.ports.reach(Point::AfterFold);
        if moved == Move::Collided {
            return Ok(false);
        }
        folded.rows += next.rows.len();
        at = Some(next.to);
    }
    folded.slices += slices.len();
    folded.waiting = None;
    Ok(true)
}
