//! Sends the chains' datapoints to CloudWatch: claim every chain's, put them merged, advance every cursor.

mod sending;
mod served;

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use picket_aws::{
    Fault,
    ledger::{Move, Sink},
};
use picket_shared::{chain::ChainId, clock::Clock};

pub(crate) use sending::{Sending, put_all};

use served::{Catch, Claimed, Served, look};

use crate::{
    admission::Metric,
    admission_desk::Desk,
    claim,
    derived::derive,
    error::Problem,
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
    let mut series = minutes.into_series();
    series.extend(derive(&series));
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
    let packed = pack(&admission.series, run.clock.now());
    let sending = put_all(run, packed.requests).await;
    published.requests += sending.requests;
    published.data += sending.data;
    settle(run, &claimed, &sending, published).await;
    published.problems.extend(sending.problems);
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
