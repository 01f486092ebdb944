//! The claims of a round.

use std::collections::BTreeMap;

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
use tokio::sync::SemaphorePermit;

use crate::{
    chains::{
        context::TickContext,
        memory::{ChainRead, KeptBytes},
        minutes::Minutes,
        read::{Continuity, read_next},
    },
    cloudwatch::claim::{self, Delivery, Next},
    ports::Ports,
    self_metrics::{SelfMetrics, waiting::Waiting},
};

/// The progress of a chain in this tick.
pub(super) struct ShardProgress<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) done: usize,
    pub(super) waiting: Waiting,
    /// Whether the chain is not read again in this tick: it failed, is held, or another publisher was faster.
    pub(super) left: bool,
}

/// The next slices of a chain, and the claim of those that are ready.
pub(super) struct ClaimResult<'a> {
    slices: Vec<Slice>,
    /// The claimed slices, if any.
    delivery: Option<Box<Delivery>>,
    continuity: Continuity,
    /// Held until the slices are dropped.
    _permit: SemaphorePermit<'a>,
}

/// A chain's claimed slices.
pub(super) struct ShardClaim<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) delivery: Box<Delivery>,
    /// The commit time of the first of them.
    pub(super) oldest: Option<Timestamp>,
}

/// The claims of a round, with their datapoints.
#[derive(Default)]
pub(super) struct ClaimedBatch<'a> {
    /// The datapoints, by the states of accepted datapoints of their claims ([`Delivery::accepted`]).
    pub(super) minutes: BTreeMap<Vec<String>, Minutes>,
    pub(super) claimed: Vec<ShardClaim<'a>>,
}

/// Reads the next slices of a chain, and claims those that are ready.
pub(super) async fn claim_next<'a, P: Ports, C: Clock>(
    context: &'a TickContext<'_, P, C>,
    chain: &ChainId,
    limit: u16,
    kept: &KeptBytes,
) -> Result<ChainRead<ClaimResult<'a>>, Fault> {
    if limit == 0 || !context.has_time() {
        return Ok(ChainRead::NoTime);
    }
    let cursor = context
        .cursors
        .read(context.ports, Sink::CloudWatch, chain)
        .await?;
    let permit = context.decoding.permit(Sink::CloudWatch).await;
    // A claim is sent again as a whole: its derived values come from the slices of all its chains, which were in memory
    // together before.
    let is_claimed = |cursor: &Cursor| cursor.claim.is_some();
    if kept.is_full() && !cursor.as_ref().is_some_and(is_claimed) {
        return Ok(ChainRead::NoMemory);
    }
    let (slices, continuity) = read_next(context, chain, &mark(cursor.as_ref()), limit).await?;
    let (now, until) = (context.clock.now(), context.end());
    let delivery = match claim::plan(cursor.as_ref(), &slices, context.settle, now, until) {
        Next::Send(delivery) => {
            let (before, claimed) = (delivery.before.as_ref(), &delivery.claimed);
            let moved = move_cursor(context, chain, before, claimed).await?;
            (moved == Move::Moved).then_some(delivery)
        }
        Next::Held => {
            context.cursors.forget(Sink::CloudWatch, chain);
            None
        }
        Next::Idle => None,
    };
    Ok(ChainRead::Read(ClaimResult {
        slices,
        delivery,
        continuity,
        _permit: permit,
    }))
}

impl<'a> ShardProgress<'a> {
    pub(super) fn new(chain: &'a ChainId) -> Self {
        Self {
            chain,
            done: 0,
            waiting: Waiting::Unread,
            left: false,
        }
    }

    /// Records the result, and adds the claim to the batch.
    pub(super) fn record(
        &mut self,
        result: ChainRead<ClaimResult<'_>>,
        kept: &KeptBytes,
        stack: &str,
        self_metrics: &mut SelfMetrics,
        batch: &mut ClaimedBatch<'a>,
    ) {
        let result = match result {
            ChainRead::Read(result) => result,
            ChainRead::NoTime => {
                self.left = true;
                return;
            }
            ChainRead::NoMemory => return,
        };
        for slice in &result.slices {
            self_metrics.record_slice(slice, stack);
        }
        let count = result
            .delivery
            .as_ref()
            .map_or(0, |delivery| delivery.slices);
        let (taken, left) = result.slices.split_at(count);
        // If all were taken, there may be more behind them, at most as old as the last one.
        let oldest = left.first().or(taken.last());
        self.waiting = Waiting::Since(oldest.map(|slice| slice.committed_at));
        let Some(delivery) = result.delivery else {
            self.left = true;
            return;
        };
        self_metrics.gaps += u64::from(result.continuity == Continuity::Gap);
        self_metrics.ambiguous += delivery.again as u64;
        let minutes = batch.minutes.entry(delivery.accepted().to_vec());
        let minutes = minutes.or_default();
        for slice in taken {
            kept.add(minutes.add(slice));
        }
        self.done += taken.len();
        // Slices that are not ready do not become ready in this tick; behind the rest of an old claim there may be
        // ready ones.
        self.left = !left.is_empty() && delivery.accepted().is_empty();
        batch.claimed.push(ShardClaim {
            chain: self.chain,
            delivery,
            oldest: taken.first().map(|slice| slice.committed_at),
        });
    }
}

fn mark(cursor: Option<&Cursor>) -> Position {
    cursor.map_or_else(Position::start, |cursor| cursor.mark.clone())
}

/// Moves CloudWatch's cursor, and caches it.
pub(super) async fn move_cursor<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chain: &ChainId,
    old: Option<&Cursor>,
    new: &Cursor,
) -> Result<Move, Fault> {
    let moving = context.ports.move_cursor(Sink::CloudWatch, chain, old, new);
    let moved = moving.await;
    match moved {
        Ok(Move::Moved) => context.cursors.record(Sink::CloudWatch, chain, new.clone()),
        _ => context.cursors.forget(Sink::CloudWatch, chain),
    }
    moved
}
