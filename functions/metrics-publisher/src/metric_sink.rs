//! Sends the chains' datapoints to CloudWatch: claim every chain's, put them merged, advance every cursor.

mod sending;

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

pub(crate) use sending::{Sending, put_all};

use crate::{
    admission_desk::Desk,
    chain::{Joint, read_next},
    claim::{self, Delivery, Next},
    derived::derive,
    error::Problem,
    minutes::Minutes,
    own::Vitals,
    pack::pack,
    ports::Ports,
    run::{MOST_AT_ONCE, Run},
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

/// What a look at a chain found.
struct Look {
    slices: Vec<Slice>,
    /// What of them was claimed.
    delivery: Option<Box<Delivery>>,
    joint: Joint,
}

/// A chain's claimed slices.
struct Claimed<'a> {
    chain: &'a ChainId,
    delivery: Box<Delivery>,
}

/// What a round claimed.
#[derive(Default)]
struct Catch<'a> {
    minutes: Minutes,
    claimed: Vec<Claimed<'a>>,
}

/// Publishes what is ready, as far as time and the tick's bound allow.
pub(crate) async fn publish<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chains: &[ChainId],
    desk: &mut Desk,
    vitals: &mut Vitals,
) -> Published {
    let mut published = Published::default();
    let mut served: Vec<Served<'_>> = chains.iter().map(Served::new).collect();
    while run.has_time() && round(run, &mut served, desk, vitals, &mut published).await {}
    for chain in &served {
        vitals.wait(Sink::CloudWatch, chain.waiting);
    }
    published
}

/// One round over the chains; whether another may find more.
async fn round<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    served: &mut [Served<'_>],
    desk: &mut Desk,
    vitals: &mut Vitals,
    published: &mut Published,
) -> bool {
    let Catch { minutes, claimed } = claim_all(run, served, vitals, published).await;
    if claimed.is_empty() {
        return false;
    }
    let mut series = minutes.into_series();
    series.extend(derive(&series));
    let (admission, fault) = desk.admit(run, &series).await;
    published.problems.extend(fault.map(|fault| Problem {
        part: "new series were not admitted, and go to Other for now".to_owned(),
        fault,
    }));
    vitals.series_admitted = Some(desk.admitted() as u64);
    vitals.refuse(&admission.refused);
    let packed = pack(&admission.series, run.clock.now());
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

/// Claims what is ready of every chain, some chains at once.
async fn claim_all<'a, P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    served: &mut [Served<'a>],
    vitals: &mut Vitals,
    published: &mut Published,
) -> Catch<'a> {
    let asking = served.iter().filter(|chain| !chain.left).count();
    let mut looks = stream::iter(served.iter_mut().filter(|chain| !chain.left))
        .map(|chain| async move {
            let look = look(run, chain.chain, run.limit(asking, chain.done)).await;
            (chain, look)
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut catch = Catch::default();
    while let Some((chain, look)) = looks.next().await {
        match look {
            Ok(look) => chain.take_in(look, run.stack, vitals, &mut catch),
            Err(fault) => {
                chain.left = true;
                let part = format!("chain {} was not published", chain.chain);
                published.problems.push(Problem { part, fault });
            }
        }
    }
    catch
}

/// Reads what a chain has next, and claims what is ready of it.
async fn look<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    chain: &ChainId,
    limit: u16,
) -> Result<Option<Look>, Fault> {
    if limit == 0 || !run.has_time() {
        return Ok(None);
    }
    let cursor = run.ports.read_cursor(Sink::CloudWatch, chain).await?;
    let (slices, joint) = read_next(run.ports, chain, &mark(cursor.as_ref()), limit).await?;
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
    fn new(chain: &'a ChainId) -> Self {
        Self {
            chain,
            done: 0,
            waiting: None,
            left: false,
        }
    }

    /// Takes note of what was found, and takes what was claimed into the catch.
    fn take_in(
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

/// Moves the cursors to where the sending left them. One that collides was taken over by another publisher, which counts it.
async fn settle<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    claimed: &[Claimed<'_>],
    sending: &Sending,
    published: &mut Published,
) {
    let mut moves = stream::iter(claimed)
        .map(|claimed| async move { (claimed, advance(run, claimed, sending.ending).await) })
        .buffer_unordered(MOST_AT_ONCE);
    while let Some((Claimed { chain, delivery }, moved)) = moves.next().await {
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

async fn advance<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    claimed: &Claimed<'_>,
    ending: claim::Ending,
) -> Result<Move, Fault> {
    let Claimed { chain, delivery } = claimed;
    let after = delivery.ended(ending, run.clock.now());
    run.ports
        .move_cursor(Sink::CloudWatch, chain, Some(&delivery.claimed), &after)
        .await
}
