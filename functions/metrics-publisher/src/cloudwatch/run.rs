//! Publishes the chains to CloudWatch: claims the slices of every chain, puts the merged datapoints, moves every
//! cursor.

mod acceptance;
mod claimed_batch;
mod published;

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use picket_aws::{
    Fault,
    ledger::{Move, Sink},
    problem::Problem,
};
use picket_shared::{chain::ChainId, clock::Clock};

pub(crate) use published::Published;

use acceptance::{outcome, unsent};
use claimed_batch::{ClaimedBatch, ShardClaim, ShardProgress, claim_next, move_cursor};
use picket_cloudwatch::{pack::pack, put::put_all};

use crate::{
    chains::{
        context::{MOST_AT_ONCE, TickContext},
        memory::KeptBytes,
    },
    cloudwatch::claim,
    ports::Ports,
    self_metrics::{SelfMetrics, waiting::Waiting},
    series_limit::store::SeriesLimitStore,
};

/// Publishes the slices that are ready, within the time and the maximum number of slices of the tick.
pub(crate) async fn publish<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    chains: &[ChainId],
    series_limit: &mut SeriesLimitStore,
    self_metrics: &mut SelfMetrics,
) -> Published {
    let mut published = Published::default();
    let mut shards: Vec<ShardProgress<'_>> = chains.iter().map(ShardProgress::new).collect();
    while context.has_time()
        && round(
            context,
            &mut shards,
            series_limit,
            self_metrics,
            &mut published,
        )
        .await
    {}
    for chain in &shards {
        self_metrics.record_waiting(Sink::CloudWatch, chain.chain.clone(), chain.waiting);
    }
    published
}

/// Publishes one round over the chains. Returns whether another may find more.
async fn round<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    shards: &mut [ShardProgress<'_>],
    series_limit: &mut SeriesLimitStore,
    self_metrics: &mut SelfMetrics,
    published: &mut Published,
) -> bool {
    let ClaimedBatch { minutes, claimed } =
        claim_all(context, shards, self_metrics, published).await;
    if claimed.is_empty() {
        return false;
    }
    let (series, unknown) = unsent(context, minutes, published).await;
    let is_unknown = |claimed: &ShardClaim<'_>| unknown.contains(claimed.delivery.accepted());
    let (put_off, claimed): (Vec<_>, Vec<_>) = claimed.into_iter().partition(is_unknown);
    settle(
        context,
        shards,
        &put_off,
        &claim::SendOutcome::Unsent,
        published,
    )
    .await;
    // A person may change the cursors.
    let put_off = put_off.iter().map(|claimed| claimed.chain);
    put_off.for_each(|chain| context.cursors.forget(Sink::CloudWatch, chain));
    let (admission, fault) = series_limit.admit(context, &series).await;
    if fault.is_none() {
        let refused = admission.refused.keys().cloned();
        published.at_ceiling.extend(refused);
    }
    published.problems.extend(fault.map(|fault| Problem {
        part: "new series were not admitted, and go to Other for now".to_owned(),
        fault,
    }));
    self_metrics.series_admitted = Some(series_limit.admitted() as u64);
    self_metrics.record_refused_series(&admission.refused);
    let now = context.clock.now();
    let packed = pack(&admission.series, now);
    let mut sending = put_all(
        context.ports,
        context.clock,
        context.deadline,
        packed.requests,
    )
    .await;
    published.record_sent(&mut sending);
    self_metrics.record_dropped(std::mem::take(&mut sending.dropped));
    let outcome = outcome(context, &series, &admission, now, &sending, published).await;
    settle(context, shards, &claimed, &outcome, published).await;
    let sent = outcome == claim::SendOutcome::Sent;
    if sent {
        self_metrics.record_dropped(packed.dropped);
    }
    sent
}

/// Claims the slices that are ready, of several chains concurrently.
async fn claim_all<'a, P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    shards: &mut [ShardProgress<'a>],
    self_metrics: &mut SelfMetrics,
    published: &mut Published,
) -> ClaimedBatch<'a> {
    let mut active: Vec<_> = shards.iter_mut().filter(|chain| !chain.left).collect();
    // First the chains that the last round had no memory for.
    active.sort_by_key(|chain| chain.done);
    let share = active.len();
    let kept = &KeptBytes::of(Sink::CloudWatch);
    let mut claims = stream::iter(active)
        .map(|chain| async move {
            let limit = context.limit(share, chain.done);
            let result = claim_next(context, chain.chain, limit, kept).await;
            (chain, result)
        })
        .buffer_unordered(MOST_AT_ONCE);
    let mut batch = ClaimedBatch::default();
    while let Some((chain, result)) = claims.next().await {
        match result {
            Ok(result) => chain.record(result, kept, context.stack, self_metrics, &mut batch),
            Err(fault) => {
                chain.left = true;
                let part = format!("chain {} was not published", chain.chain);
                published.problems.push(Problem { part, fault });
            }
        }
    }
    batch
}

/// Moves the cursors by the outcome. If one collides, another publisher has taken the claim over, and counts it.
async fn settle<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    shards: &mut [ShardProgress<'_>],
    claimed: &[ShardClaim<'_>],
    outcome: &claim::SendOutcome,
    published: &mut Published,
) {
    let mut moves = stream::iter(claimed)
        .map(|claimed| async move { (claimed, advance(context, claimed, outcome).await) })
        .buffer_unordered(MOST_AT_ONCE);
    let mut waiting = BTreeMap::new();
    while let Some((claimed, moved)) = moves.next().await {
        match moved {
            Ok(Move::Moved) if *outcome == claim::SendOutcome::Sent => {
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
    for chain in shards {
        if let Some(oldest) = waiting.remove(chain.chain) {
            chain.waiting = Waiting::Since(oldest);
            chain.left = true;
        }
    }
}

async fn advance<P: Ports, C: Clock>(
    context: &TickContext<'_, P, C>,
    claimed: &ShardClaim<'_>,
    outcome: &claim::SendOutcome,
) -> Result<Move, Fault> {
    let ShardClaim {
        chain, delivery, ..
    } = claimed;
    let after = delivery.ended(outcome, context.clock.now());
    move_cursor(context, chain, Some(&delivery.claimed), &after).await
}
