//! A chain's part in a round: what was found there, what of it was claimed.

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

use crate::{
    chains::{
        minutes::Minutes,
        read::{Joint, read_next},
    },
    cloudwatch::claim::{self, Delivery, Next},
    context::Run,
    ports::Ports,
    self_metrics::Vitals,
};

/// A chain that this tick serves.
pub(super) struct Served<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) done: usize,
    pub(super) waiting: Option<Timestamp>,
    /// Not asked again in this tick: it failed, it is held, or somebody was faster.
    pub(super) left: bool,
}

/// What a look at a chain found.
pub(super) struct Look {
    slices: Vec<Slice>,
    /// What of them was claimed.
    delivery: Option<Box<Delivery>>,
    joint: Joint,
}

/// A chain's claimed slices.
pub(super) struct Claimed<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) delivery: Box<Delivery>,
    /// When the first of them was committed.
    pub(super) oldest: Option<Timestamp>,
}

/// What a round claimed.
#[derive(Default)]
pub(super) struct Catch<'a> {
    /// The datapoints, by what CloudWatch is known to have of the claims that they are of ([`Delivery::accepted`]).
    pub(super) minutes: BTreeMap<Vec<String>, Minutes>,
    pub(super) claimed: Vec<Claimed<'a>>,
}

/// Reads what a chain has next, and claims what is ready of it.
pub(super) async fn look<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    limit: u16,
) -> Result<Option<Look>, Fault> {
    if limit == 0 || !run.has_time() {
        return Ok(None);
    }
    let cursor = run.cursors.read(run.ports, Sink::CloudWatch, chain).await?;
    let (slices, joint) = read_next(run, chain, &mark(cursor.as_ref()), limit).await?;
    let (now, until) = (run.clock.now(), run.end());
    let delivery = match claim::plan(cursor.as_ref(), &slices, run.settle, now, until) {
        Next::Send(delivery) => {
            let (before, claimed) = (delivery.before.as_ref(), &delivery.claimed);
            let moved = move_cursor(run, chain, before, claimed).await?;
            (moved == Move::Moved).then_some(delivery)
        }
        Next::Held => {
            run.cursors.forget(Sink::CloudWatch, chain);
            None
        }
        Next::Idle => None,
    };
    Ok(Some(Look {
        slices,
        delivery,
        joint,
    }))
}

impl<'a> Served<'a> {
    pub(super) fn new(chain: &'a ChainId) -> Self {
        Self {
            chain,
            done: 0,
            waiting: None,
            left: false,
        }
    }

    /// Takes note of what was found, and takes what was claimed into the catch.
    pub(super) fn take_in(
        &mut self,
        look: Option<Look>,
        stack: &str,
        vitals: &mut Vitals,
        catch: &mut Catch<'a>,
    ) {
        let Some(look) = look else {
            self.left = true;
            return;
        };
        for slice in &look.slices {
            vitals.see(slice, stack);
        }
        let count = look.delivery.as_ref().map_or(0, |delivery| delivery.slices);
        let (taken, left) = look.slices.split_at(count);
        // Where all were taken there may be more behind them, as old as the last one at most.
        let oldest = left.first().or(taken.last());
        self.waiting = oldest.map(|slice| slice.committed_at);
        let Some(delivery) = look.delivery else {
            self.left = true;
            return;
        };
        vitals.gaps += u64::from(look.joint == Joint::Gap);
        vitals.ambiguous += delivery.again as u64;
        let minutes = catch.minutes.entry(delivery.accepted().to_vec());
        let minutes = minutes.or_default();
        for slice in taken {
            minutes.add(slice);
        }
        self.done += taken.len();
        // What is not ready is not ready in this tick; after the rest of an old claim there may be more that is.
        self.left = !left.is_empty() && delivery.accepted().is_empty();
        catch.claimed.push(Claimed {
            chain: self.chain,
            delivery,
            oldest: taken.first().map(|slice| slice.committed_at),
        });
    }
}

fn mark(cursor: Option<&Cursor>) -> Position {
    cursor.map_or_else(Position::start, |cursor| cursor.mark.clone())
}

/// Moves CloudWatch's cursor, and takes note of where it is.
pub(super) async fn move_cursor<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    old: Option<&Cursor>,
    new: &Cursor,
) -> Result<Move, Fault> {
    let moving = run.ports.move_cursor(Sink::CloudWatch, chain, old, new);
    let moved = moving.await;
    match moved {
        Ok(Move::Moved) => run.cursors.note(Sink::CloudWatch, chain, new.clone()),
        _ => run.cursors.forget(Sink::CloudWatch, chain),
    }
    moved
}
