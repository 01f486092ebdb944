//! A chain's part in a round: what was found there, what of it was claimed.

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
    claim::{self, Delivery, Next},
    minutes::Minutes,
    own::Vitals,
    ports::Ports,
    run::Run,
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
}

/// What a round claimed.
#[derive(Default)]
pub(super) struct Catch<'a> {
    pub(super) minutes: Minutes,
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
    let cursor = run.ports.read_cursor(Sink::CloudWatch, chain).await?;
    let (slices, joint) = read_next(run, chain, &mark(cursor.as_ref()), limit).await?;
    let (now, until) = (run.clock.now(), run.end());
    let delivery = match claim::plan(cursor.as_ref(), &slices, run.settle, now, until) {
        Next::Send(delivery) if take(run, chain, &delivery).await? => Some(delivery),
        Next::Send(_) | Next::Held | Next::Idle => None,
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
        self.waiting = left.first().map(|slice| slice.committed_at);
        let Some(delivery) = look.delivery else {
            self.left = true;
            return;
        };
        vitals.gaps += u64::from(look.joint == Joint::Gap);
        vitals.ambiguous += delivery.again as u64;
        for slice in taken {
            catch.minutes.add(slice);
        }
        self.done += taken.len();
        catch.claimed.push(Claimed {
            chain: self.chain,
            delivery,
        });
    }
}

fn mark(cursor: Option<&Cursor>) -> Position {
    cursor.map_or_else(Position::start, |cursor| cursor.mark.clone())
}

/// Whether the claim is ours.
async fn take<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    delivery: &Delivery,
) -> Result<bool, Fault> {
    let moved = run
        .ports
        .move_cursor(
            Sink::CloudWatch,
            chain,
            delivery.before.as_ref(),
            &delivery.claimed,
        )
        .await?;
    Ok(moved == Move::Moved)
}
