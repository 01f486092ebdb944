//! Sends the chains' datapoints to CloudWatch: claim every chain's, put them merged, advance every cursor.

mod acceptance;
mod claimed_batch;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use picket_aws::{
    Fault,
    ledger::{Move, Sink},
    problem::Problem,
};
use picket_shared::{chain::ChainId, clock::Clock};

use acceptance::{ending, unsent};
use claimed_batch::{Catch, Claimed, Served, look, move_cursor};
use picket_cloudwatch::{pack::pack, put::put_all};

use crate::{
    cloudwatch::claim,
    context::{MOST_AT_ONCE, Run},
    ports::Ports,
    self_metrics::Vitals,
    series_limit::{admission::Metric, store::Desk},
};

/// What was published.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) slices: usize,
    pub(crate) requests: u64,
    pub(crate) data: u64,
    /// Metrics that want more series than there is room for.
    pub(crate) at_ceiling: BTreeSet<Metric>,
    pub(crate) problems: Vec<Problem>,
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
    let (series, unknown) = unsent(run, minutes, published).await;
    let is_unknown = |claimed: &Claimed<'_>| unknown.contains(claimed.delivery.accepted());
    let (put_off, claimed): (Vec<_>, Vec<_>) = claimed.into_iter().partition(is_unknown);
    settle(run, served, &put_off, &claim::Ending::Unsent, published).await;
    // A person may change them.
    let put_off = put_off.iter().map(|claimed| claimed.chain);
    put_off.for_each(|chain| run.cursors.forget(Sink::CloudWatch, chain));
    let (admission, fault) = desk.admit(run, &series).await;
    if fault.is_none() {
        let refused = admission.refused.keys().cloned();
        published.at_ceiling.extend(refused);
    }
    published.problems.extend(fault.map(|fault| Problem {
        part: "new series were not admitted, and go to Other for now".to_owned(),
        fault,
    }));
    vitals.series_admitted = Some(desk.admitted() as u64);
    vitals.refuse(&admission.refused);
    let now = run.clock.now();
    let packed = pack(&admission.series, now);
    let mut sending = put_all(run.ports, run.clock, run.deadline, packed.requests).await;
    published.requests += sending.requests;
    published.data += sending.data;
    published.problems.append(&mut sending.problems);
    vitals.drop_all(std::mem::take(&mut sending.dropped));
    let ending = ending(run, &series, &admission, now, &sending, published).await;
    settle(run, served, &claimed, &ending, published).await;
    let sent = ending == claim::Ending::Sent;
    if sent {
        vitals.drop_all(packed.dropped);
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

/// Moves the cursors to where the sending left them. One that collides was taken over by another publisher, which counts it.
async fn settle<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    served: &mut [Served<'_>],
    claimed: &[Claimed<'_>],
    ending: &claim::Ending,
    published: &mut Published,
) {
    let mut moves = stream::iter(claimed)
        .map(|claimed| async move { (claimed, advance(run, claimed, ending).await) })
        .buffer_unordered(MOST_AT_ONCE);
    let mut waiting = BTreeMap::new();
    while let Some((claimed, moved)) = moves.next().await {
        match moved {
            Ok(Move::Moved) if *ending == claim::Ending::Sent => {
                published.slices += claimed.delivery.slices;
                continue;
            }
            Ok(_) => {}
            Err(fault) => {
                let part = format!(
                    "the cursor of chain {} was not moved, and what was sent is sent again and counted",
                    claimed.chain
                );
                published.fail(&part, fault);
            }
        }
        waiting.insert(claimed.chain, claimed.oldest);
    }
    for chain in served {
        if let Some(oldest) = waiting.remove(chain.chain) {
            chain.waiting = oldest;
            chain.left = true;
        }
    }
}

async fn advance<P: Ports, C: Clock>(
    run: &Run<'_, P, C>,
    claimed: &Claimed<'_>,
    ending: &claim::Ending,
) -> Result<Move, Fault> {
    let Claimed {
        chain, delivery, ..
    } = claimed;
    let after = delivery.ended(ending, run.clock.now());
    move_cursor(run, chain, Some(&delivery.claimed), &after).await
}

impl Published {
    fn fail(&mut self, part: &str, fault: Fault) {
        let part = part.to_owned();
        self.problems.push(Problem { part, fault });
    }
}
