//! Folds the chains into the usage ledger: several chains a transaction, one transaction after another.
//!
//! Chains share rows (one agent and model on many shards), and DynamoDB cancels a transaction that conflicts with
//! another one on an item (`TransactionConflict`). A process therefore never runs two at once. A conflict with a second
//! publisher is retried while the tick has time.
//!
//! **Time of a tick** of `n` chains, at 10 ms a read and 25 ms a transaction: a page of each chain, three at once,
//! `n / 3 × 10 ms`, 3.3 s for a thousand chains; a process's first tick reads the cursors too. Transactions are as many
//! as [`plan::plan`] says: 21 for a thousand chains with the same five rows (0.5 s), a thousand for a thousand with up to
//! 98 rows of their own (25 s). What a tick has no time for is left to the next one, which begins with another chain.

mod folded;
mod reading;
mod shards;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use picket_aws::{
    Fault,
    ledger::{CursorMove, MOST_ACTIONS, Move, Sink},
};
use picket_shared::{chain::ChainId, clock::Clock, report::ErrorChain};

use crate::{
    chains::context::TickContext,
    ledger::{
        day_rows::DayRows,
        plan::{self, Fold},
    },
    ports::{Point, Ports},
    self_metrics::waiting::Waiting,
};

pub(crate) use folded::Folded;

use reading::{read_all, read_days};
use shards::{Failed, ShardProgress, moves, of};

/// The time between ticks.
const TICK: SignedDuration = SignedDuration::from_mins(1);
/// The number of chains that are read before they are folded: a transaction has no room for more cursors.
const WAVE: usize = MOST_ACTIONS - 1;
/// Pauses before a transaction that was refused for now is made again, the first and the longest; each is twice the one
/// before. Another publisher's transaction takes some ten milliseconds, and a table throttles by the second.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Folds every chain, within the time and the maximum number of slices of the tick.
pub(crate) async fn fold_all<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    days: &mut DayRows,
) -> Folded {
    let mut folded = Folded::default();
    let mut failed = Failed::default();
    let mut shards: Vec<ShardProgress<'_>> = in_turn(chains, context.clock.now())
        .map(ShardProgress::new)
        .collect();
    while context.has_time() && shards.iter().any(|chain| !chain.left) {
        let active = shards.iter_mut().filter(|chain| !chain.left);
        let (mut alone, mut together): (Vec<_>, Vec<_>) = active.partition(|chain| chain.alone);
        // First the chains that the last round had no memory for.
        together.sort_by_key(|chain| chain.done);
        for wave in together.chunks_mut(WAVE).chain(alone.chunks_mut(1)) {
            fold_wave(context, wave, days, &mut folded, &mut failed).await;
        }
    }
    let waiting = |chain: &ShardProgress<'_>| (chain.chain.clone(), chain.waiting);
    folded.waiting = shards.iter().map(waiting).collect();
    folded.problem = failed.into_problem();
    folded
}

/// Rotates the chains each minute, so that ticks without enough time do not leave the same chains each time.
fn in_turn(chains: &[ChainId], now: Timestamp) -> impl Iterator<Item = &ChainId> {
    /// 2^32 divided by the golden ratio (Knuth's multiplicative hash): spreads minutes that follow each other.
    const SPREAD: u32 = 0x9E37_79B9;
    let minute = now.as_second().div_euclid(60).unsigned_abs() & u64::from(u32::MAX);
    let spread = u32::try_from(minute).map_or(0, |minute| minute.wrapping_mul(SPREAD));
    let spread = usize::try_from(spread).unwrap_or(0);
    let (later, sooner) = chains.split_at(spread.checked_rem(chains.len()).unwrap_or(0));
    sooner.iter().chain(later)
}

/// Reads and folds several chains.
async fn fold_wave<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    wave: &mut [&mut ShardProgress<'_>],
    days: &mut DayRows,
    folded: &mut Folded,
    failed: &mut Failed,
) {
    let backlogs = read_all(context, wave, folded, failed).await;
    if let Err(fault) = read_days(context, &backlogs, days).await {
        failed.add(wave.iter_mut().map(|chain| &mut **chain), fault);
        return;
    }
    let folds = plan::plan(&backlogs, days);
    let mut made = 0;
    for fold in &folds {
        if !context.has_time() {
            break;
        }
        match fold_with_patience(context, fold).await {
            Ok(Move::Moved) => {
                made += 1;
                for CursorMove { chain, to, .. } in &fold.moves {
                    context.cursors.record(Sink::Ledger, chain, to.clone());
                }
                folded.rows += fold.rows.len();
                folded.refused += fold.refused;
            }
            Ok(Move::Collided) => {
                days.forget();
                of(wave, fold).for_each(ShardProgress::collide);
                break;
            }
            Err(fault) if !fault.is_transient() && fold.moves.len() > 1 => {
                tracing::error!(error = %ErrorChain(&fault), "a transaction of several chains was refused; each is folded alone");
                of(wave, fold).for_each(|chain| chain.alone = true);
                break;
            }
            Err(fault) => {
                failed.add(of(wave, fold), fault);
                break;
            }
        }
    }
    // Transactions that failed may have been made: the answer was lost, or another publisher made them.
    for CursorMove { chain, .. } in folds[made..].iter().flat_map(|fold| &fold.moves) {
        context.cursors.forget(Sink::Ledger, chain);
    }
    let is_left = |chain: &ChainId| folds[made..].iter().any(|fold| moves(fold, chain));
    for backlog in backlogs.iter().filter(|backlog| !is_left(&backlog.chain)) {
        let Some(chain) = wave.iter_mut().find(|chain| *chain.chain == backlog.chain) else {
            continue;
        };
        chain.done += backlog.slices.len();
        folded.slices += backlog.slices.len();
        let last = backlog.slices.last().map(|slice| slice.committed_at);
        // There may be more slices, whose age is known when they are read. Those younger than a tick are left to the
        // next.
        chain.left = last.is_some_and(|last| context.clock.now().duration_since(last) < TICK);
        chain.waiting = Waiting::Since(last.filter(|_| !chain.left));
    }
}

/// Runs a transaction, again after a transient error or a lost answer: the conditions on the cursors allow it once.
async fn fold_with_patience<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    fold: &Fold,
) -> Result<Move, Fault> {
    let mut pause = FIRST_PAUSE;
    loop {
        context.ports.reach(Point::BeforeFold);
        let answer = context.ports.fold_usage(&fold.moves, &fold.rows).await;
        context.ports.reach(Point::AfterFold);
        match answer {
            Err(fault) if fault.is_transient() && context.has_time_after(pause) => {
                context.clock.sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}
