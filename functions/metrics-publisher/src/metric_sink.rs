//! Sends the chains' datapoints to CloudWatch: claim every chain's, put them merged, advance every cursor.

mod sending;

use jiff::Timestamp;
use picket_aws::ledger::{Cursor, Move, Sink};
use picket_shared::{
    chain::{ChainId, Slice},
    clock::Clock,
    position::Position,
};

pub(crate) use sending::{Sending, put_all};

use crate::{
    chain::{Joint, read_next},
    claim::{self, Delivery, Next},
    error::Problem,
    minutes::Minutes,
    own::Vitals,
    pack::pack,
    ports::Ports,
    run::Run,
};

/// What was published.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) slices: usize,
    pub(crate) requests: u64,
    pub(crate) data: u64,
    pub(crate) problems: Vec<Problem>,
}

/// A chain that this tick serves.
struct Served<'a> {
    chain: &'a ChainId,
    done: usize,
    waiting: Option<Timestamp>,
    /// Not asked again in this tick: it failed, it is held, or somebody was faster.
    left: bool,
}

/// A chain's claimed slices.
struct Claimed<'a> {
    chain: &'a ChainId,
    delivery: Box<Delivery>,
}

/// Publishes what is ready, as far as time and the tick's bound allow.
pub(crate) async fn publish<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &[ChainId],
    vitals: &mut Vitals,
) -> Published {
    let mut published = Published::default();
    let mut served: Vec<Served<'_>> = chains.iter().map(Served::new).collect();
    while run.has_time() && round(run, &mut served, vitals, &mut published).await {}
    for chain in &served {
        vitals.wait(Sink::CloudWatch, chain.waiting);
    }
    published
}

/// One round over the chains; whether another may find more.
async fn round<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    served: &mut [Served<'_>],
    vitals: &mut Vitals,
    published: &mut Published,
) -> bool {
    let mut minutes = Minutes::default();
    let mut claimed = Vec::new();
    for chain in served.iter_mut().filter(|chain| !chain.left) {
        match chain.claim(run, vitals, &mut minutes).await {
            Ok(next) => claimed.extend(next),
            Err(fault) => {
                chain.left = true;
                let part = format!("chain {} was not published", chain.chain);
                published.problems.push(Problem { part, fault });
            }
        }
    }
    if claimed.is_empty() {
        return false;
    }
    let packed = pack(&minutes.into_series(), run.clock.now());
    let sending = put_all(run, packed.requests).await;
    published.requests += sending.requests;
    published.data += sending.data;
    settle(run, &claimed, &sending, published).await;
    published.problems.extend(sending.problem);
    let sent = sending.ending == claim::Ending::Sent;
    if sent {
        vitals.drop_all(packed.dropped);
        vitals.drop_all(sending.dropped);
    }
    sent
}

impl<'a> Served<'a> {
    fn new(chain: &'a ChainId) -> Self {
        Self {
            chain,
            done: 0,
            waiting: None,
            left: false,
        }
    }

    /// Claims what is ready and takes its datapoints into `minutes`.
    async fn claim<P: Ports, C: Clock>(
        &mut self,
        run: &Run<'_, P, C>,
        vitals: &mut Vitals,
        minutes: &mut Minutes,
    ) -> Result<Option<Claimed<'a>>, picket_aws::Fault> {
        let limit = run.limit(self.done);
        if limit == 0 || !run.has_time() {
            self.left = true;
            return Ok(None);
        }
        let cursor = run.ports.read_cursor(Sink::CloudWatch, self.chain).await?;
        let (slices, joint) =
            read_next(run.ports, self.chain, &mark(cursor.as_ref()), limit).await?;
        self.waiting = slices.first().map(|slice| slice.committed_at);
        for slice in &slices {
            vitals.see(slice, run.stack);
        }
        let delivery = claim::plan(
            cursor.as_ref(),
            &slices,
            run.settle,
            run.clock.now(),
            run.end(),
        );
        let Next::Send(delivery) = delivery else {
            self.left = true;
            return Ok(None);
        };
        if !take(run, self.chain, &delivery).await? {
            self.left = true;
            return Ok(None);
        }
        vitals.gaps += u64::from(joint == Joint::Gap);
        vitals.ambiguous += delivery.again as u64;
        self.take_in(&delivery, &slices, minutes);
        Ok(Some(Claimed {
            chain: self.chain,
            delivery,
        }))
    }

    fn take_in(&mut self, delivery: &Delivery, slices: &[Slice], minutes: &mut Minutes) {
        let (taken, left) = slices.split_at(delivery.slices);
        for slice in taken {
            minutes.add(slice);
        }
        self.waiting = left.first().map(|slice| slice.committed_at);
        self.done += taken.len();
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
) -> Result<bool, picket_aws::Fault> {
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

/// Moves the cursors to where the sending left them. One that collides was taken over by another publisher, which counts it.
async fn settle<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    claimed: &[Claimed<'_>],
    sending: &Sending,
    published: &mut Published,
) {
    for Claimed { chain, delivery } in claimed {
        let after = delivery.ended(sending.ending, run.clock.now());
        let moved = run
            .ports
            .move_cursor(Sink::CloudWatch, chain, Some(&delivery.claimed), &after)
            .await;
        match moved {
            Ok(Move::Moved) if sending.ending == claim::Ending::Sent => {
                published.slices += delivery.slices;
            }
            Ok(_) => {}
            Err(fault) => published.problems.push(Problem {
                part: format!("the cursor of chain {chain} was not moved, and what was sent is sent again and counted"),
                fault,
            }),
        }
    }
}
